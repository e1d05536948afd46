//! What a person at a terminal sees; the terminal is one of `script(1)`.

use std::{
    io::{Read, Write},
    process::{Child, Command, Stdio},
};

use serde_json::json;

use crate::{
    canned::Canned,
    person::{Person, busy, cut, plane, program},
};

/// Erases to the end of the line.
const ERASE: &str = "\u{1b}[K";

/// The program at a terminal.
struct Sitting {
    child: Child,
    seen: String,
}

impl Sitting {
    fn begin(person: &Person, arguments: &str, environment: &[(&str, &str)]) -> Self {
        Self::of_size((0, 200), person, arguments, environment)
    }

    /// At a terminal of so many rows and columns; with none, it does not tell how many.
    fn of_size(
        (rows, columns): (u16, u16),
        person: &Person,
        arguments: &str,
        environment: &[(&str, &str)],
    ) -> Self {
        let program = program();
        let line = format!(
            "stty rows {rows} cols {columns}; exec {} {arguments}",
            program.display()
        );
        let mut script = Command::new("script");
        // The environment of the program is the person's.
        let told = person.command(&[]);
        script
            .env_clear()
            .env("TERM", "xterm")
            .env("SHELL", "/bin/sh");
        script.envs(
            told.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        script
            .args(["-q", "-e", "-c", &line, "/dev/null"])
            .envs(environment.iter().copied())
            .current_dir(person.home())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        Self {
            child: script.spawn().expect("script is there (package bsdutils)"),
            seen: String::new(),
        }
    }

    /// Reads until this is on the terminal.
    #[track_caller]
    fn sees(&mut self, text: &str) {
        let mut byte = [0; 1];
        let out = self.child.stdout.as_mut().expect("a pipe");
        let mut bytes = Vec::new();
        while !self.seen.contains(text) {
            let read = out.read(&mut byte).expect("the terminal is read");
            assert_eq!(read, 1, "it ended without {text:?}: {:?}", self.seen);
            bytes.extend_from_slice(&byte);
            if let Ok(whole) = std::str::from_utf8(&bytes) {
                self.seen.push_str(whole);
                bytes.clear();
            }
        }
    }

    fn types(&mut self, text: &str) {
        let keys = self.child.stdin.as_mut().expect("a pipe");
        keys.write_all(text.as_bytes())
            .and_then(|()| keys.flush())
            .expect("it is typed");
    }

    /// All that was on the terminal, and the exit code.
    fn end(mut self) -> (String, i32) {
        let mut rest = Vec::new();
        let out = self.child.stdout.as_mut().expect("a pipe");
        out.read_to_end(&mut rest).expect("the terminal is read");
        self.seen.push_str(&String::from_utf8_lossy(&rest));
        let status = self.child.wait().expect("it ends");
        (self.seen, status.code().expect("it ended by itself"))
    }
}

#[test]
fn work_is_seen_as_it_goes_and_leaves_its_result() {
    let dir = tempfile::tempdir().expect("a folder");
    let plane = plane(dir.path());
    let person = Person::of(&plane);
    cut(&person);

    let held = busy(dir.path());
    let mut sitting = Sitting::begin(&person, "allocate -c 16", &[]);
    sitting.sees("allocating host1_0-15: running");
    drop(held);
    let (seen, code) = sitting.end();
    assert_eq!(code, 0, "{seen:?}");
    assert!(
        seen.contains(ERASE),
        "the line that changes is taken away: {seen:?}"
    );
    assert!(
        seen.contains("\u{1b}[33mallocating"),
        "work is coloured: {seen:?}"
    );
    assert!(
        seen.contains("\u{1b}[32mallocated\u{1b}[0m"),
        "the status is coloured: {seen:?}"
    );

    // Nobody looks: nothing but the result.
    let output = person.run(&["allocate", "-c", "16"]);
    assert!(
        output.stderr.is_empty() && !output.stdout.contains(&0x1b),
        "{output:?}"
    );

    let (seen, _) = Sitting::begin(&person, "unit list", &[("NO_COLOR", "1")]).end();
    assert!(
        seen.contains("allocated") && !seen.contains('\u{1b}'),
        "{seen:?}"
    );
    let (seen, _) = Sitting::begin(&person, "unit list", &[("TERM", "dumb")]).end();
    assert!(!seen.contains('\u{1b}'), "{seen:?}");
    let coloured = person.prints(&["unit", "list", "--color", "always"]);
    assert!(coloured.contains("\u{1b}[32mallocated"), "{coloured:?}");
}

/// How many columns a text takes of which all that is not ASCII is twice as wide.
fn width(text: &str) -> usize {
    text.chars()
        .map(|char| if char.is_ascii() { 1 } else { 2 })
        .sum()
}

#[test]
fn the_line_that_changes_stays_on_one_row() {
    let reason = "the server 文字文字 does not answer; ".repeat(5);
    let job = json!({
        "id": "j", "kind": "initializing", "status": "running", "hostname": "host1",
        "step": "reach", "reason": reason,
    });
    let mut over = job.clone();
    over["status"] = "succeeded".into();
    let log = json!({"line": "a line of the log"});
    let events = format!(
        "event: job\ndata: {job}\n\nevent: log\ndata: {log}\n\nevent: job\ndata: {job}\n\n\
         event: end\ndata: {over}\n\n"
    );
    let canned = Canned::answer(&events);
    let person = Person::at(&canned.url(), None);
    let narrow = |columns, environment| {
        let watch = "job watch j -o name";
        let (seen, code) = Sitting::of_size((0, columns), &person, watch, environment).end();
        assert_eq!(code, 0, "{seen:?}");
        let lines = seen.split(['\r', '\n']).map(|line| line.replace(ERASE, ""));
        let widths = lines.filter(|line| line.contains("initializing"));
        widths.map(|line| width(&line)).collect::<Vec<_>>()
    };
    let plain = [("NO_COLOR", "1")];
    assert_eq!(narrow(80, &plain), [79, 79, 79]);
    assert_eq!(narrow(50, &plain), [48, 48, 48], "half a character is none");
    let whole = narrow(0, &plain);
    assert!(
        whole.iter().all(|width| *width > 150),
        "nobody knows the width: {whole:?}"
    );
}

#[test]
fn what_is_longer_than_the_screen_is_paged() {
    let dir = tempfile::tempdir().expect("a folder");
    let plane = plane(dir.path());
    let person = Person::of(&plane);
    cut(&person);
    let seen = |rows, arguments, pager: &[(&str, &str)]| {
        let (seen, code) = Sitting::of_size((rows, 200), &person, arguments, pager).end();
        assert_eq!(code, 0, "{seen:?}");
        assert!(seen.contains("memory_nodes"), "{seen:?}");
        seen.contains("paged ")
    };
    let show = "unit show host1_0-15";
    let ours = ("KLOIGOS_PAGER", "sed 's/^/paged /'");
    let theirs = ("PAGER", "sed 's/^/paged /'");
    assert!(seen(5, show, &[ours]));
    assert!(seen(5, show, &[theirs]));
    assert!(!seen(200, show, &[ours]), "it fits");
    assert!(!seen(0, show, &[ours]), "nobody knows whether it fits");
    assert!(!seen(5, "unit show host1_0-15 --no-pager", &[ours]));
    assert!(!seen(5, show, &[theirs, ("KLOIGOS_PAGER", "")]));
    assert!(!seen(
        5,
        show,
        &[theirs, ("KLOIGOS_PAGER", "no-such-pager")]
    ));
    let output = person.run(&["unit", "show", "host1_0-15"]);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("paged "));

    // Who has seen enough is not told of a fault.
    let enough = [("KLOIGOS_PAGER", "head -n 1")];
    let (seen, code) = Sitting::of_size((5, 200), &person, show, &enough).end();
    assert!(code == 0 && !seen.contains("error"), "{seen:?}");
}

#[test]
fn waiting_ends_when_it_was_told_to_and_the_work_goes_on() {
    let dir = tempfile::tempdir().expect("a folder");
    let plane = plane(dir.path());
    let person = Person::of(&plane);
    cut(&person);
    let held = busy(dir.path());
    let (code, said) = person.fails(&["allocate", "-c", "16", "--timeout", "1"]);
    assert!(
        code == 7 && said.contains("kloigos job watch"),
        "{code} {said}"
    );
    drop(held);
    let job = person.prints(&["job", "list", "--kind", "allocating", "-o", "name"]);
    let watched = person.prints(&["job", "watch", job.trim(), "-o", "json"]);
    assert!(watched.contains("\"succeeded\""), "{watched}");
}

#[test]
fn what_cannot_be_taken_back_is_asked_for() {
    let dir = tempfile::tempdir().expect("a folder");
    let plane = plane(dir.path());
    let person = Person::of(&plane);
    cut(&person);
    person.prints(&["allocate", "-c", "16"]);

    let mut sitting = Sitting::begin(&person, "deallocate host1_0-15", &[]);
    sitting.sees("sure? [y/N]");
    sitting.types("n\n");
    assert_eq!(sitting.end().1, 2);
    assert!(
        person
            .prints(&["unit", "show", "host1_0-15"])
            .contains("allocated")
    );

    let mut sitting = Sitting::begin(&person, "deallocate host1_0-15", &[]);
    sitting.sees("sure? [y/N]");
    sitting.types("y\n");
    let (seen, code) = sitting.end();
    assert!(
        code == 0 && seen.contains("host1_0-15 is deallocated"),
        "{seen:?}"
    );
}

#[test]
fn a_token_that_is_typed_is_not_seen() {
    let dir = tempfile::tempdir().expect("a folder");
    let plane = plane(dir.path());
    let (url, token) = (
        plane.api().base(),
        plane.api().token().expect("a token").to_owned(),
    );
    let person = Person::at(&url, None);
    let mut sitting = Sitting::begin(&person, &format!("login {url}"), &[]);
    sitting.sees("token: ");
    sitting.types(&format!("{token}\n"));
    let (seen, code) = sitting.end();
    assert_eq!(code, 0, "{seen:?}");
    assert!(!seen.contains(&token), "{seen:?}");
    person.prints(&["server", "list"]);
}
