//! Whatever a control plane or a tenant says, it moves no cursor, colours nothing, and is no command.

use serde_json::{Value, json};

use crate::{canned::Canned, person::Person};

/// A text that clears the screen, renames the window, turns the writing round and breaks the line.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{200b}\r\nx\u{7f}\u{2028}y";

fn thing() -> Value {
    let fields = [
        "compute_id",
        "hostname",
        "ip",
        "region",
        "zone",
        "status",
        "user",
        "ports_range",
        "reason",
        "id",
        "kind",
        "step",
        "host_key",
        "health",
        "fingerprint",
        "type",
        "comment",
        "scope",
        "at",
    ];
    let mut thing: serde_json::Map<_, _> = fields
        .iter()
        .map(|field| ((*field).to_owned(), HOSTILE.into()))
        .collect();
    thing.insert(
        "tags".to_owned(),
        json!({HOSTILE: HOSTILE, "list": [HOSTILE]}),
    );
    thing.insert(HOSTILE.to_owned(), json!({HOSTILE: [HOSTILE]}));
    thing.insert(
        "keys".to_owned(),
        json!([{"fingerprint": HOSTILE, "comment": HOSTILE}]),
    );
    Value::Object(thing)
}

fn steers(text: &str) -> Option<char> {
    let plain = |char: char| {
        char == '\n' || !char.is_control() && !"\u{202e}\u{200b}\u{2028}".contains(char)
    };
    text.chars().find(|char| !plain(*char))
}

#[test]
fn nothing_that_is_printed_steers_a_terminal() {
    let one = thing().to_string();
    let list = Value::Array(vec![thing()]).to_string();
    let canned = Canned::saying(move |path| {
        let path = path.split('?').next().unwrap_or_default();
        let ends = [
            "/servers",
            "/jobs",
            "/compute_units/",
            "/keys",
            "/attestations",
        ];
        let listed = ends.iter().any(|end| path.ends_with(end));
        if listed { list.clone() } else { one.clone() }
    });
    let person = Person::at(&canned.url(), None);
    let commands: [&[&str]; 10] = [
        &["unit", "list"],
        &["unit", "show", "x"],
        &["unit", "key", "list", "x"],
        &["unit", "attestations", "x"],
        &["server", "list"],
        &["server", "show", "x"],
        &["server", "doctor", "x"],
        &["job", "list"],
        &["job", "show", "x"],
        &["health"],
    ];
    for command in commands {
        let named = !["doctor", "health"].iter().any(|one| command.contains(one));
        let name: &[&str] = if named { &["name"] } else { &[] };
        for format in [&["table", "wide", "json", "yaml", "csv"], name].concat() {
            let text = person.prints(&[command, &["-o", format][..]].concat());
            assert_eq!(steers(&text), None, "{command:?} -o {format}: {text:?}");
            if format == "json" {
                let read: Value = serde_json::from_str(&text).expect("it is still JSON");
                assert!(read.to_string().contains("owned"), "{read}");
            }
        }
    }
    // What is not sound is given to no other program.
    for command in [
        &["ssh", "x"][..],
        &["export", "ssh-config"],
        &["export", "ansible"],
    ] {
        let (_, said) = person.fails(command);
        assert_eq!(steers(&said), None, "{command:?}: {said:?}");
    }
}

#[test]
fn an_error_is_as_harmless_and_a_shell_is_offered_no_hostile_name() {
    let job = json!({"id": "j", "kind": HOSTILE, "status": "failed", "reason": HOSTILE, "log": []});
    let units = json!([
        {"compute_id": HOSTILE}, {"compute_id": "$(reboot)"}, {"compute_id": "-o"}, {"compute_id": "host1_0-3"},
    ]);
    let canned = Canned::saying(move |path| {
        if path.starts_with("/api/jobs") {
            format!("event: log\ndata: {job}\n\nevent: end\ndata: {job}\n\n")
        } else {
            units.to_string()
        }
    });
    let person = Person::at(&canned.url(), None);
    let (code, said) = person.fails(&["job", "watch", "j"]);
    assert_eq!((code, steers(&said)), (6, None), "{said:?}");
    let mut shell = person.command(&["--", "kloigos", "unit", "show", ""]);
    shell
        .env("COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", "3")
        .env("_CLAP_IFS", "\n");
    let output = shell.output().expect("kloigos runs");
    let offered = String::from_utf8(output.stdout).expect("a text");
    let names: Vec<&str> = offered
        .lines()
        .filter(|line| !line.starts_with("--"))
        .collect();
    assert_eq!(names, ["host1_0-3"], "{offered}");
}
