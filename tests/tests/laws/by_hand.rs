//! What people confined by hand is seen as it is, and left as it is.

use kloigos_model::host::{Facts, HandCut, Request};
use kloigos_sim::host::SimHost;
use kloigos_tests::keys::public_key;

use super::machines::{apply, bare, settle, whole};

fn account(name: &str, uid: u32, cpus: &str) -> HandCut {
    HandCut {
        account: name.to_owned(),
        uid,
        cpus: cpus.parse().expect("CPUs"),
        home: format!("/home/{name}"),
        processes: 0,
        keys: vec![],
        other_keys: 0,
    }
}

/// One that works and two that do not, of which one has no key.
fn three() -> [HandCut; 3] {
    let key = |number| public_key(number).parse().expect("a key");
    let alice = HandCut {
        processes: 3,
        keys: vec![key(1), key(2)],
        ..account("alice", 1001, "0-1")
    };
    let bob = HandCut {
        other_keys: 2,
        keys: vec![key(3)],
        ..account("bob", 1002, "2,4-5")
    };
    [alice, bob, account("carol", 70_002, "6")]
}

fn seen(machine: &mut SimHost) -> Vec<HandCut> {
    let facts = settle(machine, &Request::Facts).facts;
    facts.expect("facts were asked for").cut_by_hand
}

#[test]
fn accounts_that_were_confined_by_hand_are_seen_and_left_as_they_are() {
    let mut machine = bare();
    assert_eq!(seen(&mut machine), []);
    for account in three() {
        machine.cut_by_hand(&account);
    }
    let before = machine.snapshot();
    assert_eq!(seen(&mut machine), three());
    assert_eq!(machine.snapshot(), before, "a look changes nothing");
}

#[test]
fn units_of_ours_and_what_holds_for_everybody_are_no_cut() {
    let mut machine = bare();
    settle(&mut machine, &apply(whole(1)));
    let everybody = "/etc/systemd/system/user-.slice.d/cpus.conf";
    machine.plant(everybody, "[Slice]\nAllowedCPUs=0-3\n");
    machine.cut_by_hand(&account("root", 0, "6-7"));
    assert_eq!(seen(&mut machine), []);
}

/// Drop-ins of `systemctl set-property` count too, and what is emptied by one is no cut.
#[test]
fn what_the_drop_ins_come_to_counts() {
    let mut machine = bare();
    machine.cut_by_hand(&account("alice", 1001, "0-1"));
    let more = "/etc/systemd/system/user-1001.slice.d/more.conf";
    machine.plant(more, "[Slice]\nAllowedCPUs=4\n");
    assert_eq!(seen(&mut machine)[0].cpus.to_string(), "0-1,4");
    machine.plant(more, "[Slice]\nAllowedCPUs=\n");
    assert_eq!(seen(&mut machine), []);
}

/// Nobody gets at another's keys by a file of another's in its home.
#[test]
fn keys_are_those_that_the_account_itself_keeps() {
    let mut machine = bare();
    let [alice, ..] = three();
    machine.cut_by_hand(&HandCut {
        home: "/home/admin".to_owned(),
        ..account("mallory", 1003, "0-1")
    });
    machine.cut_by_hand(&HandCut {
        home: "/home/admin".to_owned(),
        ..alice
    });
    let told: Vec<_> = seen(&mut machine)
        .into_iter()
        .map(|cut| (cut.account, cut.keys.len()))
        .collect();
    let expected = [("mallory".to_owned(), 0), ("alice".to_owned(), 2)];
    assert_eq!(told, expected);
}

/// A host binary from before tells nothing of them.
#[test]
fn facts_of_an_older_host_binary_are_read() {
    let facts = settle(&mut bare(), &Request::Facts).facts;
    let mut older = serde_json::to_value(&facts).expect("JSON");
    let told = older.as_object_mut().expect("facts were asked for");
    told.remove("cut_by_hand").expect("told by this one");
    let read: Option<Box<Facts>> = serde_json::from_value(older).expect("facts");
    assert_eq!(read, facts);
}
