//! What is made of the command line itself: completions, manual pages, the reference.

use std::{fmt::Write as _, path::PathBuf};

use clap::{Args, ValueEnum};
use clap_complete::env::Shells;

use crate::{EXIT_CODES, failure::Failure, output::print};

/// The name of the program, by which shells and manuals know it.
const PROGRAM: &str = "kloigos";

/// Prints the completions for a shell: for bash,
/// `kloigos completion bash > ~/.local/share/bash-completion/completions/kloigos`.
#[derive(Debug, Args)]
pub(crate) struct Completion {
    /// For which shell.
    shell: Shell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

impl Completion {
    pub(crate) fn run(self, _: fn() -> clap::Command) -> Result<(), Failure> {
        let value = self.shell.to_possible_value();
        let name = value.as_ref().map(clap::builder::PossibleValue::get_name);
        let shells = Shells::builtins();
        let shell = name.and_then(|name| shells.completer(name));
        let shell = shell.ok_or_else(|| Failure::usage("there are no completions for it"))?;
        let mut script = Vec::new();
        shell
            .write_registration("COMPLETE", PROGRAM, PROGRAM, PROGRAM, &mut script)
            .map_err(|error| Failure::fault("write the completions", &error))?;
        print(&String::from_utf8_lossy(&script))
    }
}

/// Writes the manual pages of all commands, `kloigos.1` and so on.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Into this folder, which is there already.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

impl Man {
    pub(crate) fn run(self, tree: fn() -> clap::Command) -> Result<(), Failure> {
        clap_mangen::generate_to(whole(tree), &self.dir)
            .map_err(|error| Failure::fault("write the manual pages", &error))
    }
}

/// Prints the reference of all commands, in Markdown.
#[derive(Debug, Args)]
pub(crate) struct Reference {
    /// That of the control plane's settings instead.
    #[arg(long)]
    configuration: bool,
}

impl Reference {
    pub(crate) fn run(self, tree: fn() -> clap::Command) -> Result<(), Failure> {
        print(&if self.configuration {
            configuration(tree)
        } else {
            reference(tree)
        })
    }
}

/// The settings of the control plane: the variables of `kloigos serve`.
fn configuration(tree: fn() -> clap::Command) -> String {
    let mut text = "# Configuration\n\n\
        A control plane is told all by flags of `kloigos serve` or by variables of its environment; the \
        package reads them from `/etc/kloigos/control.env`. A flag wins over its variable. This page is \
        made from the code.\n\n\
        | variable | flag | default | |\n|---|---|---|---|\n"
        .to_owned();
    let mut root = tree();
    root.build();
    let serve = root.find_subcommand("serve");
    for argument in serve.into_iter().flat_map(clap::Command::get_arguments) {
        let Some(flag) = argument.get_long().filter(|name| *name != "help") else {
            continue;
        };
        let variable = argument
            .get_env()
            .map(|name| format!("`{}`", name.display()));
        let defaults = argument.get_default_values().iter();
        let default: Vec<String> = defaults
            .map(|value| format!("`{}`", value.display()))
            .collect();
        let help = argument.get_help().map(ToString::to_string);
        // Writing to a text cannot fail.
        let _ = writeln!(
            text,
            "| {} | `--{flag}` | {} | {} |",
            variable.unwrap_or_default(),
            default.join(", "),
            // An address in angle brackets would be a link.
            help.unwrap_or_default()
                .replace('\n', " ")
                .replace(['<', '>'], "`"),
        );
    }
    text
}

/// The command line with what only the documents need: the exit codes below the help.
fn whole(tree: fn() -> clap::Command) -> clap::Command {
    tree().after_long_help(exit_codes("  "))
}

fn exit_codes(indent: &str) -> String {
    let mut text = "Exit status:\n".to_owned();
    for (code, meaning) in EXIT_CODES {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{indent}{code}  {meaning}");
    }
    text
}

/// The reference of all commands: the help of each, in the order of the table of contents.
pub fn reference(tree: fn() -> clap::Command) -> String {
    let mut text = "# Command line\n\n\
        The help of every command, as `-h` prints it; `--help` and `man kloigos` say more. This page is \
        made from the code.\n\n\
        ## Exit status\n\n| status | when |\n|---|---|\n"
        .to_owned();
    for (code, meaning) in EXIT_CODES {
        let _ = writeln!(text, "| {code} | {meaning} |");
    }
    let mut root = tree().term_width(100);
    root.build();
    section(&mut root, &mut text);
    text
}

fn section(command: &mut clap::Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or(PROGRAM).to_owned();
    let help = command.render_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(
        text,
        "\n## {name}\n\n```text\n{}\n```\n",
        help.join("\n").trim_end()
    );
    for sub in command
        .get_subcommands_mut()
        .filter(|sub| !sub.is_hide_set())
    {
        section(sub, text);
    }
}
