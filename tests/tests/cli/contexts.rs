//! Tokens: where they are kept, where they go, and where they never show.

use std::{fs, os::unix::fs::PermissionsExt};

use crate::{
    canned::Canned,
    person::{Person, plane},
};

#[test]
fn a_token_is_tried_kept_from_others_and_never_shown() {
    let dir = tempfile::tempdir().expect("a folder");
    let plane = plane(dir.path());
    let (url, token) = (
        plane.api().base(),
        plane.api().token().expect("a token").to_owned(),
    );
    let person = Person::at(&url, None);
    let file = person.home().join("token");

    fs::write(&file, "kloigos_wrong").expect("a file");
    let (code, said) = person.fails(&["login", &url, "--token-file", "token"]);
    assert_eq!(code, 5, "{said}");
    let contexts = person.home().join(".config/kloigos/contexts.json");
    assert!(!contexts.exists(), "a token that is refused is not kept");

    fs::write(&file, &token).expect("a file");
    let output = person.run(&["login", &url, "--token-file", "token", "--name", "lab"]);
    assert!(output.status.success(), "{output:?}");
    let mode = fs::metadata(&contexts)
        .expect("it is kept")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    for output in [
        output,
        person.run(&["context", "list", "-o", "json"]),
        person.run(&["server", "list"]),
    ] {
        assert!(output.status.success(), "{output:?}");
        assert!(!String::from_utf8_lossy(&output.stdout).contains(&token));
        assert!(!String::from_utf8_lossy(&output.stderr).contains(&token));
    }

    fs::set_permissions(&contexts, fs::Permissions::from_mode(0o640)).expect("a mode");
    let (code, said) = person.fails(&["server", "list"]);
    assert!(code == 1 && said.contains("chmod 600"), "{code} {said}");
    fs::set_permissions(&contexts, fs::Permissions::from_mode(0o600)).expect("a mode");

    person.prints(&["context", "remove", "lab"]);
    assert!(
        !fs::read_to_string(&contexts)
            .expect("it is there")
            .contains(&token)
    );
    assert_eq!(person.fails(&["context", "use", "lab"]).0, 3);
    assert_eq!(person.fails(&["server", "list"]).0, 5);
}

#[test]
fn the_token_of_a_context_goes_to_its_own_control_plane_alone() {
    let (ours, other) = (Canned::answer("[]"), Canned::answer("[]"));
    let person = Person::at(&ours.url(), None);
    fs::write(person.home().join("token"), "kloigos_secret").expect("a file");
    person.prints(&["login", &ours.url(), "--token-file", "token"]);
    person.prints(&["server", "list"]);
    assert!(ours.heard().contains("kloigos_secret"));
    let (code, _) = person.fails(&["server", "list", "--url", "http://198.51.100.1:1"]);
    assert_eq!(code, 2, "a token is not sent in clear to another machine");
    person.prints(&["server", "list", "--url", &other.url()]);
    assert!(other.heard().contains("GET /api/servers"));
    assert!(
        !other.heard().contains("kloigos_secret"),
        "{}",
        other.heard()
    );
}

#[test]
fn a_context_that_is_named_gets_nothing_of_the_environment() {
    let (ours, other) = (Canned::answer("[]"), Canned::answer("[]"));
    let person = Person::at(&ours.url(), Some("kloigos_ambient"));
    for (plane, name) in [(&ours, "ours"), (&other, "other")] {
        fs::write(person.home().join("token"), format!("kloigos_of_{name}")).expect("a file");
        let kept = ["login", &plane.url(), "--token-file", "token", "--name"];
        person.prints(&[&kept[..], &[name]].concat());
    }
    let before = ours.heard();
    // The environment says another address and another token.
    person.prints(&["server", "list", "--context", "other"]);
    assert_eq!(ours.heard(), before);
    assert!(!other.heard().contains("kloigos_ambient"));
    assert_eq!(other.heard().matches("kloigos_of_other").count(), 2);

    // A flag comes before the context, whose token still goes nowhere else.
    person.prints(&["server", "list", "--context", "other", "--url", &ours.url()]);
    let heard = ours.heard();
    let heard = heard.strip_prefix(&before).expect("more");
    assert!(heard.contains("GET /api/servers"), "{heard}");
    assert!(!heard.contains("kloigos_"), "{heard}");

    // Without a name, the environment comes before the current context.
    person.prints(&["server", "list"]);
    assert!(ours.heard().ends_with("\r\n\r\n\n"));
    assert_eq!(ours.heard().matches("kloigos_ambient").count(), 1);
}

#[test]
fn without_a_home_there_are_no_contexts() {
    let plane = Canned::answer("[]");
    let person = Person::at(&plane.url(), Some("kloigos_secret"));
    let homeless = |arguments: &[&str]| {
        let mut command = person.command(arguments);
        let output = command.env_remove("HOME").output().expect("kloigos runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    };
    assert_eq!(homeless(&["server", "list"]), (Some(0), String::new()));
    assert!(plane.heard().contains("kloigos_secret"));
    for asked in [
        &["server", "list", "--context", "lab"][..],
        &["login", &plane.url()],
    ] {
        let (code, said) = homeless(asked);
        assert_eq!(code, Some(1), "{asked:?}: {said}");
        assert!(said.contains("HOME"), "{asked:?}: {said}");
    }
}

#[test]
fn no_proxy_hears_what_is_not_encrypted() {
    let (plane, proxy) = (Canned::answer("[]"), Canned::answer("[]"));
    let person = Person::at(&plane.url(), Some("kloigos_secret"));
    for arguments in [
        &["server", "list"][..],
        &["import", "v0.2", "--dry-run", "--api", &plane.url()],
    ] {
        let mut command = person.command(arguments);
        for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "http_proxy"] {
            command.env(name, proxy.url());
        }
        let output = command.output().expect("kloigos runs");
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(proxy.heard(), "");
    assert!(plane.heard().contains("kloigos_secret"));
}

#[test]
fn a_private_key_is_never_sent() {
    let canned = Canned::answer("{}");
    let person = Person::at(&canned.url(), None);
    let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nsecret\n-----END OPENSSH PRIVATE KEY-----\n";
    fs::write(person.home().join("id"), key).expect("a file");
    let (code, said) = person.fails(&["allocate", "--key", "id"]);
    assert!(
        code == 2 && said.contains("private key") && said.contains("id.pub"),
        "{code} {said}"
    );
    assert_eq!(canned.heard(), "");
}
