//! Calls that go well, and what they leave on the server.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    sync::Arc,
    time::{Duration, Instant},
};

use kloigos_control::transport::{
    Transport, TransportError,
    ssh::{SshSettings, SshTransport},
};
use kloigos_model::host::{Outcome, Request};

use super::server::{SETTLED, Server, binary, facts, until};

/// Tells of progress, then that all is well.
const TALKS: &str = r#"#!/bin/sh
cat >/dev/null
echo '{"progress":{"scope":"server","resource":"account","done":1,"of":2}}'
echo '{"report":{"version":"0","outcome":"settled","facts":null,"scopes":[],"fault":null}}'
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_binary_is_uploaded_once_and_the_connection_stays_warm() {
    let server = Server::start().await;
    let transport = server.transport(TALKS);
    let mut told = Vec::new();
    let mut progress = |at: kloigos_model::host::Progress| told.push(at.resource);
    let request = Request::Facts;
    let answer = transport
        .call(&server.target(), &request, &mut progress)
        .await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.report.outcome, Outcome::Settled);
    assert_eq!(answer.host_key, server.host_key().without_comment());
    assert_eq!(told, ["account"]);

    let lies = format!("{}/{}/kloigos-host", server.base(), binary(TALKS).sha256);
    let meta = fs::metadata(&lies).expect("the binary is there");
    assert_eq!(
        (meta.uid(), meta.gid(), meta.mode() & 0o7777),
        (0, 0, 0o755)
    );
    let (inode, begun) = (meta.ino(), Instant::now());
    for _ in 0..20 {
        facts(&transport, &server.target())
            .await
            .expect("an answer");
    }
    println!("a warm call takes {:?}", begun.elapsed() / 20);
    assert_eq!(server.wire.laid(), 1, "one connection");
    let again = server.transport(TALKS);
    facts(&again, &server.target()).await.expect("an answer");
    assert_eq!(
        fs::metadata(&lies).expect("there").ino(),
        inode,
        "not uploaded again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_share_one_connection_from_its_making_on() {
    let server = Server::start().await;
    let transport = Arc::new(server.transport(SETTLED));
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (transport, target) = (transport.clone(), server.target());
        callers.spawn(async move { facts(&transport, &target).await });
    }
    for answer in callers.join_all().await {
        answer.expect("an answer");
    }
    assert_eq!(server.wire.laid(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_nobody_uses_is_let_go() {
    let server = Server::start().await;
    let settings = SshSettings {
        idle: Duration::from_millis(50),
        ..server.settings()
    };
    let transport = SshTransport::new(settings, Some(binary(SETTLED)));
    facts(&transport, &server.target())
        .await
        .expect("an answer");
    until("no connection is open", async || {
        transport.open_connections().await == 0
    })
    .await;
    facts(&transport, &server.target())
        .await
        .expect("an answer");
    assert_eq!(server.wire.laid(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binary_that_is_gone_is_brought_again() {
    let server = Server::start().await;
    let transport = server.transport(SETTLED);
    facts(&transport, &server.target())
        .await
        .expect("an answer");
    fs::remove_dir_all(server.base()).expect("the directory is there");
    facts(&transport, &server.target())
        .await
        .expect("an answer");
    assert_eq!(server.wire.laid(), 1, "on the same connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binary_that_was_changed_is_replaced() {
    let server = Server::start().await;
    facts(&server.transport(SETTLED), &server.target())
        .await
        .expect("an answer");
    let lies = format!("{}/{}/kloigos-host", server.base(), binary(SETTLED).sha256);
    fs::write(&lies, "#!/bin/sh\nexit 0\n").expect("written");
    facts(&server.transport(SETTLED), &server.target())
        .await
        .expect("an answer");
    assert_eq!(fs::read_to_string(&lies).expect("a script"), SETTLED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_others_can_write_is_not_used() {
    let server = Server::start().await;
    let transport = server.transport(SETTLED);
    let dir = server.path("lib").join(binary(SETTLED).sha256);
    fs::create_dir_all(&dir).expect("a directory");
    let link = dir.join("kloigos-host");
    // Something else under the name, that a rename cannot replace.
    fs::create_dir(&link).expect("a directory");
    fs::set_permissions(&link, fs::Permissions::from_mode(0o777)).expect("a mode");
    let refused = facts(&transport, &server.target()).await;
    assert!(
        matches!(refused, Err(TransportError::Unsuitable(_))),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_plain_directory_never_reaches_a_shell() {
    let server = Server::start().await;
    let proof = server.path("proof");
    for base in [
        format!("/tmp/x; touch {}", proof.display()),
        "relative".to_owned(),
        "/tmp/$(id)".to_owned(),
        "/tmp/'".to_owned(),
    ] {
        let settings = SshSettings {
            base,
            ..server.settings()
        };
        let transport = SshTransport::new(settings, Some(binary(SETTLED)));
        let refused = facts(&transport, &server.target()).await;
        assert!(
            matches!(refused, Err(TransportError::Unsuitable(_))),
            "{refused:?}"
        );
    }
    assert!(!proof.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_binary_nothing_is_asked() {
    let server = Server::start().await;
    let transport = SshTransport::new(server.settings(), None);
    let refused = facts(&transport, &server.target()).await;
    assert_eq!(refused, Err(TransportError::HostBinaryMissing));
    assert_eq!(server.wire.laid(), 0);
}
