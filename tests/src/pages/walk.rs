//! A page followed in one shell, as somebody with two terminals does it: variables stay, and
//! `kloigos serve` goes on in the other one.
//!
//! What comes must be what the page shows, but for ids, times and the breaks of its lines; `…` on the
//! page stands for what it leaves out. A command must succeed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::drive::{self, ControlPlane, Serve};

use super::{
    ADDRESS, Untrue, settled,
    steps::{Step, steps},
};

/// How the command begins that goes on in the other terminal.
const SERVE: &str = "kloigos serve";
/// What stands before the token in what that prints.
const TOKEN: &str = "administrator token: ";
/// What stands behind what each command prints: its exit status, between two of these.
const MARK: char = '\u{1e}';

/// Somebody at a page.
pub struct Walk {
    page: String,
    home: PathBuf,
    instead: Vec<(String, String)>,
    environment: Vec<(&'static str, PathBuf)>,
    plane: Option<ControlPlane>,
    /// The administrator's token, on the page and here.
    token: (Option<String>, Option<String>),
    /// What the page shows that `kloigos serve` prints.
    served: String,
}

impl Walk {
    /// With this page of the repository, in this home.
    pub fn of(page: &str, home: &Path) -> Self {
        let path = crate::controller::repository(page);
        // To a terminal curl draws no meter; here it would.
        fs::write(home.join(".curlrc"), "silent\nshow-error\n").expect("a file");
        fs::write(home.join(".typed"), "").expect("a file");
        Self {
            page: fs::read_to_string(path).expect("the page"),
            home: home.to_owned(),
            instead: Vec::new(),
            environment: Vec::new(),
            plane: None,
            token: (None, None),
            served: String::new(),
        }
    }

    /// What the page names, and what there is here.
    #[must_use]
    pub fn with(mut self, named: &str, here: &str) -> Self {
        assert!(self.page.contains(named), "the page names {named}");
        self.instead.push((named.to_owned(), here.to_owned()));
        self
    }

    /// A variable of the environment.
    #[must_use]
    pub fn variable(mut self, name: &'static str, value: &Path) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    /// What each command is answered that asks for something.
    #[must_use]
    pub fn typing(self, lines: &str) -> Self {
        fs::write(self.home.join(".typed"), lines).expect("a file");
        self
    }

    /// The token of an earlier start.
    #[must_use]
    pub fn knowing(mut self, token: Option<&str>) -> Self {
        self.token.1 = token.map(str::to_owned);
        self
    }

    /// The data directory of its `kloigos serve`.
    pub fn data_dir(&self) -> PathBuf {
        self.home.join("plane")
    }

    /// Its control plane.
    pub fn plane(&self) -> &ControlPlane {
        self.plane.as_ref().expect("the page has started it")
    }

    /// Does all that the page says from one of its texts up to another one. Everything must be as
    /// it says.
    #[track_caller]
    pub fn follow(&mut self, from: &str, until: &str) {
        let (_, part) = self.page.split_once(from).expect("the first text");
        let (part, _) = part.split_once(until).expect("the second text");
        let steps = steps(part);
        assert!(!steps.is_empty(), "there are commands behind {from}");
        let untrue: Vec<_> = steps
            .chunk_by(|one, next| !serves(one) && !serves(next))
            .flat_map(|steps| self.do_all(steps))
            .map(|fault| {
                format!(
                    "$ {}\n{}--- came\n{}",
                    fault.command, fault.said, fault.came
                )
            })
            .collect();
        assert!(untrue.is_empty(), "{}", untrue.join("\n"));
    }

    /// Stops the control plane, which has printed what the page shows.
    #[track_caller]
    pub fn stop(&mut self) {
        let plane = self.plane.take().expect("the page has started it");
        let printed = plane.stop().expect("kloigos stops").stdout;
        let printed = self.as_on_the_page(&printed);
        let served = std::mem::take(&mut self.served);
        assert!(
            served.is_empty() || is_said(&served, &printed),
            "{served}--- came\n{printed}"
        );
    }

    fn do_all(&mut self, steps: &[Step]) -> Vec<Untrue> {
        if let [step] = steps
            && serves(step)
        {
            self.serve(step);
            return Vec::new();
        }
        self.run(steps)
    }

    fn serve(&mut self, step: &Step) {
        let arguments = self.as_here(&step.command);
        let arguments = arguments.strip_prefix(SERVE).expect("it serves");
        let plane = ControlPlane::start(&Serve {
            data_dir: self.data_dir(),
            arguments: arguments.split_whitespace().map(Into::into).collect(),
            token: self.token.1.take(),
        });
        let plane = plane.expect("kloigos starts");
        let shown = step.said.lines().find_map(|line| line.strip_prefix(TOKEN));
        let token = plane.api().token().map(str::to_owned);
        self.token = (shown.map(str::to_owned), token);
        self.served.clone_from(&step.said);
        self.plane = Some(plane);
    }

    fn run(&self, steps: &[Step]) -> Vec<Untrue> {
        let said = self.shell(steps);
        let mut parts = said.split(MARK);
        let mut untrue = Vec::new();
        for Step { command, said } in steps {
            let came = self.as_on_the_page(parts.next().unwrap_or_default());
            let status = parts.next().unwrap_or("none, since the shell ended");
            if status == "0" && is_said(said, &came) {
                continue;
            }
            untrue.push(Untrue {
                command: command.clone(),
                said: said.clone(),
                came: format!("{came}\nexit status {status}\n"),
            });
        }
        untrue
    }

    /// What one shell prints that is given all of these, with their exit statuses. It has no terminal
    /// that a program could ask instead of reading.
    fn shell(&self, steps: &[Step]) -> String {
        let command = |step: &Step| {
            let command = self.as_here(&step.command);
            format!("{{\n{command}\n}} < ~/.typed 2>&1\nprintf '\\036%s\\036' $?\n")
        };
        let script: String = steps.iter().map(command).collect();
        let program = drive::executable().expect("kloigos is built");
        let programs = program.parent().expect("a folder").display();
        let path = std::env::var("PATH").expect("a path");
        let output = Command::new("setsid")
            .args(["--wait", "bash", "-c", &script])
            .current_dir(&self.home)
            .env_clear()
            .env("PATH", format!("{programs}:{path}"))
            .env("HOME", &self.home)
            .env("LANG", "C.UTF-8")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .output()
            .expect("bash is there");
        String::from_utf8(output.stdout).expect("a text")
    }

    fn as_here(&self, command: &str) -> String {
        let pairs = self.pairs();
        let here = |text: String, (named, here): &(String, String)| text.replace(named, here);
        pairs.iter().fold(command.to_owned(), here)
    }

    fn as_on_the_page(&self, came: &str) -> String {
        let pairs = self.pairs();
        let named = |text: String, (named, here): &(String, String)| text.replace(here, named);
        pairs.iter().rev().fold(came.to_owned(), named)
    }

    fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = self.instead.clone();
        let base = self.plane.as_ref().map(|plane| plane.api().base());
        pairs.extend(base.map(|base| (ADDRESS.to_owned(), base)));
        pairs.extend(self.token.0.clone().zip(self.token.1.clone()));
        pairs
    }
}

fn serves(step: &Step) -> bool {
    step.command.starts_with(SERVE)
}

/// Whether this came, as far as the page shows it.
fn is_said(said: &str, came: &str) -> bool {
    let (said, came) = (plain(said), plain(came));
    let Some((begin, rest)) = said.split_once('…') else {
        return said == came;
    };
    let Some(mut came) = came.strip_prefix(begin) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('…').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match came.split_once(part) {
            Some((_, after)) => came = after,
            None => return false,
        }
    }
    came.ends_with(end)
}

/// Without what differs from day to day, and without spaces and breaks.
fn plain(text: &str) -> String {
    let lines: String = text.lines().map(settled).collect();
    lines.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_stand_for_what_is_left_out_and_for_nothing_else() {
        assert!(is_said("a b\n c", "ab c"));
        assert!(is_said("a…c…e", "abc de") && is_said("…", "") && is_said("a…", "a"));
        assert!(!is_said("a…c", "abd") && !is_said("aba…aba", "aba") && !is_said("", "a"));
    }
}
