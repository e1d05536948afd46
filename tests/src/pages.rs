//! Pages whose commands are run: what a page shows after `$` is done, and what it shows below must
//! be what comes.
//!
//! `KLOIGOS_BLESS=1` writes what came into the page instead; the difference is then for a person to
//! read.

pub mod steps;
pub mod walk;

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use steps::{FENCE, Step, step};

/// Where a page's control plane is, for its readers.
const ADDRESS: &str = "http://127.0.0.1:8000";

/// Somebody who follows pages: a folder to work in, and programs to run.
pub struct Reader {
    /// Where the commands run, which is this person's home too.
    pub home: PathBuf,
    /// The folder of the `kloigos` that is meant.
    pub programs: PathBuf,
    /// Where the control plane really is.
    pub url: String,
}

/// What of a page is not so.
pub struct Untrue {
    /// The command.
    pub command: String,
    /// What the page says.
    pub said: String,
    /// What came.
    pub came: String,
}

impl Reader {
    /// Does all that a page says, in order.
    pub fn follow(&self, page: &Path) -> Vec<Untrue> {
        let text = fs::read_to_string(page).expect("a page");
        let mut untrue = Vec::new();
        let mut written = String::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let _ = writeln!(written, "{line}");
            if line != FENCE.0 {
                continue;
            }
            while let Some(Step { command, said }) = step(&mut lines) {
                let came = self.run(&command);
                let _ = write!(written, "$ {command}\n{came}");
                if squeezed(&said) != squeezed(&came) {
                    untrue.push(Untrue {
                        command,
                        said,
                        came,
                    });
                }
            }
        }
        if std::env::var_os("KLOIGOS_BLESS").is_some() {
            fs::write(page, written).expect("the page is written");
            return Vec::new();
        }
        untrue
    }

    /// What a command prints, with what differs from day to day replaced.
    fn run(&self, command: &str) -> String {
        let path = std::env::var("PATH").expect("a path");
        let output = Command::new("bash")
            .args([
                "-c",
                &format!("exec 2>&1; {}", command.replace(ADDRESS, &self.url)),
            ])
            .current_dir(&self.home)
            .env_clear()
            .env("PATH", format!("{}:{path}", self.programs.display()))
            .env("HOME", &self.home)
            .env("LANG", "C.UTF-8")
            .output()
            .expect("bash is there");
        let text = String::from_utf8(output.stdout).expect("a text");
        let text = text.replace(&self.url, ADDRESS);
        let home = self.home.display().to_string();
        let lines = text.replace(&home, "/home/ann");
        let lines = lines.lines().map(|line| settled(line.trim_end()));
        lines.flat_map(|line| [line, "\n".to_owned()]).collect()
    }
}

/// With the same ids and times every day.
fn settled(line: &str) -> String {
    const ID: &str = "01a20213-dccb-7000-af3e-bf1ad55bc954";
    const TIME: &str = "2026-11-22T07:06:25.891347Z";
    let mut text = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let word = rest.find(|char: char| !char.is_ascii_alphanumeric() && !"-:.".contains(char));
        let (word, after) = rest.split_at(word.unwrap_or(rest.len()));
        text.push_str(if is_id(word) {
            ID
        } else if is_time(word) {
            TIME
        } else {
            word
        });
        let between = after.chars().next().map_or(0, char::len_utf8);
        text.push_str(&after[..between]);
        rest = &after[between..];
    }
    text
}

fn is_id(word: &str) -> bool {
    let parts: Vec<usize> = word.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12]
        && word
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn is_time(word: &str) -> bool {
    word.len() >= 20 && word.ends_with('Z') && word.parse::<jiff::Timestamp>().is_ok()
}

/// A time may be a digit shorter, and with it a column narrower.
fn squeezed(text: &str) -> String {
    let lines = text.lines();
    let lines = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.collect::<Vec<_>>().join("\n")
}
