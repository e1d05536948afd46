//! Whether a server can be cut into units, and how well they will hold: every fault with what to
//! do about it, before anything on it is changed. Pure: facts in, findings out.

mod by_hand;
mod names;
mod surroundings;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{host::Facts, layout::Slot, ports::PortRange};

crate::text::worded_enum! {
    /// What a finding means for the server's units.
    pub enum Severity {
        /// They cannot be made; nothing is changed before it is mended.
        Refuses = "refuses",
        /// They can, and something holds less than it could or will soon fail.
        Degrades = "degrades",
        /// Something that an operator should know.
        Notes = "notes",
    }
}

/// Something about a server that an operator should act on or know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it means.
    pub severity: Severity,
    /// What is missing or in the way.
    pub fault: String,
    /// What to do.
    pub fix: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.fault, self.fix)
    }
}

impl Finding {
    fn new(severity: Severity, fault: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            severity,
            fault: fault.into(),
            fix: fix.into(),
        }
    }

    fn refusing(fault: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Severity::Refuses, fault, fix)
    }

    fn degrading(fault: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Severity::Degrades, fault, fix)
    }

    fn noting(fault: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(Severity::Notes, fault, fix)
    }
}

/// Ephemeral ports that stay for outgoing connections whatever units reserve.
const EPHEMERAL_LEFT: usize = 16_000;

/// The oldest systemd that was proven (Debian 12).
const SYSTEMD: u32 = 252;
/// The first Linux with `cgroup.kill` (cgroups(7)) and `quotactl_fd(2)`; each mount of `/proc` has
/// had options of its own since 5.8 (proc(5)).
const LINUX: (u32, u32) = (5, 14);

/// The architecture of the host binary.
const ARCH: &str = "x86_64";

/// All that keeps these units from being made on this server; empty when nothing does.
pub fn check(facts: &Facts, slots: &[Slot]) -> Vec<Finding> {
    let mut findings = examine(facts, slots);
    findings.retain(|finding| finding.severity == Severity::Refuses);
    findings
}

/// All that is to say of this server and these units, the gravest first.
pub fn examine(facts: &Facts, slots: &[Slot]) -> Vec<Finding> {
    let mut findings = machinery(facts);
    findings.extend(surroundings::findings(facts));
    findings.extend(slots.iter().flat_map(|slot| names::findings(facts, slot)));
    findings.extend(slots.iter().filter_map(|slot| cpus(facts, slot)));
    findings.extend(slots.iter().flat_map(|slot| accounts(facts, slot)));
    findings.extend(slots.iter().filter_map(|slot| listening(facts, slot)));
    findings.extend(ephemeral(facts, slots));
    findings.extend(by_hand::findings(facts, slots));
    findings.sort_by_key(|finding| finding.severity);
    findings
}

fn machinery(facts: &Facts) -> Vec<Finding> {
    let has = &facts.capabilities;
    let controllers = ["cpuset", "cpu", "memory", "pids"];
    let missing: Vec<&str> = controllers
        .into_iter()
        .filter(|name| !has.controllers.iter().any(|has| has == name))
        .collect();
    let checks = [
        (
            facts.arch == ARCH,
            format!("the server's architecture is {}", facts.arch),
            "only x86_64 servers are supported",
        ),
        (
            has.root,
            "the login is not root and cannot become root".into(),
            "log in as root, or give the user NOPASSWD: ALL with visudo",
        ),
        (
            has.cgroup2,
            "the server does not use cgroup v2".into(),
            "boot it with systemd.unified_cgroup_hierarchy=1 on the kernel command line",
        ),
        (
            missing.is_empty(),
            format!("the cgroup controllers {} are missing", missing.join(", ")),
            "boot a kernel that has them switched on",
        ),
        (
            facts.systemd >= SYSTEMD,
            format!("systemd {} is too old", facts.systemd),
            "install systemd 252 or newer",
        ),
        (
            linux(&facts.kernel) >= LINUX,
            format!("Linux {} is too old", facts.kernel),
            "boot Linux 5.14 or newer; apt-get install linux-image-amd64 brings the \
             distribution's newest",
        ),
        (
            has.nft,
            "nft is missing".into(),
            "install it: apt-get install nftables",
        ),
        (
            has.pam_systemd,
            "pam_systemd.so is missing".into(),
            "install it: apt-get install libpam-systemd",
        ),
        (
            has.logind,
            "systemd-logind does not run".into(),
            "start it: systemctl start systemd-logind",
        ),
        (
            facts.sshd.version.is_some(),
            "the SSH daemon is not OpenSSH".into(),
            "install it: apt-get install openssh-server",
        ),
        (
            facts.sshd.use_pam,
            "sshd has UsePAM off".into(),
            "set UsePAM yes in /etc/ssh/sshd_config and run systemctl reload ssh",
        ),
        (
            facts.sshd.includes_drop_ins,
            "sshd does not read /etc/ssh/sshd_config.d".into(),
            "put Include /etc/ssh/sshd_config.d/*.conf at the top of /etc/ssh/sshd_config",
        ),
    ];
    checks
        .into_iter()
        .filter(|(sound, ..)| !sound)
        .map(|(_, fault, fix)| Finding::refusing(fault, fix))
        .collect()
}

/// `6.12.48+deb13-amd64` is 6.12.
fn linux(release: &str) -> (u32, u32) {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    let mut next = || numbers.next().and_then(|number| number.parse().ok());
    (next().unwrap_or(0), next().unwrap_or(0))
}

fn cpus(facts: &Facts, slot: &Slot) -> Option<Finding> {
    let online = facts.topology.cpu_set()?;
    let missing = slot.cpus.subtract(&online)?;
    let fault = format!(
        "the server has no CPU {missing}, which the range {} names",
        slot.cpus
    );
    Some(Finding::refusing(fault, format!("its CPUs are {online}")))
}

/// A name or number that is taken by anything but this very slot.
fn accounts(facts: &Facts, slot: &Slot) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (what, accounts) in [("user", &facts.accounts), ("group", &facts.groups)] {
        for account in accounts {
            let (name, id) = (account.name == slot.user.as_str(), account.id == slot.uid);
            let ours = facts.initialised && name && id;
            if (name || id) && !ours {
                let fault = format!(
                    "the {what} {} ({}) is there already",
                    account.name, account.id
                );
                findings.push(Finding::refusing(
                    fault,
                    "remove it, or choose another first_uid or CPU range",
                ));
            }
        }
    }
    let inside = |range: &&crate::host::IdRange| {
        (range.first..range.first.saturating_add(range.count)).contains(&slot.uid)
    };
    if let Some(range) = facts.subordinate_uids.iter().find(inside) {
        let fault = format!(
            "uid {} of {} is among the subordinate ids from {}",
            slot.uid, slot.user, range.first
        );
        findings.push(Finding::refusing(fault, "choose another first_uid"));
    }
    findings
}

fn listening(facts: &Facts, slot: &Slot) -> Option<Finding> {
    let taken: Vec<String> = facts
        .sockets
        .listening
        .iter()
        .filter(|port| slot.ports.contains(**port))
        .map(u16::to_string)
        .collect();
    let fault = format!(
        "something on the server uses the ports {} of {}",
        taken.join(", "),
        slot.ports
    );
    let fix = "stop it, or choose another first_port";
    (!taken.is_empty()).then(|| Finding::refusing(fault, fix))
}

fn ephemeral(facts: &Facts, slots: &[Slot]) -> Option<Finding> {
    let (first, last) = facts.sockets.ephemeral;
    let reserved = |port: u16| slots.iter().any(|slot| slot.ports.contains(port));
    let before = reserved_ranges(&facts.sockets.reserved);
    let left = (first..=last)
        .filter(|&port| !reserved(port) && !before.iter().any(|range| range.contains(port)))
        .count();
    let fault =
        format!("only {left} ports of {first} to {last} would stay for outgoing connections");
    let fix =
        "choose a first_port and port_step that lie below, or widen net.ipv4.ip_local_port_range";
    let takes_some = slots.iter().any(|slot| {
        slot.ports
            .inclusive()
            .any(|port| (first..=last).contains(&port))
    });
    (takes_some && left < EPHEMERAL_LEFT).then(|| Finding::refusing(fault, fix))
}

/// `8080,9148-9150` as ranges; what is not one is passed over, it reserves nothing we count on.
fn reserved_ranges(list: &str) -> Vec<PortRange> {
    let parts = list.trim().split(',').filter_map(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        PortRange::new(first.parse().ok()?, last.parse::<u32>().ok()? + 1).ok()
    });
    parts.collect()
}

#[cfg(test)]
mod tests;
