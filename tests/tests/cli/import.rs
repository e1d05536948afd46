//! What a Kloigos 0.2 had, taken over.

use std::{fs, path::Path, process::Command};

use kloigos_tests::keys::public_key;
use serde_json::{Value, json};

use crate::{
    canned::Canned,
    person::{Person, plane},
};

/// The schema of version 0.2 and what it held; one Python line each.
const OLD: &str = r#"
import sqlite3, sys
old = sqlite3.connect(sys.argv[1])
old.executescript("""
CREATE TABLE IF NOT EXISTS "compute_units" (
	"compute_id"	TEXT, "cpu_count"	INTEGER NOT NULL, "cpu_range"	TEXT NOT NULL,
	"hostname"	TEXT NOT NULL, "ip"	TEXT NOT NULL, "region"	TEXT NOT NULL,
	"zone"	TEXT NOT NULL, "status"	TEXT NOT NULL, "started_at"	TIMESTAMP,
	"tags"	TEXT NOT NULL DEFAULT '{}', PRIMARY KEY("compute_id")
);
INSERT INTO compute_units VALUES('host1_c0-7-2',4,'0-7:2','host1','127.64.0.1','eu','a','free',NULL,'{}');
INSERT INTO compute_units VALUES('host1_c1-7-2',4,'1-7:2','host1','127.64.0.1','eu','a','FREE',NULL,'{}');
INSERT INTO compute_units VALUES('host2_c0-15',16,'0-15','host2','127.64.0.2','eu','b','ALLOCATED','2026-02-03T04:05:06+00:00','{"deployment_id": "shop", "groups": ["db"]}');
INSERT INTO compute_units VALUES('host2_c16-31',16,'16-31','host2','127.64.0.2','eu','b','FREE',NULL,'{}');
INSERT INTO compute_units VALUES('host3',0,'0-0','host3','127.64.0.3','eu','b','INIT_FAIL',NULL,'{}');
INSERT INTO compute_units VALUES('host9_c0-15',16,'0-15','host9','127.64.0.9','eu','b','FREE',NULL,'{}');
""")
old.commit()
"#;

/// The database of a version 0.2, in a file `kloigos.sqlite`.
pub(crate) fn old_database(folder: &Path) {
    let made = Command::new("python3")
        .args(["-c", OLD])
        .arg(folder.join("kloigos.sqlite"))
        .status();
    assert!(made.expect("python3 is there").success());
}

/// What an import says of each server and tenancy, and its exit status.
fn import(person: &Person, more: &[&str]) -> (Value, Option<i32>) {
    let command = [&["import", "v0.2", "-o", "json"], more].concat();
    let output = person.run(&command);
    let said = serde_json::from_slice(&output.stdout);
    let said = said.unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (said, output.status.code())
}

fn plans(said: &Value) -> Vec<(&str, &str)> {
    let servers = said["servers"].as_array().expect("servers");
    servers
        .iter()
        .map(|server| {
            let hostname = server["hostname"].as_str().expect("a name");
            (hostname, server["plan"].as_str().expect("a plan"))
        })
        .collect()
}

#[test]
fn a_database_is_taken_over_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let plane = plane(dir.path());
    let person = Person::of(&plane);
    old_database(person.home());
    let before = fs::read(person.home().join("kloigos.sqlite")).expect("the database");

    let database = ["--database", "kloigos.sqlite"];
    let (said, status) = import(&person, &[&database[..], &["--dry-run"]].concat());
    let left = |host1| {
        [
            ("host1", host1),
            ("host2", "left"),
            ("host3", "left"),
            ("host9", "left"),
        ]
    };
    assert_eq!((plans(&said), status), (left("cut").to_vec(), Some(0)));
    let why = |host: usize| said["servers"][host]["why"].as_str().expect("a reason");
    assert!(why(1).contains("--tenancies"), "{}", why(1));
    assert!(why(2).contains("init_fail"), "{}", why(2));
    assert!(why(3).contains("127.64.0.9"), "{}", why(3));
    assert_eq!(person.prints(&["server", "list", "-o", "name"]), "");

    let (said, status) = import(&person, &database);
    assert_eq!((plans(&said), status), (left("done").to_vec(), Some(4)));
    let units = person.prints(&["unit", "list", "-o", "name"]);
    assert_eq!(units, "host1_0-7-2\nhost1_1-7-2\n");

    // No key, no tenancy: nothing is begun.
    let tenancies = ["--tenancies", "--keys", "keys", "--server", "host2"];
    let tenancies = [&database[..], &tenancies].concat();
    fs::create_dir(person.home().join("keys")).expect("a folder");
    let (status, said) = person.fails(&[&["import", "v0.2"], &tenancies[..]].concat());
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("keys/host2_c0-15.pub"), "{said}");

    let key = person.home().join("keys/host2_c0-15.pub");
    fs::write(key, public_key(3)).expect("a key");
    let (said, status) = import(&person, &tenancies);
    assert_eq!((plans(&said), status), (vec![("host2", "done")], Some(0)));
    assert_eq!(said["tenancies"][0]["was"], "host2_c0-15");
    let new = said["tenancies"][0]["compute_id"].as_str().expect("a unit");
    let unit = person.prints(&["unit", "show", new, "-o", "json"]);
    let unit: Value = serde_json::from_str(&unit).expect("JSON");
    let tags = json!({"deployment_id": "shop", "groups": ["db"], "imported_from": "host2_c0-15"});
    assert_eq!(unit["tags"], tags);

    let (again, status) = import(&person, &tenancies);
    assert_eq!((plans(&again), status), (vec![("host2", "there")], Some(0)));
    assert_eq!(
        again["tenancies"], said["tenancies"],
        "the same, and no other"
    );
    let allocated = ["unit", "list", "--status", "allocated", "-o", "name"];
    assert_eq!(person.prints(&allocated).lines().count(), 1);
    let after = fs::read(person.home().join("kloigos.sqlite")).expect("the database");
    assert_eq!(before, after, "it is only read");
}

#[test]
fn a_running_one_is_listed_and_gets_no_token() {
    let dir = tempfile::tempdir().expect("a folder");
    let plane = plane(dir.path());
    let person = Person::of(&plane);
    let unit = json!([{
        "compute_id": "host1_c0-3", "hostname": "host1", "ip": "127.64.0.1", "cpu_count": 4,
        "cpu_range": "0-3", "region": "eu", "zone": "a", "status": "free", "started_at": null,
        "tags": {}, "cpu_list": "0,1,2,3", "ports_range": "2600-2800",
    }]);
    let old = Canned::answer(&unit.to_string());
    let (said, status) = import(&person, &["--api", &old.url()]);
    assert_eq!((plans(&said), status), (vec![("host1", "done")], Some(0)));
    let heard = old.heard().to_lowercase();
    assert!(heard.starts_with("get /api/compute_units/ "), "{heard}");
    assert!(!heard.contains("authorization"), "{heard}");
}

#[test]
fn what_is_no_old_database_is_said() {
    let person = Person::at("http://127.0.0.1:1", None);
    fs::write(person.home().join("notes.txt"), "not a database at all").expect("a file");
    for (file, said) in [("notes.txt", "notes.txt"), ("none.sqlite", "none.sqlite")] {
        let (status, error) = person.fails(&["import", "v0.2", "--database", file]);
        assert_eq!(status, 1, "{error}");
        assert!(error.contains(said), "{error}");
        assert!(!person.home().join("none.sqlite").exists(), "none is made");
    }
}
