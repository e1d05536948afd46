//! `cargo xtask prove`: the long proofs, which are no part of any tier.
//!
//! Each success is kept below `target/prove`, under a digest of the sources, so that after an
//! interruption or a failure the next run goes on with what is missing. A change of the sources
//! makes all of it missing again.

use std::{
    fs,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::Args;

use super::{
    plan::{Step, integration_tests, proofs},
    succeeds,
};
use crate::sources::digest;

/// Where successes are kept.
const KEPT: &str = "target/prove";

/// Runs the long proofs that have not succeeded yet with these sources.
#[derive(Args)]
pub struct Arguments {
    /// Forgets earlier successes.
    #[arg(long)]
    fresh: bool,
}

/// How one proof went.
struct Outcome {
    name: String,
    /// How long it took; `None` when it failed.
    took: Option<Duration>,
    /// Whether that was in an earlier run.
    earlier: bool,
}

/// Runs what is missing, all of it though one fails; failure when one did.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    crate::lab::provide_tools()?;
    if arguments.fresh && Path::new(KEPT).exists() {
        fs::remove_dir_all(KEPT).with_context(|| format!("failed to forget {KEPT}"))?;
    }
    let sources = digest()?;
    let mut outcomes = Vec::new();
    let (preparations, proofs) = proofs(&integration_tests()?);
    for step in preparations {
        anyhow::ensure!(succeeds(&step)?, "{} failed", step.name);
    }
    for step in proofs {
        outcomes.push(prove(step)?);
    }
    summarize(&sources, &outcomes);
    let sound = outcomes.iter().all(|outcome| outcome.took.is_some());
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn prove(step: Step) -> Result<Outcome> {
    let sources = digest()?;
    let kept = Path::new(KEPT).join(&sources).join(&step.name);
    if let Some(took) = recall(&kept)? {
        return Ok(Outcome {
            name: step.name,
            took: Some(took),
            earlier: true,
        });
    }
    println!("\n── proof · {}", step.name);
    let began = Instant::now();
    let took = succeeds(&step)?.then(|| began.elapsed());
    // What was changed meanwhile may be in the proof or not.
    if let Some(took) = took
        && digest()? == sources
    {
        keep(&kept, took)?;
    }
    Ok(Outcome {
        name: step.name,
        took,
        earlier: false,
    })
}

fn recall(kept: &Path) -> Result<Option<Duration>> {
    if !kept.exists() {
        return Ok(None);
    }
    let text =
        fs::read_to_string(kept).with_context(|| format!("failed to read {}", kept.display()))?;
    let seconds = text.trim().parse();
    let seconds = seconds.with_context(|| format!("{} holds no seconds", kept.display()))?;
    Ok(Some(Duration::from_secs(seconds)))
}

fn keep(kept: &Path, took: Duration) -> Result<()> {
    let folder = kept.parent().context("a success is kept in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    // Whole or not there, though this run be ended in the midst of it.
    let new = kept.with_extension("new");
    fs::write(&new, format!("{}\n", took.as_secs()))?;
    fs::rename(&new, kept).with_context(|| format!("failed to keep {}", kept.display()))
}

fn summarize(sources: &str, outcomes: &[Outcome]) {
    println!("\n── proofs of the sources {}", &sources[..12]);
    for Outcome {
        name,
        took,
        earlier,
    } in outcomes
    {
        let verdict = match took {
            Some(took) => format!("passed  {:5.1} min", took.as_secs_f64() / 60.0),
            None => "FAILED".to_owned(),
        };
        let when = if *earlier { "  in an earlier run" } else { "" };
        println!("{name:<40} {verdict}{when}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_recalled_and_what_is_not_is_missing() {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = folder.path().join("sources").join("a proof on trixie");
        assert_eq!(recall(&kept).expect("nothing"), None);
        keep(&kept, Duration::from_millis(61_500)).expect("kept");
        let took = recall(&kept).expect("something");
        assert_eq!(took, Some(Duration::from_secs(61)));
    }
}
