//! What a lab remembers of itself in its folder.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::folders::{read, write};
use super::spec::Spec;

/// The file `lab.json`.
#[derive(Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) spec: Spec,
    /// False while it is being made: what a crash left then is made anew.
    pub(crate) standing: bool,
    /// The number N of each server's address 127.65.0.N.
    pub(crate) numbers: Vec<u8>,
    /// The process that a temporary lab dies with.
    pub(crate) owner: Option<Owner>,
}

/// A process, told from a later one with the same pid by when it started.
#[derive(Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(crate) struct Owner {
    pid: u32,
    started: String,
}

impl Owner {
    /// This process.
    pub(crate) fn ourselves() -> Result<Self> {
        let pid = std::process::id();
        let started = started(pid).context("cannot read /proc/self/stat")?;
        Ok(Self { pid, started })
    }

    /// Whether the process still lives.
    pub(crate) fn lives(&self) -> bool {
        started(self.pid).is_some_and(|started| started == self.started)
    }
}

/// The start time, field 22 of `proc_pid_stat(5)`; the name in field 2 may hold
/// anything but ends at the last parenthesis.
fn started(pid: u32) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    // A killed process nobody has asked for yet is still listed, as a zombie.
    fields.next().filter(|state| !matches!(*state, "Z" | "X"))?;
    fields.nth(18).map(str::to_owned)
}

impl State {
    /// The state of the lab in `folder`, `None` when no lab stands there.
    pub(crate) fn load(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join("lab.json");
        if !path.exists() {
            return Ok(None);
        }
        let text = read(&path)?;
        let state = serde_json::from_str(&text);
        state
            .with_context(|| format!("cannot read {}", path.display()))
            .map(Some)
    }

    /// Writes it to `folder`.
    pub(crate) fn save(&self, folder: &Path) -> Result<()> {
        write(&folder.join("lab.json"), serde_json::to_vec_pretty(self)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn we_live_and_a_process_with_another_start_does_not() {
        let ourselves = Owner::ourselves().unwrap();
        assert!(ourselves.lives());
        let before = Owner {
            started: "1".to_owned(),
            ..ourselves
        };
        assert!(!before.lives());
    }
}
