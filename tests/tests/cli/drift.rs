//! A server that is not as it should be.

use std::fs;

use serde_json::Value;

use crate::person::{Person, cut, plane};

#[test]
fn a_server_that_differs_is_told_and_repaired() {
    let dir = tempfile::tempdir().expect("a folder");
    let plane = plane(dir.path());
    let person = Person::of(&plane);
    cut(&person);
    person.prints(&["server", "check", "host1"]);

    // Somebody took a unit off the machine.
    let file = dir.path().join("simulated/machines/127.64.0.1.json");
    let text = fs::read_to_string(&file).expect("the machine");
    let mut machine: Value = serde_json::from_str(&text).expect("JSON");
    let scopes = machine.as_object_mut().expect("scopes");
    let unit = scopes.keys().find(|name| name.contains("u0-15")).cloned();
    scopes.remove(&unit.expect("the unit's scope"));
    fs::write(&file, machine.to_string()).expect("the machine");

    let (status, said) = person.fails(&["server", "check", "host1"]);
    assert_eq!(status, 9, "{said}");
    assert!(said.contains("kloigos server repair host1"), "{said}");
    let drift = person.prints(&["server", "drift", "host1", "--columns", "unit,part"]);
    assert!(drift.contains("host1_0-15  account"), "{drift}");
    let list = person.prints(&["server", "list", "--columns", "drift", "--no-headers"]);
    assert_ne!(list.trim(), "0");
    person.prints(&["server", "repair", "host1", "--dry-run"]);
    person.fails(&["server", "check", "host1"]);

    let repaired = person.prints(&["server", "repair", "host1", "--reason", "it was a mistake"]);
    assert_eq!(repaired, "host1 is repaired\n");
    person.prints(&["server", "check", "host1"]);
    let drift = person.prints(&["server", "drift", "host1", "--no-headers"]);
    assert_eq!(drift, "");
    let jobs = person.prints(&["job", "list", "-o", "json", "--filter", "kind=repairing"]);
    let jobs: Value = serde_json::from_str(&jobs).expect("JSON");
    assert_eq!(jobs[0]["status"], "succeeded");
}
