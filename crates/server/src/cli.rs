//! The command line.

mod database;
mod db;
mod doctor;
mod hooks;
mod serve;
mod ssh;

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result};
use clap::{CommandFactory, Parser, Subcommand};
use serde_json::Value;

use crate::api;

/// Splits Linux servers into compute units: exclusive CPUs, ports, directories and a user each.
#[derive(Debug, Parser)]
#[command(name = "kloigos", version, about, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the control plane.
    Serve(Box<serve::Serve>),
    /// Brings the database up to date, checks it, backs it up or restores it.
    Db(db::Db),
    /// Says what keeps a server from being cut into units, and what to do about it.
    Doctor(doctor::Doctor),
    /// Prints the document of the API, as /api/openapi.json serves it.
    Openapi,
    #[command(flatten)]
    Client(Box<kloigos_cli::Command>),
}

impl Cli {
    /// Does what was asked for, and says on stderr why it could not.
    pub fn run(self) -> ExitCode {
        let done = match self.command {
            Command::Client(command) => return ask(*command),
            Command::Serve(serve) => serve.run(),
            Command::Db(db) => db.run(),
            Command::Doctor(doctor) => doctor.run(),
            Command::Openapi => openapi(),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("kloigos: {error:#}");
                ExitCode::FAILURE
            }
        }
    }
}

/// What a control plane is asked for.
fn ask(command: kloigos_cli::Command) -> ExitCode {
    match command.run(Cli::command, old_units) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprint!("{}", failure.render());
            failure.exit_code()
        }
    }
}

/// The units in a database of version 0.2.
fn old_units(file: &Path) -> Result<Value, String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let units = runtime.block_on(kloigos_control::database::read_v02(file));
    units.map(Value::Array).map_err(|error| error.to_string())
}

#[expect(clippy::print_stdout, reason = "the document is what was asked for")]
fn openapi() -> Result<()> {
    let document = api::document().to_pretty_json();
    println!("{}", document.context("failed to render the document")?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
