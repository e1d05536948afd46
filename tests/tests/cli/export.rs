//! `kloigos export`: what other programs are told.

use std::fs;

use serde_json::{Value, json};

use crate::{canned::Canned, person::Person};

/// A control plane with a unit in each of two zones, and a server that has no key yet.
fn two_zones(key: &'static str) -> Canned {
    Canned::saying(move |path| {
        let server =
            |name: &str, key: Value| json!({"hostname": name, "ssh_port": 22, "host_key": key});
        let unit = |host: &str, zone: &str| {
            json!({
                "compute_id": format!("{host}_0-3"), "hostname": host, "ip": "192.0.2.1",
                "user": "u0-3", "zone": zone, "status": "allocated",
            })
        };
        let answer = match path {
            "/api/servers" => json!([
                server("host1", format!("ssh-ed25519 {key}1").into()),
                server("host2", format!("ssh-ed25519 {key}2").into()),
                server("host3", Value::Null),
            ]),
            path if path.contains("zone=a") => json!([unit("host1", "a")]),
            path if path.contains("zone=b") => json!([unit("host2", "b")]),
            _ => json!([]),
        };
        answer.to_string()
    })
}

#[test]
fn no_export_takes_the_host_keys_of_another_one_away() {
    let (ours, other) = (two_zones("OURS"), two_zones("OTHER"));
    let person = Person::at(&ours.url(), None);
    fs::write(person.home().join("token"), "kloigos_secret").expect("a file");
    for (plane, name) in [(&ours, "ours"), (&other, "../other")] {
        person.prints(&[
            "login",
            &plane.url(),
            "--token-file",
            "token",
            "--name",
            name,
        ]);
    }
    let export = |context: &str, zone: &str| {
        let command = ["export", "ssh-config", "--context", context, "--zone", zone];
        person.prints(&command)
    };
    let of_a = export("ours", "a");
    let of_b = export("ours", "b");
    let of_other = export("../other", "a");
    let file = |config: &str| {
        let line = config.lines().find(|line| line.contains("UserKnown"));
        let file = line.and_then(|line| line.split('"').nth(1));
        file.expect("a file of keys").to_owned()
    };
    assert_eq!(file(&of_a), file(&of_b));
    let keys = |config: &str| fs::read_to_string(file(config)).expect("keys");
    let both = "host1 ssh-ed25519 OURS1\nhost2 ssh-ed25519 OURS2\n";
    assert_eq!(keys(&of_a), both);
    let both = "host1 ssh-ed25519 OTHER1\nhost2 ssh-ed25519 OTHER2\n";
    assert_eq!(keys(&of_other), both);
    let folder = person.home().join(".config/kloigos");
    assert!(file(&of_other).starts_with(folder.to_str().expect("a path")));
    let kept = fs::read_dir(&folder).expect("a folder").count();
    assert_eq!(kept, 3, "the contexts, and keys for each");

    // An address is that of its context, and else its own name.
    let config = person.prints(&["export", "ssh-config", "--zone", "a"]);
    assert_eq!(file(&config), file(&of_a));
    let strange = two_zones("STRANGE");
    let config = person.prints(&["export", "ssh-config", "--url", &strange.url()]);
    assert_eq!(config, "");
    assert_eq!(fs::read_dir(folder).expect("a folder").count(), 4);
}
