//! The escape suite bites: each mechanism is taken away in turn on a real server, and the attempts
//! that name it must succeed; a repeated apply must bring it back, and they must fail again. Part of
//! `cargo xtask prove`, since it takes long.
//!
//! `KLOIGOS_ESCAPES=guard,quota` looks at some mechanisms only.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use kloigos_tests::escape::{
    Attempt, Expected, Mechanism, Outcome, Stage, attempts, run, run_as_root,
};

/// What did not show what it should, in words.
type Complaints = Vec<String>;

#[test]
fn without_its_mechanism_every_attempt_succeeds() -> Result<()> {
    let stage = Stage::set()?;
    stage.keep()?;
    let mut complaints = Complaints::new();
    for mechanism in asked() {
        let named = naming(&stage, mechanism);
        println!("── without {}: {} attempts", mechanism.title(), named.len());
        let found = prove(&stage, mechanism, &named).with_context(|| mechanism.title());
        // A server that is left half changed says nothing of the next mechanism.
        stage.come_back()?;
        match found {
            Ok(found) => complaints.extend(found),
            Err(error) => complaints.push(format!("{error:#}")),
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    Ok(())
}

fn asked() -> impl Iterator<Item = Mechanism> {
    let only = std::env::var("KLOIGOS_ESCAPES")
        .unwrap_or_default()
        .to_lowercase();
    Mechanism::ALL.into_iter().filter(move |mechanism| {
        let name = format!("{mechanism:?}").to_lowercase();
        only.is_empty() || only.split(',').any(|one| one == name)
    })
}

/// The attempts that nothing but this mechanism stops.
fn naming(stage: &Stage, mechanism: Mechanism) -> Vec<Attempt> {
    let all = attempts().into_iter();
    all.filter(|attempt| {
        attempt.mechanism == mechanism
            && attempt.accepted.is_none()
            && attempt.backed_by.is_none()
            && matches!(attempt.expected(stage.release()), Expected::Words(_))
    })
    .collect()
}

fn prove(stage: &Stage, mechanism: Mechanism, named: &[Attempt]) -> Result<Complaints> {
    let Some(removal) = mechanism.removal() else {
        return prove_as_root(stage, named);
    };
    stage.script(removal)?;
    let without = format!("without {}", mechanism.title());
    let mut complaints = held(stage, &run(stage, named)?, &without);
    if let Some(reason) = mechanism.stays_away() {
        println!("   which an apply does not bring back: {reason}");
        return Ok(complaints);
    }
    println!("   and after a repeated apply");
    stage.apply()?;
    let again = run(stage, named)?;
    let fails = again.iter().filter(|outcome| !outcome.is_expected(stage));
    complaints.extend(fails.map(|outcome| {
        format!(
            "{}: {} although an apply should have brought {} back",
            outcome.attempt.id,
            outcome.word,
            mechanism.title()
        )
    }));
    Ok(complaints)
}

/// Promise by promise, since what root does to one is felt by the next.
fn prove_as_root(stage: &Stage, named: &[Attempt]) -> Result<Complaints> {
    let mut promises = BTreeMap::<&str, Vec<Attempt>>::new();
    for attempt in named {
        let of_promise = promises.entry(attempt.promise.title()).or_default();
        of_promise.push(*attempt);
    }
    let mut complaints = Complaints::new();
    for (promise, attempts) in promises {
        let outcomes = run_as_root(stage, &attempts).with_context(|| promise.to_owned())?;
        complaints.extend(held(stage, &outcomes, "as root"));
        stage.come_back()?;
    }
    Ok(complaints)
}

/// Those that were stopped all the same, or never made.
fn held(stage: &Stage, outcomes: &[Outcome], without: &str) -> Complaints {
    let shows = |outcome: &&Outcome| outcome.is_told() && !outcome.is_expected(stage);
    let held = outcomes.iter().filter(|outcome| !shows(outcome));
    held.map(|outcome| format!("{}: {} even {without}", outcome.attempt.id, outcome.word))
        .collect()
}
