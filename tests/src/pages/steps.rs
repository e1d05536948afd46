//! The commands of a page, and what it says comes of each.

use std::{fmt::Write as _, iter::Peekable, process::Command, str::Lines};

/// What begins and ends a block of commands.
pub(super) const FENCE: (&str, &str) = ("```console", "```");
/// What stands before a command.
const PROMPT: &str = "$ ";

/// One command.
#[derive(Debug)]
pub struct Step {
    /// The command, which may go over several lines.
    pub command: String,
    /// What the page shows below it.
    pub said: String,
}

/// All of a page, or of a part of it.
pub fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line == FENCE.0 {
            steps.extend(std::iter::from_fn(|| step(&mut lines)));
        }
    }
    steps
}

/// The next one of a block; none at its end.
pub(super) fn step(lines: &mut Peekable<Lines>) -> Option<Step> {
    let line = lines.next_if(|line| *line != FENCE.1)?;
    let command = line.strip_prefix(PROMPT);
    let mut command = command.expect("a command begins with $").to_owned();
    while command.ends_with('\\') || is_open(&command) {
        command.push('\n');
        command.push_str(lines.next().expect("a command goes on"));
    }
    let mut said = String::new();
    while let Some(line) = lines.next_if(|line| !line.starts_with(PROMPT) && *line != FENCE.1) {
        let _ = writeln!(said, "{line}");
    }
    Some(Step { command, said })
}

/// Whether bash waits for more of it, such as the end of a text in quotes.
fn is_open(command: &str) -> bool {
    let mut bash = Command::new("bash");
    bash.args(["-n", "-c", command]).env("LC_ALL", "C");
    let said = bash.output().expect("bash is there").stderr;
    let said = String::from_utf8_lossy(&said);
    ["unexpected EOF", "unexpected end of file"]
        .iter()
        .any(|end| said.contains(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_goes_on_behind_a_backslash_and_in_quotes() {
        let page = "x\n```console\n$ one \"$(grep '\"')\" \\\n  two\nsaid\n$ three '{\n\"four\": \"'\"$K\"'\"}'\n```\n$ no\n";
        let steps = steps(page);
        let commands: Vec<_> = steps.iter().map(|step| step.command.as_str()).collect();
        assert_eq!(
            commands,
            [
                "one \"$(grep '\"')\" \\\n  two",
                "three '{\n\"four\": \"'\"$K\"'\"}'"
            ]
        );
        assert_eq!(
            (steps[0].said.as_str(), steps[1].said.as_str()),
            ("said\n", "")
        );
    }
}
