//! One life of a compute unit.

use std::net::IpAddr;

use jiff::Timestamp;
use kloigos_model::{
    compute_unit::UnitStatus,
    cpu::CpuSet,
    host::Generation,
    ids::{AllocationId, ServerId, UnitKey},
    names::{DirName, Hostname, Label, UnitId, UserName},
    ports::PortRange,
    tags::Tags,
};

/// A compute unit with what its server and its open allocation say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRecord {
    /// This life of it.
    pub key: UnitKey,
    /// Its name, such as `host1_0-15`.
    pub id: UnitId,
    /// Its server's life.
    pub server: ServerId,
    /// Its server's name.
    pub hostname: Hostname,
    /// Its server's address.
    pub ip: IpAddr,
    /// Its server's region.
    pub region: Label,
    /// Its server's zone.
    pub zone: Label,
    /// Its CPUs.
    pub cpus: CpuSet,
    /// Its ports.
    pub ports: PortRange,
    /// Its Unix user.
    pub user: UserName,
    /// That user's number.
    pub uid: u32,
    /// The name of its directories.
    pub dir: DirName,
    /// Its memory nodes; `None` until its server told its topology.
    pub memory_nodes: Option<CpuSet>,
    /// The most memory it may use, in bytes; `None` for no limit.
    pub memory_max: Option<u64>,
    /// The most tasks; `None` for no limit.
    pub tasks_max: Option<u64>,
    /// Whether its user manager runs while it is free.
    pub warm: bool,
    /// How new its desired state is.
    pub generation: Generation,
    /// Where it is in its life.
    pub status: UnitStatus,
    /// Why it is in quarantine and what to do.
    pub reason: Option<String>,
    /// Its open allocation.
    pub allocation: Option<AllocationId>,
    /// When that became ready.
    pub started_at: Option<Timestamp>,
    /// The tags of the open allocation; `None` when it was given `null`, empty when there is none.
    pub tags: Option<Tags>,
    /// When this life of it began.
    pub created_at: Timestamp,
    /// When this life of it ended.
    pub ended_at: Option<Timestamp>,
}

/// Which units; what is `None` does not matter. Combined with AND. Texts and not names, since a
/// name that cannot exist simply matches nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitFilter {
    /// With this name.
    pub compute_id: Option<String>,
    /// On the server of this name.
    pub hostname: Option<String>,
    /// In this region.
    pub region: Option<String>,
    /// In this zone.
    pub zone: Option<String>,
    /// With exactly so many CPUs.
    pub cpu_count: Option<u32>,
    /// Whose tag `deployment_id` is this text or number.
    pub deployment_id: Option<String>,
    /// In this state; `None` is every state but `decommissioned`.
    pub status: Option<UnitStatus>,
}
