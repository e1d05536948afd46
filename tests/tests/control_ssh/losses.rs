//! Connections and programs that die, at every place where it matters which of the two is told:
//! that nothing was done, or that nobody knows.

use std::{fs, time::Duration};

use kloigos_control::transport::{
    TransportError,
    ssh::{SshSettings, SshTransport},
};

use super::server::{SETTLED, Server, binary, facts, until};

/// Says that it began, and works until it is killed.
fn works(server: &Server) -> String {
    let begun = server.path("begun");
    format!(
        "#!/bin/sh\ncat >/dev/null\ntouch {}\nexec sleep 1000\n",
        begun.display()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_cut_while_the_server_works_leaves_the_outcome_open() {
    let server = Server::start().await;
    let transport = std::sync::Arc::new(server.transport(&works(&server)));
    let call = tokio::spawn({
        let (transport, target) = (transport.clone(), server.target());
        async move { facts(&transport, &target).await }
    });
    until("the server works", async || server.path("begun").exists()).await;
    server.wire.cut();
    let lost = call.await.expect("no panic");
    assert!(matches!(lost, Err(TransportError::Lost(_))), "{lost:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warm_connection_that_died_is_made_anew_without_a_word() {
    let server = Server::start().await;
    let transport = server.transport(SETTLED);
    facts(&transport, &server.target())
        .await
        .expect("an answer");
    server.wire.cut();
    facts(&transport, &server.target())
        .await
        .expect("an answer");
    assert_eq!(server.wire.laid(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_is_unreachable_warm_or_cold() {
    let mut server = Server::start().await;
    let transport = server.transport(SETTLED);
    facts(&transport, &server.target())
        .await
        .expect("an answer");
    server.stop();
    for _ in 0..2 {
        let down = facts(&transport, &server.target()).await;
        assert!(
            matches!(down, Err(TransportError::Unreachable(_))),
            "{down:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_does_not_end_well_has_told_nothing() {
    let report = r#"echo '{"report":{"version":"0","outcome":"settled","facts":null,"scopes":[],"fault":null}}'"#;
    for (end, why) in [
        (
            format!("{report}\nexit 4"),
            "another status than the report's",
        ),
        (format!("{report}\nkill -9 $$"), "killed after the report"),
        ("exit 0".to_owned(), "no report"),
        ("echo words; exit 0".to_owned(), "no report but words"),
        (
            "yes | head -c 40000000".to_owned(),
            "more than anybody reads",
        ),
    ] {
        let server = Server::start().await;
        let script = format!("#!/bin/sh\ncat >/dev/null\n{end}\n");
        let lost = facts(&server.transport(&script), &server.target()).await;
        assert!(
            matches!(lost, Err(TransportError::Lost(_))),
            "{why}: {lost:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_has_an_end() {
    let server = Server::start().await;
    let settings = SshSettings {
        // Longer than a busy machine takes for the looks before.
        silence: Duration::from_secs(5),
        ..server.settings()
    };
    let transport = SshTransport::new(settings, Some(binary(&works(&server))));
    let lost = facts(&transport, &server.target()).await;
    assert!(matches!(lost, Err(TransportError::Lost(_))), "{lost:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_complains_of_is_told_without_control_characters() {
    let server = Server::start().await;
    let script = "#!/bin/sh\ncat >/dev/null\nprintf 'no\\033[31m disk\\n' >&2\nexit 9\n";
    let lost = facts(&server.transport(script), &server.target()).await;
    let text = lost.expect_err("no report").to_string();
    assert!(text.contains("status 9: no [31m disk"), "{text:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_cut_leaves_nothing_under_the_name() {
    let server = Server::start().await;
    // Large enough that it is never through before the cut.
    let script = format!("{SETTLED}{}", "# filler\n".repeat(4_000_000));
    let transport = std::sync::Arc::new(server.transport(&script));
    let call = tokio::spawn({
        let (transport, target) = (transport.clone(), server.target());
        async move { facts(&transport, &target).await }
    });
    let dir = server.path("lib").join(binary(&script).sha256);
    let begun = async || fs::read_dir(&dir).is_ok_and(|mut names| names.next().is_some());
    until("the upload began", begun).await;
    server.wire.cut();
    let cut = call.await.expect("no panic");
    // What appears under the name is whole, even where it was through just before the cut; then it
    // may be the call itself that was lost.
    let through = fs::read(dir.join("kloigos-host")).ok();
    match cut {
        Err(TransportError::Unreachable(_)) | Ok(_) => {}
        Err(TransportError::Lost(_)) if through.is_some() => {}
        other => panic!("{other:?}"),
    }
    if let Some(body) = through {
        assert!(body == script.as_bytes());
    }
    facts(&transport, &server.target())
        .await
        .expect("the next try brings it");
}
