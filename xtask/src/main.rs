//! The command line of `cargo xtask`: parse, then run.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::lab;

/// Build, lab and checks of Kloigos.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Real Debian servers in QEMU on this machine.
    Lab(lab::cli::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Xtask::parse().verb {
        Verb::Lab(arguments) => lab::cli::run(arguments),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
