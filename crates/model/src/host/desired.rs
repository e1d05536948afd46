//! What should be on a server, scope by scope.

use serde::{Deserialize, Serialize};

use super::{Generation, ScopeName};
use crate::{
    cpu::CpuSet,
    ids::AllocationId,
    names::{DirName, UserName},
    ports::PortRange,
    ssh::AuthorizedKeys,
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
    /// The most memory it may use, in bytes (`MemoryMax=`); `None` for no limit.
    pub memory_max: Option<u64>,
    /// The most tasks (`TasksMax=`); `None` for no limit.
    pub tasks_max: Option<u64>,
    /// The ports it may bind.
    pub ports: PortRange,
    /// Whether its user manager runs while it is free.
    pub warm: bool,
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
