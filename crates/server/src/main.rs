//! `kloigos`: the control plane that splits Linux servers into compute units.

use std::process::ExitCode;

use clap::Parser;
use kloigos_server::Cli;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kloigos: {error:#}");
            ExitCode::FAILURE
        }
    }
}
