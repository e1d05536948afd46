//! What the kernel itself says of a unit's promises.

use serde::{Deserialize, Serialize};

use super::{Generation, ScopeName};

crate::text::worded_enum! {
    /// What Kloigos promises of a unit, or of the server around it.
    pub enum Promise {
        /// It runs on its own CPUs, and only there.
        Cpu = "cpu",
        /// Its memory comes from the nodes of its CPUs.
        MemoryNodes = "memory_nodes",
        /// It uses no more memory and swap than it may, and dies alone of it.
        Memory = "memory",
        /// It has no more tasks than it may.
        Tasks = "tasks",
        /// It reads and writes no faster than it may.
        Io = "io",
        /// It binds its own ports only, and answers on no others.
        Ports = "ports",
        /// Its directories are its own and closed.
        Files = "files",
        /// It stores no more than it may.
        Disk = "disk",
        /// It has temporary directories of its own.
        PrivateTmp = "private_tmp",
        /// It sees no processes of others, and they none of its.
        Processes = "processes",
        /// Only its keys let anybody in, into its slice.
        Access = "access",
        /// Nothing of it runs outside its slice, by cron, at or otherwise.
        Confinement = "confinement",
        /// The host's own work stays on the housekeeping CPUs.
        Housekeeping = "housekeeping",
        /// All of it is redone at boot before anybody can log in.
        Boot = "boot",
    }
}

crate::text::worded_enum! {
    /// What came of a check.
    pub enum Verdict {
        /// The kernel says what was wanted.
        Kept = "kept",
        /// It says something else.
        Broken = "broken",
        /// It holds by a weaker mechanism than it should on this server.
        Degraded = "degraded",
        /// The operator declined it, or asked for no limit.
        NotPromised = "not_promised",
    }
}

/// One promise, looked at in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which promise.
    pub promise: Promise,
    /// What was looked at, such as `cpuset.cpus.effective` or `bind tcp4 2200`.
    pub check: String,
    /// What it should say.
    pub wanted: String,
    /// What it says.
    pub found: String,
    /// Whether that is good.
    pub verdict: Verdict,
    /// Where that was read, or what was tried: a path, a system call, a command.
    pub evidence: String,
}

/// All checks of one scope at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// The scope.
    pub scope: ScopeName,
    /// The desired state it was compared with.
    pub generation: Generation,
    /// Every check made, in the order of the promises.
    pub checks: Vec<Check>,
}

impl Attestation {
    /// Whether nothing is broken.
    pub fn holds(&self) -> bool {
        self.broken().next().is_none()
    }

    /// The checks that failed.
    pub fn broken(&self) -> impl Iterator<Item = &Check> {
        let broken = |check: &&Check| check.verdict == Verdict::Broken;
        self.checks.iter().filter(broken)
    }
}
