//! Who is who: host keys and logins.

use std::process::{Child, Command};

use kloigos_control::{
    FirstContact,
    transport::{
        Target, TransportError,
        ssh::{SshSettings, SshTransport},
    },
};

use super::server::{SETTLED, Server, binary, facts, public_key, until};

#[tokio::test(flavor = "multi_thread")]
async fn another_key_than_the_trusted_one_is_refused_before_anything_is_sent() {
    let server = Server::start().await;
    let transport = server.transport(SETTLED);
    let stranger = public_key(&server.path("other.pub"));
    let target = Target {
        trusted: vec![stranger.clone()],
        first_contact: FirstContact::Trust,
        ..server.target()
    };
    let refused = facts(&transport, &target).await.expect_err("another key");
    let text = refused.to_string();
    assert!(text.contains(&stranger.fingerprint()), "{text}");
    assert!(text.contains(&server.host_key().fingerprint()), "{text}");
    assert!(matches!(refused, TransportError::HostKey { .. }));
    assert!(!server.path("lib").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn first_contact_is_as_the_setting_says() {
    let server = Server::start().await;
    let unknown = |first_contact| Target {
        trusted: Vec::new(),
        first_contact,
        ..server.target()
    };
    let transport = server.transport(SETTLED);
    let refused = facts(&transport, &unknown(FirstContact::Refuse)).await;
    let refused = refused.expect_err("it is not known");
    let fingerprint = server.host_key().fingerprint();
    assert!(refused.to_string().contains(&fingerprint), "{refused}");
    let answer = facts(&transport, &unknown(FirstContact::Trust)).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.host_key.fingerprint(), fingerprint);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warm_connection_is_not_used_for_whom_its_key_is_not_trusted() {
    let server = Server::start().await;
    let transport = server.transport(SETTLED);
    facts(&transport, &server.target())
        .await
        .expect("an answer");
    let target = Target {
        trusted: vec![public_key(&server.path("other.pub"))],
        ..server.target()
    };
    let refused = facts(&transport, &target).await;
    assert!(
        matches!(refused, Err(TransportError::HostKey { .. })),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_not_accepted_names_the_key() {
    let server = Server::start().await;
    let settings = SshSettings {
        keys: vec![server.path("missing"), server.path("other")],
        ..server.settings()
    };
    let transport = SshTransport::new(settings, Some(binary(SETTLED)));
    let refused = facts(&transport, &server.target()).await;
    let Err(TransportError::Denied(why)) = refused else {
        panic!("not denied: {refused:?}");
    };
    for name in ["missing", "other"] {
        assert!(
            why.contains(server.path(name).to_str().expect("a path")),
            "{why}"
        );
    }
}

struct Agent(Child);

impl Drop for Agent {
    fn drop(&mut self) {
        self.0.kill().expect("the agent is ours");
        self.0.wait().expect("the agent is ours");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_keys_do_as_well() {
    let server = Server::start().await;
    let socket = server.path("agent");
    let agent = Command::new("ssh-agent")
        .arg("-D")
        .arg("-a")
        .arg(&socket)
        .spawn();
    let _agent = Agent(agent.expect("ssh-agent is there"));
    until("the agent listens", async || socket.exists()).await;
    for key in ["other", "id"] {
        let added = Command::new("ssh-add")
            .arg("-q")
            .arg(server.path(key))
            .env("SSH_AUTH_SOCK", &socket)
            .status();
        assert!(added.expect("ssh-add is there").success());
    }
    let settings = SshSettings {
        keys: Vec::new(),
        agent: Some(socket),
        ..server.settings()
    };
    let transport = SshTransport::new(settings, Some(binary(SETTLED)));
    facts(&transport, &server.target())
        .await
        .expect("an answer");
}
