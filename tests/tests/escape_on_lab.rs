//! Every attempt to escape on a real server: Debian 13, or the release that `KLOIGOS_LAB_RELEASE`
//! names (`bookworm`). `docs/ESCAPES.md` lists them.

use anyhow::{Result, ensure};
use kloigos_tests::escape::{Expected, Stage, attempts, run};

#[test]
fn nobody_escapes() -> Result<()> {
    let stage = Stage::set()?;
    let there = |attempt: &_| {
        let attempt: &kloigos_tests::escape::Attempt = attempt;
        matches!(attempt.expected(stage.release()), Expected::Words(_))
    };
    // For the one who looks into a single one: words that ids begin with.
    let only = std::env::var("KLOIGOS_ESCAPES").unwrap_or_default();
    let asked = |id: &str| only.is_empty() || only.split(',').any(|start| id.starts_with(start));
    let all: Vec<_> = attempts()
        .into_iter()
        .filter(|attempt| there(attempt) && asked(attempt.id))
        .collect();
    let outcomes = run(&stage, &all)?;
    ensure!(outcomes.len() == all.len());
    let escaped: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !outcome.is_expected(&stage))
        .map(|outcome| {
            let expected = outcome.attempt.expected(stage.release());
            format!(
                "{}: {} instead of {expected:?}",
                outcome.attempt.id, outcome.word
            )
        })
        .collect();
    ensure!(
        escaped.is_empty(),
        "{} of {}:\n{}",
        escaped.len(),
        all.len(),
        escaped.join("\n")
    );
    println!("{} attempts, none escaped", all.len());
    Ok(())
}
