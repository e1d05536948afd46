//! Servers that were cut by hand, taken over.

use std::{fs, path::Path};

use kloigos_tests::keys::public_key;
use serde_json::{Value, json};

use crate::person::{Person, plane};

/// An account that is held to these CPUs, with so many processes and one key.
fn account(name: &str, uid: u8, cpus: &str, processes: usize) -> Value {
    json!({
        "account": name, "uid": 1000 + u32::from(uid), "cpus": cpus, "home": format!("/home/{name}"),
        "processes": processes, "keys": [public_key(uid)], "other_keys": 0,
    })
}

/// What the people of a simulated server did on it.
pub(crate) fn cut_by_hand(plane: &Path, number: u32, accounts: &[Value]) {
    let folder = plane.join("simulated/machines");
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join(format!("127.64.0.{number}.by-hand.json"));
    fs::write(file, json!(accounts).to_string()).expect("a file");
}

/// What the page about it begins with: two tenants, one of which works.
pub(crate) fn two_accounts(plane: &Path, number: u32) {
    let two = [
        account("alice", 1, "0-15", 0),
        account("bob", 2, "16-31", 3),
    ];
    cut_by_hand(plane, number, &two);
}

const LOOK: [&str; 7] = [
    "import",
    "server",
    "host1",
    "--ip",
    "127.64.0.1",
    "-o",
    "json",
];
const CONFIRM: [&str; 6] = ["--confirm", "--yes", "--region", "eu", "--zone", "a"];

/// What it says of the server and its accounts, and its exit status.
fn import(person: &Person, more: &[&str]) -> (Value, Option<i32>) {
    let output = person.run(&[&LOOK[..], more].concat());
    let said = serde_json::from_slice(&output.stdout);
    let said = said.unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (said, output.status.code())
}

/// What is told of the server.
#[track_caller]
fn server(said: &Value) -> (&str, &str) {
    let server = &said["servers"][0];
    let why = server["why"].as_str().unwrap_or_default();
    (server["plan"].as_str().expect("a plan"), why)
}

#[test]
fn a_server_is_looked_at_until_it_is_confirmed() {
    let dir = tempfile::tempdir().expect("a folder");
    let plane = plane(dir.path());
    let person = Person::of(&plane);
    two_accounts(dir.path(), 1);
    let probe = ["server", "probe", "127.64.0.1", "-o", "json"];
    let before: Value = serde_json::from_str(&person.prints(&probe)).expect("JSON");

    // Its tenant still works.
    let (said, status) = import(&person, &[]);
    let (plan, why) = server(&said);
    assert_eq!((plan, status), ("left", Some(0)));
    assert!(
        why.contains("bob (1002)") && why.contains("pkill -KILL -U 1002"),
        "{why}"
    );
    let told = json!([
        {"account": "alice", "uid": 1001, "cpu_range": "0-15", "processes": 0, "keys": 1,
         "user": "u0-15", "plan": "left", "why": null},
        {"account": "bob", "uid": 1002, "cpu_range": "16-31", "processes": 3, "keys": 1,
         "user": "u16-31", "plan": "left",
         "why": "end its processes: loginctl disable-linger 1002; pkill -KILL -U 1002"},
    ]);
    assert_eq!(said["accounts"], told);
    let (said, status) = import(&person, &CONFIRM);
    assert_eq!((server(&said).0, status), ("left", Some(4)));

    // It has ended its work.
    let two = [
        account("alice", 1, "0-15", 0),
        account("bob", 2, "16-31", 0),
    ];
    cut_by_hand(dir.path(), 1, &two);
    let (said, status) = import(&person, &[]);
    assert_eq!((server(&said).0, status), ("cut", Some(0)));
    let unasked = [&LOOK[..], &["--confirm", "--region", "eu", "--zone", "a"]].concat();
    let (status, said) = person.fails(&unasked);
    assert_eq!(status, 2, "{said}");
    let (status, said) = person.fails(&[&LOOK[..], &["--confirm", "--yes"]].concat());
    assert!(status == 2 && said.contains("--region"), "{said}");
    assert_eq!(person.prints(&["server", "list", "-o", "name"]), "");

    let confirm = [&CONFIRM[..], &["--tenancies"]].concat();
    let (said, status) = import(&person, &confirm);
    assert_eq!((server(&said).0, status), ("done", Some(0)));
    let was = said["tenancies"].as_array().expect("tenancies").iter();
    assert_eq!(
        was.map(|one| &one["was"]).collect::<Vec<_>>(),
        ["alice", "bob"]
    );
    let unit = said["tenancies"][1]["compute_id"].as_str().expect("a unit");
    let unit: Value =
        serde_json::from_str(&person.prints(&["unit", "show", unit, "-o", "json"])).expect("JSON");
    let tags = json!({"adopted_from": "bob", "adopted_on": "host1"});
    assert_eq!(unit["tags"], tags);
    assert_eq!(unit["keys"].as_array().map(Vec::len), Some(1));

    // Once more: the same, and no other. What is theirs is as it was.
    let (again, status) = import(&person, &confirm);
    assert_eq!((server(&again).0, status), ("there", Some(0)));
    assert_eq!(again["tenancies"], said["tenancies"]);
    let units = person.prints(&["unit", "list", "--status", "allocated", "-o", "name"]);
    assert_eq!(units, "host1_0-15\nhost1_16-31\n");
    let after: Value = serde_json::from_str(&person.prints(&probe)).expect("JSON");
    let idle = |seen: &Value, place: usize| seen["cut_by_hand"][place].clone();
    assert_eq!(idle(&after, 0), idle(&before, 0));
}

#[test]
fn a_cut_that_is_none_of_ours_is_left_with_the_reason() {
    let dir = tempfile::tempdir().expect("a folder");
    let plane = plane(dir.path());
    let person = Person::of(&plane);
    let (status, said) = person.fails(&LOOK);
    assert!(status == 3 && said.contains("no account"), "{said}");

    let share = [
        account("alice", 1, "0-15", 0),
        account("bob", 2, "15-31", 0),
    ];
    cut_by_hand(dir.path(), 1, &share);
    let (said, _) = import(&person, &[]);
    let (plan, why) = server(&said);
    assert!(plan == "left" && why.contains("share CPU 15"), "{said}");

    let beyond = [account("alice", 1, "60-67", 0)];
    cut_by_hand(dir.path(), 1, &beyond);
    let (said, _) = import(&person, &[]);
    let (plan, why) = server(&said);
    assert!(plan == "left" && why.contains("no CPU 64-67"), "{said}");

    let all = [
        account("alice", 1, "0-31", 0),
        account("bob", 2, "32-63", 0),
    ];
    cut_by_hand(dir.path(), 1, &all);
    let (said, _) = import(&person, &[]);
    let (plan, why) = server(&said);
    assert!(plan == "left" && why.contains("--account"), "{said}");

    let (said, status) = import(&person, &[&CONFIRM[..], &["--account", "bob"]].concat());
    assert_eq!((server(&said).0, status), ("done", Some(0)));
    let units = person.prints(&["unit", "list", "-o", "name"]);
    assert_eq!(units, "host1_32-63\n");
    let (status, said) = person.fails(&[&LOOK[..], &["--account", "carol"]].concat());
    assert!(status == 3 && said.contains("carol"), "{said}");
}
