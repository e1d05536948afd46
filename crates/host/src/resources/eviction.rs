//! The end of a tenancy: whoever used the unit last is gone, with every process, file, key, cron
//! entry, IPC object and mount, before anything of the next is made.
//!
//! A marker names the tenancy that the unit is or was used by. It is written before the tenant's
//! keys are, and goes when all of the tenant is gone; an eviction cut short begins again.
//!
//! The order was measured and matters: the keys first, so that nobody comes in; then every
//! process, in the slice at once and outside it by uid; then what the dead left. From the first
//! step on the guard refuses the unit's user, so that a login in flight cannot slip in after.

mod steps;

use std::fmt;

use kloigos_model::{host::UnitSpec, ids::AllocationId};

use super::{Presence, directories};
use crate::{
    facts::processes,
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Access, Host, read_text},
};

/// Where users may leave files of their own beside their directories.
const COMMON: [&str; 8] = [
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/dev/mqueue",
    "/run/lock",
    "/var/mail",
    "/var/spool/cron",
    "/var/crash",
];

pub(super) struct Eviction {
    pub(super) presence: Presence,
    pub(super) unit: UnitSpec,
}

pub(super) struct Seen {
    /// Which tenancy the marker names.
    marker: Option<String>,
    /// Whether anything of the user runs or is mounted; looked for only before a removal.
    alive: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EvictionChange {
    Lock,
    KillSlice,
    KillStrays,
    StopUnits,
    Unmount,
    SetAside(String),
    Sweep(&'static str),
    RemoveIpc,
    RemoveRuntimeLimits,
    EmptyTrash,
    Forget,
    Begin(AllocationId),
}

impl fmt::Display for EvictionChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lock => f.write_str("lock the last tenant out"),
            Self::KillSlice => f.write_str("end all processes of its slice"),
            Self::KillStrays => f.write_str("end its processes elsewhere"),
            Self::StopUnits => f.write_str("stop its slice"),
            Self::Unmount => f.write_str("unmount what it mounted"),
            Self::SetAside(path) => write!(f, "wipe {path}"),
            Self::Sweep(dir) => write!(f, "wipe its files in {dir}"),
            Self::RemoveIpc => f.write_str("remove its System V IPC objects"),
            Self::RemoveRuntimeLimits => f.write_str("forget limits set at run time"),
            Self::EmptyTrash => f.write_str("delete what was set aside"),
            Self::Forget => f.write_str("end the tenancy"),
            Self::Begin(allocation) => write!(f, "begin the tenancy {allocation}"),
        }
    }
}

impl Resource for Eviction {
    type Observed = Seen;
    type Change = EvictionChange;

    fn name(&self) -> &'static str {
        "tenancy"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let marker = read_text(host, &paths::tenancy(&self.unit.user))?;
        Ok(Seen {
            marker: marker.map(|marker| marker.trim().to_owned()),
            alive: self.presence == Presence::Absent && self.is_alive(host)?,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<EvictionChange>, Refusal> {
        let tenant = self.unit.tenant.as_ref().map(|tenant| tenant.allocation);
        let tenant = tenant.filter(|_| self.presence == Presence::Present);
        let is_next = have.marker != tenant.map(|tenant| tenant.to_string());
        let mut changes = Vec::new();
        if have.alive || (is_next && have.marker.is_some()) {
            changes.extend(self.steps());
        }
        if is_next {
            changes.extend(tenant.map(EvictionChange::Begin));
        }
        Ok(changes)
    }

    fn apply(&self, host: &mut dyn Host, change: &EvictionChange) -> Result<(), Trouble> {
        let unit = &self.unit;
        match change {
            EvictionChange::Lock => steps::lock(host, unit),
            EvictionChange::KillSlice => steps::kill_slice(host, unit.uid),
            EvictionChange::KillStrays => steps::kill_strays(host, unit.uid),
            EvictionChange::StopUnits => steps::stop_units(host, unit.uid),
            EvictionChange::Unmount => steps::unmount(host, unit),
            EvictionChange::SetAside(path) => steps::set_aside(host, unit, path),
            EvictionChange::Sweep(dir) => Ok(host.sweep(dir, unit.uid).map(drop)?),
            EvictionChange::RemoveIpc => steps::remove_ipc(host, unit.uid),
            EvictionChange::RemoveRuntimeLimits => steps::remove_runtime_limits(host, unit.uid),
            EvictionChange::EmptyTrash => steps::empty_trash(host, unit),
            EvictionChange::Forget => Ok(host.remove(&paths::tenancy(&unit.user))?),
            EvictionChange::Begin(allocation) => {
                let marker = format!("{allocation}\n");
                let path = paths::tenancy(&unit.user);
                Ok(host.write(&path, marker.as_bytes(), Access::root(0o600))?)
            }
        }
    }
}

impl Eviction {
    fn steps(&self) -> Vec<EvictionChange> {
        let mut steps = vec![
            EvictionChange::Lock,
            EvictionChange::KillSlice,
            EvictionChange::KillStrays,
            EvictionChange::StopUnits,
            EvictionChange::Unmount,
        ];
        steps.extend(directories::paths(&self.unit).map(EvictionChange::SetAside));
        steps.extend(COMMON.map(EvictionChange::Sweep));
        steps.extend([
            EvictionChange::RemoveIpc,
            EvictionChange::RemoveRuntimeLimits,
            EvictionChange::EmptyTrash,
            EvictionChange::Forget,
        ]);
        steps
    }

    fn is_alive(&self, host: &mut dyn Host) -> Result<bool, Trouble> {
        let uid = self.unit.uid;
        let cgroup = host.stat(&paths::cgroup(uid))?.is_some();
        let run_dir = host.stat(&steps::run_dir(uid))?.is_some();
        Ok(cgroup || run_dir || !processes::of_user(host, uid)?.is_empty())
    }
}
