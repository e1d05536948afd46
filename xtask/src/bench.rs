//! `cargo xtask bench`: builds and starts a bench.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

/// Which bench.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Allocation and deallocation on a lab server, against a hand-written script and an Ansible
    /// play.
    Provision {
        /// How many rounds the medians are of.
        #[arg(long, default_value_t = 10)]
        rounds: u32,
    },
}

/// Builds what is measured and measures it. The servers are emulated and take seconds where the
/// control plane takes milliseconds, so that its development build does not show.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Bench::Provision { rounds } = arguments.bench;
    cargo(&["xtask", "dist", "--host-only"])?;
    let rounds = rounds.to_string();
    let bench = [
        "run",
        "--quiet",
        "--package",
        "kloigos-tests",
        "--bin",
        "bench_provision",
        "--",
    ];
    cargo(&[&bench[..], &[&rounds]].concat())
}

fn cargo(arguments: &[&str]) -> Result<ExitCode> {
    let status = Command::new(env!("CARGO")).args(arguments).status();
    let status = status.context("failed to run cargo")?;
    anyhow::ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(ExitCode::SUCCESS)
}
