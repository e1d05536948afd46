//! `cargo xtask test`: everything that is checked, in tiers, with minutes and a summary.
//!
//! The tiers go from quick to slow, so that a fault is told as early as it can be. Each step is a
//! program with its arguments; what it prints is passed on.

mod plan;
pub mod prove;

use std::{
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::Args;

use plan::{Step, TIERS, Tier, integration_tests};

/// Runs the checks.
#[derive(Args)]
pub struct Arguments {
    /// Only this tier.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=TIERS.len() as i64))]
    tier: Option<u8>,
    /// Goes on after a step has failed, to see all of them.
    #[arg(long)]
    keep_going: bool,
}

/// How a tier went.
struct Outcome {
    tier: &'static Tier,
    failed: Vec<String>,
    took: Duration,
}

/// Runs the tiers that were asked for; failure when a step failed.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let asked = |tier: &&Tier| arguments.tier.is_none_or(|number| number == tier.number);
    crate::lab::provide_tools()?;
    crate::lab::provide_postgres()?;
    let mut outcomes = Vec::new();
    for tier in TIERS.iter().filter(asked) {
        let outcome = run_tier(tier, arguments.keep_going)?;
        let stop = !outcome.failed.is_empty() && !arguments.keep_going;
        outcomes.push(outcome);
        if stop {
            break;
        }
    }
    summarize(&outcomes);
    let sound = outcomes.iter().all(|outcome| outcome.failed.is_empty());
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn run_tier(tier: &'static Tier, keep_going: bool) -> Result<Outcome> {
    let began = Instant::now();
    let mut failed = Vec::new();
    for step in (tier.steps)(&integration_tests()?) {
        println!("\n── tier {} · {} · {}", tier.number, tier.name, step.name);
        if !succeeds(&step)? {
            failed.push(step.name);
            if !keep_going {
                break;
            }
        }
    }
    Ok(Outcome {
        tier,
        failed,
        took: began.elapsed(),
    })
}

fn succeeds(step: &Step) -> Result<bool> {
    let mut command = Command::new(&step.program);
    command
        .args(&step.arguments)
        .envs(step.environment.iter().copied());
    let status = command
        .status()
        .with_context(|| format!("failed to run {}", step.program))?;
    Ok(status.success())
}

fn summarize(outcomes: &[Outcome]) {
    println!("\n── summary");
    for outcome in outcomes {
        let minutes = outcome.took.as_secs_f64() / 60.0;
        let tier = outcome.tier;
        let verdict = match outcome.failed.as_slice() {
            [] => "passed".to_owned(),
            failed => format!("FAILED: {}", failed.join(", ")),
        };
        println!(
            "tier {} {:<28} {minutes:5.1} min  {verdict}",
            tier.number, tier.name
        );
    }
    let all: Duration = outcomes.iter().map(|outcome| outcome.took).sum();
    println!("in all {:34.1} min", all.as_secs_f64() / 60.0);
}
