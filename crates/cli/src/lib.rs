//! The command line of Kloigos: nouns and verbs over the public API, and nothing else.
//!
//! A verb is arguments and a `run`. It asks the control plane through `api`, follows work through
//! `follow`, and prints through `output`, which makes whatever a server says harmless for a
//! terminal. What goes wrong is a [`Failure`] with an exit code and the next command to try.

#![expect(
    clippy::format_push_string,
    reason = "what is printed is short, and writing to a text has an error that cannot be"
)]

mod api;
mod api_raw;
mod arguments;
mod columns;
mod command;
mod complete;
mod confirm;
mod contexts;
mod documents;
mod event;
mod export;
mod failure;
mod follow;
mod import;
mod job;
mod login;
mod newest;
mod output;
mod pager;
mod public_key;
mod report;
mod safe;
mod server;
mod session;
mod ssh;
mod stream;
mod system;
mod terminal;
mod unit;
mod unseen;
mod version;
mod webhook;

use clap::ArgMatches;

pub use complete::answer_shell;
pub use documents::reference;
pub use failure::{EXIT_CODES, Failure};
pub use import::ReadOld;

/// A verb of the command line; flattened into the subcommands of the executable.
#[derive(Debug)]
pub struct Command(command::Command);

impl Command {
    /// Does what was asked for. `tree` is the whole command line, which documents are made of;
    /// `read_old` reads a database of version 0.2.
    pub fn run(self, tree: fn() -> clap::Command, read_old: ReadOld) -> Result<(), Failure> {
        self.0.run(tree, read_old)
    }
}

impl clap::FromArgMatches for Command {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        command::Command::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl clap::Subcommand for Command {
    fn augment_subcommands(tree: clap::Command) -> clap::Command {
        command::Command::augment_subcommands(tree)
    }

    fn augment_subcommands_for_update(tree: clap::Command) -> clap::Command {
        command::Command::augment_subcommands_for_update(tree)
    }

    fn has_subcommand(name: &str) -> bool {
        command::Command::has_subcommand(name)
    }
}
