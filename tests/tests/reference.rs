//! Pages of the reference that are made of the code, and must be what the code says.
//!
//! `KLOIGOS_BLESS=1` writes them anew; the difference is then for a person to read.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use kloigos_model::event::EventKind;
use kloigos_tests::plane::Plane;
use serde_json::Value;
use xtask::drive;

/// What a page says must be this.
#[track_caller]
fn is(page: &str, made: &str) {
    let path = Path::new("../docs/reference").join(page);
    if std::env::var_os("KLOIGOS_BLESS").is_some() {
        fs::write(&path, made).expect("the page is written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == made,
        "{} is not that of the code: KLOIGOS_BLESS=1 writes it",
        path.display()
    );
}

#[test]
fn the_configuration_is_that_of_the_program() {
    let output = drive::run(&["reference", "--configuration"]).expect("kloigos runs");
    let made = String::from_utf8(output.stdout).expect("a text");
    assert!(made.contains("`KLOIGOS_LISTEN`"), "{made}");
    is("configuration.md", &made);
}

/// The sentence that stands above each kind in the sources.
#[test]
fn the_events_are_those_of_the_model() {
    let source = include_str!("../../crates/model/src/event.rs");
    let mut meanings = BTreeMap::new();
    let mut said = String::new();
    for line in source.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("/// ") {
            said = text.to_owned();
        } else if let Some((_, word)) = line.split_once(" = \"") {
            meanings.insert(word.trim_end_matches("\",").to_owned(), said.clone());
        }
    }
    let mut page = "# Events\n\n\
        Each has a number, a time, a kind, and what it is about: `hostname`, `compute_id`, `job`, and \
        `was` and `became` where a state changed. They come in the order in which they were committed; \
        `kloigos event list` shows the latest, `kloigos event watch` and `GET /api/events` \
        stream them, and go on behind any number (`Last-Event-ID`). This page is made from the code.\n\n\
        | kind | what happened |\n|---|---|\n"
        .to_owned();
    for kind in EventKind::ALL {
        let meaning = meanings
            .get(kind.as_str())
            .expect("each kind is documented");
        let _ = writeln!(page, "| `{kind}` | {meaning} |");
    }
    is("events.md", &page);
}

#[test]
fn the_calls_are_those_of_the_document() {
    let text = fs::read_to_string("../openapi.json").expect("the document");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let mut page = "# API calls\n\n\
        Every call, below `/api`. A running control plane serves the whole document at \
        `/api/openapi.json` and shows it at `/docs`; [the API](../API.md) explains waiting, repeats and \
        errors. This page is made from the code.\n\n\
        | call | what it does |\n|---|---|\n"
        .to_owned();
    for (path, calls) in document["paths"].as_object().expect("paths") {
        for (method, call) in calls.as_object().expect("calls") {
            let what = call["summary"].as_str().expect("each call is documented");
            let method = method.to_uppercase();
            let _ = writeln!(page, "| `{method} {path}` | {what} |");
        }
    }
    is("api.md", &page);
}

/// Each with the labels that a fleet at work has.
#[test]
fn the_metrics_are_those_that_are_scraped() {
    let plane = Plane::simulated(1);
    plane.init(1, &["0-31"]);
    plane
        .client()
        .post("/api/servers/host1/check", &Value::Null)
        .expect(200);
    let scraped = plane.client().get("/metrics");
    let mut page = "# Metrics\n\n\
        `GET /metrics` answers in the text format of OpenMetrics 1.0 and needs a token, as every call \
        does: [watching it](../how-to/watching.md) says how to scrape it. This page is made from such an \
        answer.\n\n\
        | metric | kind | labels | what it is |\n|---|---|---|---|\n"
        .to_owned();
    for metric in metrics(&scraped.body) {
        let _ = writeln!(page, "{metric}");
    }
    is("metrics.md", &page);
}

/// A line of the page for each metric of a scrape.
fn metrics(scraped: &str) -> Vec<String> {
    let mut kinds = BTreeMap::new();
    let mut lines = Vec::new();
    for line in scraped.lines() {
        if let Some((name, what)) = line.strip_prefix("# HELP ").and_then(split) {
            lines.push((name, what));
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(split) {
            kinds.insert(name, kind);
        }
    }
    let line = |(name, what): (&str, &str)| {
        let samples = scraped.lines().filter(|line| line.starts_with(name));
        let labels = samples
            .filter_map(|line| line.split_once('{'))
            // A path has braces of its own.
            .find_map(|(_, rest)| rest.rsplit_once('}'));
        let names =
            labels.map(|(labels, _)| labels.split("\",").filter_map(|one| one.split('=').next()));
        let names: Vec<&str> = names.into_iter().flatten().collect();
        let what = what.trim_end_matches('.');
        let (kind, names) = (kinds[name], names.join(", "));
        let end = match kind {
            "counter" => "_total",
            "info" => "_info",
            _ => "",
        };
        format!("| `{name}{end}` | {kind} | {names} | {what} |")
    };
    lines.into_iter().map(line).collect()
}

fn split(line: &str) -> Option<(&str, &str)> {
    line.split_once(' ')
}
