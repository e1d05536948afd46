//! `kloigos`: the control plane that splits Linux servers into compute units.

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use kloigos_server::Cli;

fn main() -> ExitCode {
    kloigos_cli::answer_shell(Cli::command);
    Cli::parse().run()
}
