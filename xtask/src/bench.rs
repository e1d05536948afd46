//! `cargo xtask bench`: builds and starts a bench.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};

/// Which bench.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Allocation and deallocation on a lab server, against a hand-written script and an Ansible
    /// play. Each round's figures are kept in `target/bench`: asked for again, it goes on with the
    /// rounds that are missing, and prints what there is.
    Provision {
        /// How many rounds the medians are of.
        #[arg(long, default_value_t = 10)]
        rounds: u32,
        /// Only this part; several times for several.
        #[arg(long = "part", value_enum)]
        parts: Vec<Part>,
        /// Forgets earlier figures.
        #[arg(long)]
        fresh: bool,
    },
}

/// What is measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// One request on an open connection.
    Trip,
    /// A slot whose user manager does not run.
    Cold,
    /// A slot whose user manager runs.
    Warm,
    /// A server that knows nothing of units.
    Bare,
}

impl Part {
    /// All of them, the short ones first.
    pub const ALL: [Self; 4] = [Self::Trip, Self::Cold, Self::Warm, Self::Bare];

    /// Its name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trip => "trip",
            Self::Cold => "cold",
            Self::Warm => "warm",
            Self::Bare => "bare",
        }
    }
}

/// Builds what is measured and measures it. The servers are emulated and take seconds where the
/// control plane takes milliseconds, so that its development build does not show.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Bench::Provision {
        rounds,
        parts,
        fresh,
    } = &arguments.bench;
    let kept = kept();
    if *fresh && kept.exists() {
        fs::remove_file(&kept).with_context(|| format!("failed to remove {}", kept.display()))?;
    }
    cargo(&["xtask", "dist", "--host-only"])?;
    let rounds = rounds.to_string();
    let bench = ["run", "--quiet", "--package", "kloigos-tests"];
    let bench = [&bench[..], &["--bin", "bench_provision", "--", &rounds]].concat();
    let asked = if parts.is_empty() {
        &Part::ALL[..]
    } else {
        parts
    };
    let asked: Vec<&str> = asked.iter().map(|part| part.as_str()).collect();
    cargo(&[bench, asked].concat())
}

/// Where the figures are kept.
pub fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench/provision.json")
}

fn cargo(arguments: &[&str]) -> Result<ExitCode> {
    let status = Command::new(env!("CARGO")).args(arguments).status();
    let status = status.context("failed to run cargo")?;
    anyhow::ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(ExitCode::SUCCESS)
}
