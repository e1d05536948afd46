//! The tiers and their steps.

use std::{fs, process::Command};

use anyhow::{Context, Result};

/// A group of checks of one kind and cost.
pub(super) struct Tier {
    pub(super) number: u8,
    pub(super) name: &'static str,
    /// Its steps, given the names of all integration tests.
    pub(super) steps: fn(&[String]) -> Vec<Step>,
}

/// One program that must succeed.
pub(super) struct Step {
    pub(super) name: String,
    pub(super) program: String,
    pub(super) arguments: Vec<String>,
    pub(super) environment: Vec<(&'static str, &'static str)>,
}

/// All of them, the quick ones first.
pub(super) const TIERS: &[Tier] = &[
    Tier {
        number: 1,
        name: "form",
        steps: form,
    },
    Tier {
        number: 2,
        name: "laws and rooms",
        steps: rooms,
    },
    Tier {
        number: 3,
        name: "stories and API",
        steps: stories,
    },
    Tier {
        number: 4,
        name: "real servers, Debian 13",
        steps: trixie,
    },
    Tier {
        number: 5,
        name: "real servers, Debian 12",
        steps: bookworm,
    },
];

/// Where the integration tests are, seen from the workspace's root.
const TESTS: &str = "tests/tests";
/// What the file name of a test that needs the lab ends in.
const ON_LAB: &str = "_on_lab";
/// How the executable is built, the same as `drive` builds it.
const EXECUTABLE: [&str; 5] = ["build", "--package", "kloigos-server", "--bin", "kloigos"];
/// What every change goes through on lab servers, by test and parts of names; the whole of each is
/// a long proof.
const EVERY_TIME: [(&str, &[&str]); 6] = [
    ("host_on_lab", &["life", "attestation"]),
    ("escape_on_lab", &[]),
    ("dirty_on_lab", &[]),
    ("path_on_lab", &[]),
    ("killed_on_lab", &["sample"]),
    ("web_on_lab", &[]),
];
/// What of it is tried on the older release too: every promise, asked of the kernel, kept and
/// broken, and attacked.
const OF_A_RELEASE: [(&str, &[&str]); 2] =
    [("host_on_lab", &["attestation"]), ("escape_on_lab", &[])];
/// Those that are the same whatever engine the rows are on.
const ON_BOTH_ENGINES: [&str; 3] = ["store", "stories", "webhooks"];
/// What the file name of a long proof ends in; it is no part of any tier.
const PROVE: &str = "_prove";
/// Long proofs that need no server of the lab, and so are the same on all releases.
const WITHOUT_LAB: [&str; 3] = ["mutations_prove", "planes_prove", "simulation_prove"];
/// Those that compute all the time: an optimised build is worth its minutes.
const OPTIMISED: [&str; 1] = ["simulation_prove"];
/// Those whose threads hand over to each other all the time, and never run at once.
const HANDING_OVER: [&str; 2] = ["simulation", "simulation_prove"];
/// A thread that is woken waits until the one that woke it waits itself (sched(7), `SCHED_BATCH`), so
/// that rows of a database are not handed over one by one: a quarter of the time.
const UNHURRIED: (&str, &str) = (
    "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER",
    "chrt --batch 0",
);

fn form(_: &[String]) -> Vec<Step> {
    let mut docs = cargo(
        "documentation",
        &["doc", "--workspace", "--no-deps", "--quiet"],
    );
    docs.environment.push(("RUSTDOCFLAGS", "-D warnings"));
    let lints = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ];
    let mut steps = vec![
        cargo("formatting", &["fmt", "--all", "--check"]),
        cargo("boundaries", &["xtask", "boundaries"]),
    ];
    steps.extend(dependencies());
    steps.extend([cargo("lints", &lints), docs]);
    steps.push(cargo("the web application", &["xtask", "web", "check"]));
    steps
}

/// Licences, sources and bans, where cargo-deny is installed: building it takes longer than this
/// tier. Advisories are left out, since they change without a change of ours.
fn dependencies() -> Option<Step> {
    let version = Command::new(env!("CARGO"))
        .args(["deny", "--version"])
        .output();
    if version.is_ok_and(|output| output.status.success()) {
        let check = ["deny", "check", "bans", "licenses", "sources"];
        return Some(cargo("dependencies", &check));
    }
    println!("deny.toml is NOT checked: no cargo-deny here (`cargo install --locked cargo-deny`)");
    None
}

fn rooms(_: &[String]) -> Vec<Step> {
    vec![
        cargo(
            "unit tests",
            &["test", "--workspace", "--exclude", "kloigos-tests"],
        ),
        cargo(
            "what tests are made of",
            &["test", "--package", "kloigos-tests", "--lib"],
        ),
        integration("laws"),
    ]
}

fn stories(tests: &[String]) -> Vec<Step> {
    let mut steps = vec![cargo("the executable", &EXECUTABLE)];
    let here = tests
        .iter()
        .filter(|name| !name.ends_with(ON_LAB) && !name.ends_with(PROVE) && *name != "laws");
    steps.extend(here.map(|name| integration(name)));
    steps.push(cargo("the web application", &["xtask", "web", "journeys"]));
    steps.extend(ON_BOTH_ENGINES.iter().map(|name| on_postgres(name)));
    steps
}

/// The same tests once more, on the other engine; deaths at fewer places, since what a server does
/// is the same on both.
fn on_postgres(name: &str) -> Step {
    let mut step = integration(name);
    step.name = format!("{name} on PostgreSQL");
    step.environment.push(("KLOIGOS_TEST_DATABASE", "postgres"));
    step.environment.push(("KLOIGOS_PLACES", "1"));
    step
}

fn trixie(_: &[String]) -> Vec<Step> {
    let mut steps = vec![
        cargo("the host binary", &["xtask", "dist", "--host-only"]),
        cargo("the executable", &EXECUTABLE),
    ];
    steps.extend(
        EVERY_TIME
            .iter()
            .map(|(name, parts)| only(integration(name), parts)),
    );
    steps.push(cargo("the demo", &["xtask", "demo", "--yes", "--exit"]));
    steps
}

/// What depends on the server's distribution; the way through the control plane does not.
fn bookworm(_: &[String]) -> Vec<Step> {
    let of_release = OF_A_RELEASE.iter();
    of_release
        .map(|(name, parts)| only(on_release(name, "bookworm"), parts))
        .collect()
}

/// Those tests of a file whose names have one of these parts.
fn only(mut step: Step, parts: &[&str]) -> Step {
    step.arguments
        .extend(parts.iter().map(|&part| part.to_owned()));
    step
}

/// What takes too long for every change: what is built first, and the long proofs on both releases.
pub(super) fn proofs(tests: &[String]) -> (Vec<Step>, Vec<Step>) {
    let is_long = |name: &&String| name.ends_with(ON_LAB) || name.ends_with(PROVE);
    let long = tests.iter().filter(is_long);
    let (anywhere, on_lab): (Vec<_>, Vec<_>) =
        long.partition(|name| WITHOUT_LAB.contains(&name.as_str()));
    let on_lab = |release| on_lab.iter().map(move |name| on_release(name, release));
    let preparations = vec![cargo("the host binary", &["xtask", "dist", "--host-only"])];
    let proofs = anywhere.iter().map(|name| integration(name));
    let proofs = proofs
        .chain([at_every_call()])
        .chain(["trixie", "bookworm"].into_iter().flat_map(on_lab));
    (preparations, proofs.collect())
}

/// Of the deaths at calls to a server's machinery, all; with every change it is some, spread over
/// all of them.
fn at_every_call() -> Step {
    let mut step = only(integration("stories"), &["laws"]);
    step.name.push_str(", deaths at every call");
    step.environment.push(("KLOIGOS_PLACES", "1000000"));
    step
}

fn on_release(name: &str, release: &'static str) -> Step {
    let mut step = integration(name);
    step.name = format!("{name} on {release}");
    step.environment.push(("KLOIGOS_LAB_RELEASE", release));
    step
}

/// The names of all integration tests, in order.
pub(super) fn integration_tests() -> Result<Vec<String>> {
    let entries = fs::read_dir(TESTS).with_context(|| format!("failed to list {TESTS}"))?;
    let mut names = Vec::new();
    for entry in entries {
        let file = entry?.file_name().to_string_lossy().into_owned();
        names.extend(file.strip_suffix(".rs").map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

fn integration(name: &str) -> Step {
    let mut step = cargo(
        name,
        &["test", "--package", "kloigos-tests", "--test", name],
    );
    if OPTIMISED.contains(&name) {
        step.arguments.push("--release".to_owned());
    }
    if HANDING_OVER.contains(&name) {
        step.environment.push(UNHURRIED);
    }
    if name.ends_with(ON_LAB) || name.ends_with(PROVE) {
        // The tests of one file share a lab server and speak as they go.
        step.arguments
            .extend(["--", "--test-threads=1", "--nocapture"].map(str::to_owned));
    }
    step
}

fn cargo(name: &str, arguments: &[&str]) -> Step {
    Step {
        name: name.to_owned(),
        program: env!("CARGO").to_owned(),
        arguments: arguments
            .iter()
            .map(|&argument| argument.to_owned())
            .collect(),
        environment: Vec::new(),
    }
}
