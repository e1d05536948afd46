//! The pages of the documentation are true, and what they do is all that the API can.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::Value;

use crate::{
    by_hand::two_accounts,
    import::old_database,
    person::{Person, busy, cut, plane},
};

/// Where the pages are whose commands are run.
const PAGES: &str = "../docs/how-to";

/// Operations of the API that no command does, and why.
const WITHOUT_COMMAND: &[(&str, &str, &str)] = &[
    (
        "GET",
        "/session",
        "how a browser asks whether it is signed in",
    ),
    (
        "POST",
        "/session",
        "how a browser signs in; the command line sends its token",
    ),
    ("DELETE", "/session", "how a browser signs out"),
];

#[test]
fn every_page_is_true_and_together_they_reach_all_of_the_api() {
    let mut pages: Vec<PathBuf> = fs::read_dir(PAGES)
        .expect("the pages")
        .map(|entry| entry.expect("a page").path())
        .collect();
    pages.sort();
    let mut reached = taken_back();
    let mut untrue = Vec::new();
    for page in &pages {
        let dir = tempfile::tempdir().expect("a folder");
        let plane = plane(dir.path());
        let person = Person::of(&plane);
        if page.ends_with("migrate.md") {
            old_database(person.home());
            two_accounts(dir.path(), 3);
        }
        if !page.ends_with("first-steps.md") {
            person.prints(&["login", &plane.api().base()]);
        }
        for fault in person.reader().follow(page) {
            let (command, said, came) = (&fault.command, &fault.said, &fault.came);
            let page = page.display();
            untrue.push(format!(
                "{page}: $ {command}\n--- said\n{said}--- came\n{came}"
            ));
        }
        let left = plane.stop().expect("kloigos stops");
        reached.extend(left.stderr.lines().filter_map(answered));
    }
    assert!(
        untrue.is_empty(),
        "KLOIGOS_BLESS=1 writes what came:\n{}",
        untrue.join("\n")
    );
    let missing: Vec<_> = operations()
        .into_iter()
        .filter(|one| !is_reached(one, &reached))
        .collect();
    assert!(
        missing.is_empty(),
        "no page reaches {missing:?}: add a command, or a reason to WITHOUT_COMMAND"
    );
}

/// What no page can show, since it has to come in time: a job that is taken back.
fn taken_back() -> BTreeSet<(String, String)> {
    let dir = tempfile::tempdir().expect("a folder");
    let plane = plane(dir.path());
    let person = Person::of(&plane);
    cut(&person);
    let held = busy(dir.path());
    let job = person.prints(&["allocate", "-c", "16", "--no-wait"]);
    person.prints(&["job", "cancel", job.trim(), "--no-wait"]);
    drop(held);
    // What is done when its step is over stays done, so it may end either way.
    person.run(&["job", "watch", job.trim()]);
    let over = person.prints(&["job", "show", job.trim()]);
    let asked = over.lines().find(|line| line.starts_with("cancel_at"));
    assert!(asked.is_some_and(|line| line.ends_with('Z')), "{over}");
    let left = plane.stop().expect("kloigos stops");
    left.stderr.lines().filter_map(answered).collect()
}

/// Method and path of a call that was answered with success, from a line of the control plane's log.
fn answered(line: &str) -> Option<(String, String)> {
    let (_, rest) = line.split_once("method=")?;
    let (method, rest) = rest.split_once(" path=\"/api")?;
    let (path, rest) = rest.split_once('"')?;
    rest.contains("answered status=2")
        .then(|| (method.to_owned(), path.to_owned()))
}

/// All operations of the document, but for those with a reason.
fn operations() -> Vec<(String, String)> {
    let text = fs::read_to_string("../openapi.json").expect("the document");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let all = paths.iter().flat_map(|(path, operations)| {
        let methods = operations.as_object().expect("operations").keys();
        methods.map(|method| (method.to_uppercase(), path.clone()))
    });
    let excepted = |(method, path): &(String, String)| {
        WITHOUT_COMMAND
            .iter()
            .any(|(m, p, _)| m == method && p == path)
    };
    all.filter(|operation| !excepted(operation)).collect()
}

fn is_reached((method, template): &(String, String), reached: &BTreeSet<(String, String)>) -> bool {
    reached.iter().any(|(called, path)| {
        let (wanted, parts): (Vec<_>, Vec<_>) =
            (template.split('/').collect(), path.split('/').collect());
        // A fixed word is preferred to a name, as the router does: `/servers/probe` is no server.
        let same = |(want, part): (&&str, &&str)| {
            want == part || want.starts_with('{') && !is_word(template, part)
        };
        called == method && wanted.len() == parts.len() && wanted.iter().zip(&parts).all(same)
    })
}

fn is_word(template: &str, part: &str) -> bool {
    template.starts_with("/compute_units") && part == "allocate" || part == "probe"
}
