use super::*;

const ED25519: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPoOzGzYlfctX49qC0yjm/cthCG1H/kahUbxwbl5kuT8";
const P256: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGmPqeVqGAXzgW2fijfj4co1BunudYmT34FeX8Syom/RKDu0mHAv4WzXA7ttS4Iq1Gy/UfbOykkgpmautluX82c=";
const P384: &str = "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBK8pF5WF8kL/NmtaGg2wT2RocHIgWXty/m7zv0thDAI2a+E+ZPftqsQMPDRYELgqv6ufoEGVNglRyZAKw4HZfQhv07D4okZ306Ke1HT/UHK7uK2utSjPW/ed14j1/IJGdw==";
const RSA2048: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDlM+T6+RgzCtP8EOTLC107AUHyut+RFimXfONdlayNfOqYJdVi1ONSSEmdpkunshjB5rbGOkVhemZJhxHqEiJZItO6qEhAx3uc8BZ/YgqqUN72KPHE/LiWGg50jtCwKgvXJF7VoCoXNj8CeAZg4UxsszCeET5IcTQkcfjwhmXEz+RCspkHxRCQuo6nRSkEoo5uxbx+G2tG8szPzG8NPsdAkUD4y1XtsSjfgeKqbrcSIksbONGRp7d2k53PO/iJi4uNQAFpNYL/ivUJpq70Lc4LK+Ht5hlhLgN8rzEfu5RMMvc3IsAvYDAfoEItSi5RQVkrhBH6tobBKAn+eMgZOybj";
const RSA1024: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQD4HyaULDwRilimnpBCght9nQstcqjiFolxML+ZcAh2BgC+Ua+ASodREu9p/r7W39SweeGp5osJ2xrhZPLtIxWI7+QpLtllazZIeJyuTZ3riV6byoZAoz8nWZ18GxyxEdnMK3R7fsgfLsnsG28T/J4+QY9nfPgc5rfjgQl73PyAuw==";

fn refusal(text: &str) -> String {
    text.parse::<AuthorizedKeys>().expect_err(text).to_string()
}

#[test]
fn real_keys_are_taken_as_they_are() {
    for line in [ED25519, P256, P384, RSA2048] {
        let key: PublicKey = line.parse().expect(line);
        assert_eq!(key.to_string(), line);
        let commented: PublicKey = format!("{line}  ann@example: laptop ").parse().expect(line);
        assert_eq!(commented.to_string(), format!("{line} ann@example: laptop"));
        assert_eq!(commented.without_comment(), key);
    }
}

#[test]
fn a_fingerprint_is_what_ssh_keygen_prints() {
    let key: PublicKey = ED25519.parse().expect("a key");
    assert_eq!(
        key.fingerprint(),
        "SHA256:WwsWE4OU0sfgHXcHOpz/XDngxLJlcqnB2hleOd85kwc"
    );
}

#[test]
fn several_lines_are_several_keys() {
    let keys: AuthorizedKeys = format!("{ED25519} a\r\n\n{P256} b\n")
        .parse()
        .expect("two keys");
    assert_eq!(keys.to_string(), format!("{ED25519} a\n{P256} b\n"));
    assert!(refusal(&format!("{ED25519} a\n{ED25519} b")).contains("given twice"));
}

#[test]
fn weak_and_short_keys_are_refused_with_the_reason() {
    assert!(refusal("ssh-dss AAAAB3NzaC1kc3M=").contains("ssh-dss keys are too weak"));
    assert!(refusal(RSA1024).contains("this one has 1024"));
}

#[test]
fn options_and_hostile_lines_are_refused() {
    for (text, reason) in [
        (String::new(), "no SSH public key"),
        ("\n \n".into(), "no SSH public key"),
        ("k".into(), "begins with its type"),
        (format!("command=\"id\" {ED25519}"), "options like command="),
        (
            format!("no-pty,from=\"10.0.0.1\" {ED25519}"),
            "options like command=",
        ),
        (
            format!("{ED25519} a\ncommand=\"id\" {P256}"),
            "options like command=",
        ),
        (format!("# comment\n{ED25519}"), "begins with its type"),
        ("ssh-ed25519".into(), "nothing follows its type"),
        ("ssh-ed25519 AAAA$(id)".into(), "not base64"),
        (
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtleQ ann@example".into(),
            "damaged",
        ),
        (format!("ssh-rsa {}", &ED25519[12..]), "another type"),
        (format!("{ED25519} a\u{7}b"), "printable"),
        (format!("{ED25519} a\0b"), "printable"),
        (format!("{ED25519} {}", "x".repeat(300)), "at most 256"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----".into(), "private key"),
    ] {
        let said = refusal(&text);
        assert!(said.contains(reason), "{text:?} says {said:?}");
    }
}

#[test]
fn a_hundred_keys_are_too_many() {
    let keys: Vec<String> = (0..100).map(|n| format!("{ED25519} {n}")).collect();
    let keys = keys.join("\n");
    assert!(refusal(&keys).contains("at most 64"));
}

#[test]
fn keys_are_added_once_and_the_last_one_stays() {
    let keys = |lines: &[&str]| -> AuthorizedKeys { lines.join("\n").parse().expect("keys") };
    let commented = format!("{ED25519} ann");
    let one = keys(&[&commented]);
    let both = one.with(&keys(&[ED25519, P256])).expect("two keys");
    assert_eq!(both, keys(&[&commented, P256]), "the comment stays");
    assert_eq!(both.with(&one), Ok(both.clone()));
    let print = |line: &str| line.parse::<PublicKey>().expect("a key").fingerprint();
    assert_eq!(both.without(&print(P256)), Ok(one.clone()));
    assert_eq!(one.without(&print(P256)), Err(RemovalError::Unknown));
    assert_eq!(one.without(&print(ED25519)), Err(RemovalError::Last));
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in ".{0,80}") {
        let _ = text.parse::<AuthorizedKeys>();
    }

    #[test]
    fn a_damaged_blob_never_passes_for_another_key(at in 0_usize..68, byte in "[A-Za-z0-9+/]") {
        let mut line = ED25519.to_owned();
        line.replace_range(12 + at..13 + at, &byte);
        if let Ok(key) = line.parse::<PublicKey>() {
            proptest::prop_assert_eq!(key.to_string(), line);
        }
    }
}
