//! Whether what runs in a user's slice stands still (cgroup v2, `cgroup.freeze`).
//!
//! Units freeze part by part, the user manager and each session, and never the slice as a whole.
//! When a user manager ends, however it does, PID 1 starts the helper of its runtime directory in
//! the slice; in one that is frozen the helper never gets to `exec(2)`, and PID 1 waits for it in
//! `vfork(2)` for ever: no service starts, nobody logs in, nothing reboots (seen on systemd 257).

use crate::{
    paths,
    sys::{Host, Sys, read_text},
};

/// What stands still of a slice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Freezer {
    /// Whether the slice has a cgroup at all.
    pub exists: bool,
    /// Whether the slice as a whole is frozen, which nothing of ours does.
    pub slice: bool,
    /// The cgroups of its parts that stand still.
    pub frozen: Vec<String>,
    /// The cgroups of its parts whose processes run.
    pub running: Vec<String>,
}

impl Freezer {
    /// Whether anything stands still.
    pub fn holds(&self) -> bool {
        self.slice || !self.frozen.is_empty()
    }
}

/// Looks at a user's slice. Parts without a process count for nothing.
pub fn look(host: &mut dyn Host, uid: u32) -> Sys<Freezer> {
    let slice = paths::cgroup(uid);
    let Some(events) = read_text(host, &format!("{slice}/cgroup.events"))? else {
        return Ok(Freezer::default());
    };
    let mut freezer = Freezer {
        exists: true,
        slice: says(&events, "frozen 1"),
        ..Freezer::default()
    };
    let manager = paths::manager(uid);
    let names = host.list(&slice)?.unwrap_or_default();
    let parts = names
        .into_iter()
        .filter(|name| *name == manager || is_scope(name));
    for part in parts.map(|name| format!("{slice}/{name}")) {
        // One that is gone meanwhile has nothing that runs.
        let events = read_text(host, &format!("{part}/cgroup.events"))?.unwrap_or_default();
        if !says(&events, "populated 1") {
            continue;
        }
        if says(&events, "frozen 1") {
            freezer.frozen.push(part);
        } else {
            freezer.running.push(part);
        }
    }
    Ok(freezer)
}

/// A session's, such as `session-3.scope`.
fn is_scope(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, kind)| kind == "scope")
}

fn says(events: &str, line: &str) -> bool {
    events.lines().any(|said| said == line)
}
