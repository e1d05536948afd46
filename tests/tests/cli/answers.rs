//! What an answer is taken for, and what of it is printed.

use serde_json::json;

use crate::{canned::Canned, person::Person};

const UNITS: &str = r#"[{"compute_id": "h1_0-3", "zone": "a", "tags": {"team": "fx"}, "new": 1}]"#;

#[test]
fn another_web_server_is_no_control_plane() {
    let page = Canned::answer("<html>welcome</html>");
    let person = Person::at(&page.url(), Some("kloigos_secret"));
    for command in [&["login", &page.url()][..], &["unit", "list"], &["health"]] {
        let (code, said) = person.fails(command);
        assert_eq!(code, 8, "{command:?}: {said}");
        assert!(said.contains("is no Kloigos control plane"), "{said}");
    }
    let silent = Canned::answer("");
    let (code, said) = person.fails(&["login", &silent.url()]);
    assert_eq!(code, 8, "{said}");
    assert!(!person.home().join(".config/kloigos/contexts.json").exists());
}

#[test]
fn a_field_that_nothing_has_is_told() {
    let person = |units: &str| {
        let canned = Canned::answer(units);
        (Person::at(&canned.url(), None), canned)
    };
    let (full, empty) = (person(UNITS), person("[]"));
    for (who, _) in [&full, &empty] {
        for wrong in [
            ["--filter", "zon=a"],
            ["--sort", "-zon"],
            ["--columns", "unit,zon"],
        ] {
            let (code, said) = who.fails(&[&["unit", "list"][..], &wrong].concat());
            assert_eq!(code, 2, "{wrong:?}: {said}");
            assert!(said.contains("\"zon\""), "{said}");
            assert!(said.contains("UNIT, STATUS, CPUS"), "{said}");
        }
        // A column, a field without one, and what may be below a field.
        for right in ["zone", "Cpus", "cpu_list", "tags.owner", "attestation.at"] {
            who.prints(&["unit", "list", "--sort", right]);
        }
    }
    let newer = full.0.prints(&["unit", "list", "--columns", "unit,new"]);
    assert_eq!(newer, "UNIT    new\nh1_0-3  1\n");
}

#[test]
fn a_server_that_was_not_there_is_not_imported() {
    let unit = json!([{
        "compute_id": "host1_c0-3", "hostname": "host1", "ip": "127.64.0.1", "cpu_count": 4,
        "cpu_range": "0-3", "region": "eu", "zone": "a", "status": "free", "tags": {},
    }]);
    let old = Canned::answer(&unit.to_string());
    let person = Person::at("http://127.0.0.1:1", None);
    let import = ["import", "v0.2", "--api", &old.url(), "--server"];
    let (code, said) = person.fails(&[&import[..], &["host1", "--server", "typo"]].concat());
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("typo") && said.contains("host1"), "{said}");
}

#[test]
fn what_has_no_columns_is_pairs_and_has_no_name() {
    let canned = Canned::answer(r#"{"status": "ok", "a": {"b": [{"c": "1,2"}], "d": [3, 4]}}"#);
    let person = Person::at(&canned.url(), None);
    let pairs = person.prints(&["health", "-o", "csv"]);
    let want = "field,value\nstatus,ok\na.b.0.c,\"1,2\"\na.d,\"3,4\"\n";
    assert_eq!(pairs, want);
    let (code, said) = person.fails(&["health", "-o", "name"]);
    assert!(code == 2 && said.contains("-o json"), "{said}");

    // What would change something is not begun first.
    let import = ["import", "v0.2", "--api", &canned.url(), "-o", "name"];
    let before = canned.heard();
    assert_eq!(person.fails(&import).0, 2);
    assert_eq!(canned.heard(), before);
}

#[test]
fn a_list_that_was_cut_says_so() {
    let canned = Canned::saying(|path| {
        let limit = path.split("limit=").nth(1).expect("a limit");
        let limit: usize = limit.parse().expect("a number");
        let row = |number| json!({"id": format!("j{number}"), "kind": "changing"});
        json!((0..limit.min(101)).map(row).collect::<Vec<_>>()).to_string()
    });
    let person = Person::at(&canned.url(), None);
    let output = person.run(&["job", "list", "-o", "name"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.stdout.split(|byte| *byte == b'\n').count(), 101);
    assert!(
        said.contains("newest 100") && said.contains("--before j99"),
        "{said}"
    );

    // All there are, or as many as were asked for.
    for (limit, lines) in [("101", 101), ("1000", 101), ("3", 3)] {
        let output = person.run(&["job", "list", "-o", "name", "--limit", limit]);
        let names = String::from_utf8_lossy(&output.stdout);
        assert_eq!(names.lines().count(), lines);
        assert!(output.stderr.is_empty(), "{limit}: {output:?}");
    }
    assert!(
        canned.heard().contains("limit=1000 "),
        "no more than the API allows"
    );
}
