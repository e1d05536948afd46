//! A compute unit with all that is known of it.

use kloigos_control::{AllocationRecord, UnitDetail};
use kloigos_model::{host::Volume, limits::Limits};
use serde::Serialize;
use utoipa::ToSchema;

use super::ComputeUnitResponse;

/// A compute unit with all that is known of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ComputeUnitDetail {
    /// The unit.
    #[serde(flatten)]
    pub unit: ComputeUnitResponse,
    /// The number of its Unix user.
    pub uid: u32,
    /// Its directories.
    pub directories: DirectoriesView,
    /// The block device that its `/mnt` directory is on; null when the operator named none.
    #[schema(required = true)]
    pub volume: Option<VolumeView>,
    /// Whether its user manager runs while it is free.
    pub warm: bool,
    /// What it may use: what its tenancy runs with, else what it has by default.
    pub limits: LimitsView,
    /// What it may use by default.
    pub default_limits: LimitsView,
    /// Who may log in.
    pub keys: Vec<KeyView>,
    /// How often the present tenancy was reset.
    pub resets: u32,
    /// What its server's operator declined of the measures for the whole server.
    pub declined: Vec<String>,
    /// How new its desired state is.
    pub generation: String,
}

/// Where a unit's files are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DirectoriesView {
    /// Its user's home.
    pub home: String,
    /// For its programs.
    pub opt: String,
    /// For its data.
    pub mnt: String,
}

/// A block device that a unit has to itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VolumeView {
    /// Its stable path.
    pub path: String,
    /// Whether what was on it might be destroyed.
    pub wipe: bool,
}

/// What a unit may use; null is no limit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LimitsView {
    /// The most memory, in bytes.
    #[schema(required = true)]
    pub memory_max: Option<u64>,
    /// From how much memory on, in bytes, it is slowed and reclaimed from.
    #[schema(required = true)]
    pub memory_high: Option<u64>,
    /// The most swap, in bytes.
    #[schema(required = true)]
    pub swap_max: Option<u64>,
    /// The most tasks.
    #[schema(required = true)]
    pub tasks_max: Option<u64>,
    /// Its share of busy disks; null for the kernel's 100.
    #[schema(required = true)]
    pub io_weight: Option<u16>,
    /// The most bytes a second read from each disk.
    #[schema(required = true)]
    pub io_read_bytes: Option<u64>,
    /// The most bytes a second written to each disk.
    #[schema(required = true)]
    pub io_write_bytes: Option<u64>,
    /// The most bytes stored on each file system that it can write to.
    #[schema(required = true)]
    pub disk_bytes: Option<u64>,
    /// The most files and directories on each of them.
    #[schema(required = true)]
    pub disk_inodes: Option<u64>,
}

/// A key that lets its holder log in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeyView {
    /// Its fingerprint, as `ssh-keygen -l` prints it.
    pub fingerprint: String,
    /// Its type, such as `ssh-ed25519`.
    pub r#type: String,
    /// Its comment; empty when it has none.
    pub comment: String,
}

impl KeyView {
    /// The keys of a tenancy; none without one.
    pub(crate) fn of(open: Option<&AllocationRecord>) -> Vec<Self> {
        let keys = open.into_iter().flat_map(|open| open.tenancy.keys.iter());
        keys.map(|key| Self {
            fingerprint: key.fingerprint(),
            r#type: key.algorithm().to_owned(),
            comment: key.comment().to_owned(),
        })
        .collect()
    }
}

impl From<Limits> for LimitsView {
    fn from(limits: Limits) -> Self {
        Self {
            memory_max: limits.memory_max,
            memory_high: limits.memory_high,
            swap_max: limits.swap_max,
            tasks_max: limits.tasks_max,
            io_weight: limits.io_weight,
            io_read_bytes: limits.io_read_bytes,
            io_write_bytes: limits.io_write_bytes,
            disk_bytes: limits.disk_bytes,
            disk_inodes: limits.disk_inodes,
        }
    }
}

impl From<Volume> for VolumeView {
    fn from(volume: Volume) -> Self {
        Self {
            path: volume.path.to_string(),
            wipe: volume.wipe,
        }
    }
}

impl From<UnitDetail> for ComputeUnitDetail {
    fn from(detail: UnitDetail) -> Self {
        let (unit, open) = (detail.record, detail.allocation);
        let tenancy = open.as_ref().map(|open| &open.tenancy);
        Self {
            uid: unit.uid,
            directories: DirectoriesView {
                home: format!("/home/{}", unit.user),
                opt: format!("/opt/{}", unit.dir),
                mnt: format!("/mnt/{}", unit.dir),
            },
            volume: unit.volume.clone().map(VolumeView::from),
            warm: unit.warm,
            limits: tenancy.map_or(unit.limits, |tenancy| tenancy.limits).into(),
            default_limits: unit.limits.into(),
            keys: KeyView::of(open.as_ref()),
            resets: tenancy.map_or(0, |tenancy| tenancy.resets),
            declined: detail.declined.iter().map(ToString::to_string).collect(),
            generation: unit.generation.to_string(),
            unit: unit.into(),
        }
    }
}
