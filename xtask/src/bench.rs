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
    /// What the control plane itself costs, against bare loops that do only what must be done: lists
    /// and lookups, tenancies, a hanging server, start and memory. Fails when a limit is missed. The
    /// figures are kept in `target/bench/control.json`.
    Control {
        /// Only this topic; several times for several.
        #[arg(long = "topic", value_enum)]
        topics: Vec<Topic>,
    },
}

/// What of the control plane is measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Topic {
    /// Whole lists of units.
    Lists,
    /// Some units of many.
    Lookups,
    /// Tenancies, without HTTP and servers' work.
    Bookkeeping,
    /// Lists while a server hangs.
    Hanging,
    /// From the start to the first answer.
    Start,
    /// Resident memory.
    Memory,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Start,
        Self::Memory,
        Self::Lists,
        Self::Lookups,
        Self::Bookkeeping,
        Self::Hanging,
    ];

    /// Its name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lists => "lists",
            Self::Lookups => "lookups",
            Self::Bookkeeping => "bookkeeping",
            Self::Hanging => "hanging",
            Self::Start => "start",
            Self::Memory => "memory",
        }
    }
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

/// Builds what is measured and measures it.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.bench {
        Bench::Provision {
            rounds,
            parts,
            fresh,
        } => provision(*rounds, parts, *fresh),
        Bench::Control { topics } => control(topics),
    }
}

/// The servers are emulated and take seconds where the control plane takes milliseconds, so that its
/// development build does not show.
fn provision(rounds: u32, parts: &[Part], fresh: bool) -> Result<ExitCode> {
    let kept = kept("provision");
    if fresh && kept.exists() {
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

/// Built as it is delivered, the bare loops too.
fn control(topics: &[Topic]) -> Result<ExitCode> {
    for (package, program) in [
        ("kloigos-server", "kloigos"),
        ("kloigos-tests", "bench_control"),
    ] {
        let build = ["build", "--quiet", "--profile", "dist"];
        cargo(&[&build[..], &["--package", package, "--bin", program]].concat())?;
    }
    let program = target().join("dist/bench_control");
    let asked = if topics.is_empty() {
        &Topic::ALL[..]
    } else {
        topics
    };
    let asked = asked.iter().map(|topic| topic.as_str());
    let bench = Command::new(&program).args(asked).status();
    let status = bench.with_context(|| format!("failed to run {}", program.display()))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Where the figures of a bench are kept.
pub fn kept(bench: &str) -> PathBuf {
    target().join("bench").join(bench).with_extension("json")
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target")
}

fn cargo(arguments: &[&str]) -> Result<ExitCode> {
    let status = Command::new(env!("CARGO")).args(arguments).status();
    let status = status.context("failed to run cargo")?;
    anyhow::ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(ExitCode::SUCCESS)
}
