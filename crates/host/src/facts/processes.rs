//! Processes, as `/proc` shows them.

use crate::sys::{Host, Sys, read_text};

/// What `/proc/PID/status` says of a process that matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Real, effective, saved and file system uid.
    pub uids: Vec<u32>,
    /// Whether it has ended and only its parent does not know.
    pub zombie: bool,
}

/// One process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// What it calls itself.
    pub name: String,
    /// Real, effective, saved and file system uid.
    pub uids: Vec<u32>,
    /// The CPUs it may use, as the kernel lists them.
    pub cpus: String,
    /// The memory nodes it may use.
    pub nodes: String,
    /// Its cgroup in the unified hierarchy.
    pub cgroup: String,
    /// Whether it is a thread of the kernel's own: those have no memory.
    pub kernel: bool,
}

/// All processes that still run.
pub fn all(host: &mut dyn Host) -> Sys<Vec<Process>> {
    let mut found = Vec::new();
    let names = host.list("/proc")?.unwrap_or_default();
    for pid in names.iter().filter_map(|name| name.parse::<u32>().ok()) {
        found.extend(process(host, pid)?);
    }
    Ok(found)
}

/// One that ended meanwhile is none.
fn process(host: &mut dyn Host, pid: u32) -> Sys<Option<Process>> {
    let Some(text) = read_text(host, &format!("/proc/{pid}/status"))? else {
        return Ok(None);
    };
    let Status { uids, zombie } = status(&text);
    let in_cgroup = read_text(host, &format!("/proc/{pid}/cgroup"))?.unwrap_or_default();
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    let list = |name: &str| field(name).unwrap_or_default().trim().to_owned();
    let process = Process {
        pid,
        name: list("Name:"),
        uids,
        cpus: list("Cpus_allowed_list:"),
        nodes: list("Mems_allowed_list:"),
        cgroup: cgroup(&in_cgroup).unwrap_or_default().to_owned(),
        kernel: field("VmSize:").is_none(),
    };
    Ok((!zombie).then_some(process))
}

/// The status of a `proc_pid_status(5)` text.
pub fn status(text: &str) -> Status {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    let uids = field("Uid:").unwrap_or_default().split_whitespace();
    let state = field("State:").unwrap_or_default().trim_start();
    Status {
        uids: uids.filter_map(|uid| uid.parse().ok()).collect(),
        zombie: state.starts_with(['Z', 'X']),
    }
}

/// The processes of a user, wherever in the cgroup tree, that still run.
pub fn of_user(host: &mut dyn Host, uid: u32) -> Sys<Vec<u32>> {
    let mut found = Vec::new();
    let names = host.list("/proc")?.unwrap_or_default();
    for pid in names.iter().filter_map(|name| name.parse::<u32>().ok()) {
        let text = read_text(host, &format!("/proc/{pid}/status"))?;
        let status = status(&text.unwrap_or_default());
        if status.uids.contains(&uid) && !status.zombie {
            found.push(pid);
        }
    }
    Ok(found)
}

/// The cgroup of a process in the unified hierarchy, of a cgroup(7) `/proc/PID/cgroup` text.
pub fn cgroup(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix("0::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read() {
        let text = "Name:\tx\nUid: 7\nState:\tZ (zombie)\nUid:\t0\t20001\t0\t0\n";
        assert!(status(text).zombie);
        assert_eq!(
            status("State:\tS (sleeping)\nUid:\t1\t2\t3\t4\n").uids,
            [1, 2, 3, 4]
        );
        assert!(status("").uids.is_empty());
        assert!(status("Uid:\tx -1 99999999999\n").uids.is_empty());
    }

    #[test]
    fn a_cgroup_is_read() {
        assert_eq!(
            cgroup("1:cpu:/x\n0::/user.slice/a\n"),
            Some("/user.slice/a")
        );
        assert_eq!(cgroup("garbage"), None);
    }
}
