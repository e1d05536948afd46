//! One life of a compute unit.

use std::{collections::BTreeSet, net::IpAddr};

use jiff::Timestamp;
use kloigos_model::{
    compute_unit::UnitStatus,
    cpu::CpuSet,
    host::{Activity, Generation, Measure, Volume},
    ids::{AllocationId, ServerId, UnitKey},
    layout::Slot,
    limits::Limits,
    names::{DirName, Hostname, Label, UnitId, UserName},
    ports::PortRange,
    tags::Tags,
};

use super::{AllocationRecord, AttestationSummary};

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
    /// All the memory of these nodes, in bytes.
    pub memory_bytes: Option<u64>,
    /// What it may use unless its tenancy says otherwise.
    pub limits: Limits,
    /// The block device that its `/mnt` directory is on.
    pub volume: Option<Volume>,
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
    /// Whether the open allocation's processes run.
    pub activity: Option<Activity>,
    /// What the kernel said last of its promises in this allocation; of a free unit, since it is
    /// free.
    pub attestation: Option<AttestationSummary>,
    /// When this life of it began.
    pub created_at: Timestamp,
    /// When this life of it ended.
    pub ended_at: Option<Timestamp>,
}

impl UnitRecord {
    /// It as its layout has it.
    pub fn slot(&self) -> Slot {
        Slot {
            cpus: self.cpus.clone(),
            user: self.user.clone(),
            uid: self.uid,
            dir: self.dir.clone(),
            ports: self.ports,
        }
    }
}

/// A compute unit in short, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitSummary {
    /// Its name, such as `host1_0-15`.
    pub id: UnitId,
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
    /// Its memory nodes; `None` until its server told its topology.
    pub memory_nodes: Option<CpuSet>,
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
    /// Whether the open allocation's processes run.
    pub activity: Option<Activity>,
    /// What the kernel said last of its promises, as in [`UnitRecord::attestation`].
    pub attestation: Option<AttestationSummary>,
}

impl From<UnitRecord> for UnitSummary {
    fn from(unit: UnitRecord) -> Self {
        Self {
            id: unit.id,
            hostname: unit.hostname,
            ip: unit.ip,
            region: unit.region,
            zone: unit.zone,
            cpus: unit.cpus,
            ports: unit.ports,
            user: unit.user,
            memory_nodes: unit.memory_nodes,
            status: unit.status,
            reason: unit.reason,
            allocation: unit.allocation,
            started_at: unit.started_at,
            tags: unit.tags,
            activity: unit.activity,
            attestation: unit.attestation,
        }
    }
}

/// A compute unit with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitDetail {
    /// The unit.
    pub record: UnitRecord,
    /// Its open allocation.
    pub allocation: Option<AllocationRecord>,
    /// What its server's operator declined.
    pub declined: BTreeSet<Measure>,
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
