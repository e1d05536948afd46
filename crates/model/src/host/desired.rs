//! What should be on a server, scope by scope.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Generation, Measure, ScopeName};
use crate::{
    cpu::CpuSet,
    ids::AllocationId,
    limits::Limits,
    names::{DirName, UserName},
    ports::PortRange,
    ssh::AuthorizedKeys,
    volume::VolumePath,
};

/// The desired state of one scope. Applying it again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desired {
    /// How new it is. The host refuses an older one than it has, and another content under the
    /// same one.
    pub generation: Generation,
    /// What should be.
    pub spec: Spec,
}

/// The content of a scope.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every spec is a unit's; a box would only be in the way"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Spec {
    /// The server's own part.
    Server(ServerSpec),
    /// One compute unit.
    Unit(UnitSpec),
}

/// What a server needs whatever its units do: the group `kunits`, the sshd and PAM parts, the
/// rules' table, the bind filter, the reserved ports, the boot service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSpec {
    /// The port ranges of all its units; no outgoing connection of the server takes one of them
    /// (`net.ipv4.ip_local_reserved_ports`).
    pub ports: Vec<PortRange>,
    /// What is done on the server as a whole.
    pub measures: BTreeSet<Measure>,
    /// The CPUs that everything but units is confined to, where the operator chose so.
    pub housekeeping: Option<CpuSet>,
}

/// One compute unit on its server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitSpec {
    /// Its Unix user, whose home is `/home/USER` and whose group has the same name and number.
    pub user: UserName,
    /// That user's number; the slice is `user-UID.slice`.
    pub uid: u32,
    /// Its directories: `/opt/DIR` and `/mnt/DIR`.
    pub dir: DirName,
    /// Its CPUs (`AllowedCPUs=`).
    pub cpus: CpuSet,
    /// Its memory nodes (`AllowedMemoryNodes=`).
    pub memory_nodes: CpuSet,
    /// What it may use.
    pub limits: Limits,
    /// The ports it may bind.
    pub ports: PortRange,
    /// Whether its user manager runs while it is free.
    pub warm: bool,
    /// The disk, partition or logical volume that `/mnt/DIR` is on, where the operator named one.
    pub volume: Option<Volume>,
    /// Who has it; `None` when it is free. A change of tenant ends every process of the last one
    /// and wipes what it left before anything of the next is made.
    pub tenant: Option<Tenant>,
}

/// One tenancy as the server sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// Which tenancy.
    pub allocation: AllocationId,
    /// Who may log in.
    pub keys: AuthorizedKeys,
    /// How often it was reset: with each, everything of it is ended and wiped as at its end.
    #[serde(default)]
    pub resets: u32,
    /// Whether it runs.
    #[serde(default)]
    pub activity: Activity,
}

crate::text::worded_enum! {
    /// Whether a tenancy's processes run.
    pub enum Activity {
        /// They do, and people may log in.
        Running = "running",
        /// They stand still where they are; nobody logs in (`cgroup.freeze`).
        Frozen = "frozen",
        /// There are none; its files stay; nobody logs in.
        Stopped = "stopped",
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the macro that declares it derives no Default"
)]
impl Default for Activity {
    fn default() -> Self {
        Self::Running
    }
}

/// A block device that a unit has to itself. It gets a file system of ours, and is empty again
/// when the unit is removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Volume {
    /// Its stable path.
    pub path: VolumePath,
    /// Whether what is on it may be destroyed; otherwise it must be provably empty.
    #[serde(default)]
    pub wipe: bool,
}

impl Desired {
    /// The scope that this is the state of.
    pub fn scope(&self) -> ScopeName {
        match &self.spec {
            Spec::Server(_) => ScopeName::Server,
            Spec::Unit(unit) => ScopeName::Unit(unit.user.clone()),
        }
    }
}
