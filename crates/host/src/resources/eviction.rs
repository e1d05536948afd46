//! The end of a tenancy: whoever used the unit last is gone, with every process, file, key, cron
//! entry, IPC object and mount, before anything of the next is made.
//!
//! A marker names the tenancy that the unit is or was used by, and how often it was reset. It is
//! written before the tenant's keys are, and goes when a look through the whole machine found
//! nothing of the tenant ([`residue`]); an eviction cut short begins again.
//!
//! The order was measured and matters: the keys first, so that nobody comes in; then every
//! process, in the slice at once and outside it by uid; then what the dead left, while systemd
//! stops the slice. From the first step on the guard refuses the unit's user, so that a login in
//! flight cannot slip in after.

mod files;
pub(super) mod steps;
mod wipe;

use std::{cell::RefCell, fmt};

use kloigos_model::host::{Tenant, UnitSpec};

use super::{Look, Presence, Setting, residue, slice};
use crate::{
    facts::processes,
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Access, Host, Started, read_text},
};

pub(super) struct Eviction {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
    pub(super) unit: UnitSpec,
    /// The stop of its slice, while it is under way.
    pub(super) stopping: RefCell<Option<Started>>,
}

pub(super) struct Seen {
    /// Which tenancy the marker names.
    marker: Option<String>,
    /// Whether anything of the user runs or is mounted; looked for only before a removal.
    alive: bool,
    /// File systems that nobody looks through; looked for only thoroughly.
    passed_over: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EvictionChange {
    Lock,
    KillSlice,
    KillStrays,
    BeginStop,
    Unmount,
    SetAside(String),
    Sweep(&'static str),
    Wipe,
    EmptyTrash,
    AwaitStop,
    SweepElsewhere,
    Prove,
    Forget,
    Begin(String),
}

impl fmt::Display for EvictionChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lock => f.write_str("lock the last tenant out"),
            Self::KillSlice => f.write_str("end all processes of its slice"),
            Self::KillStrays => f.write_str("end its processes elsewhere"),
            Self::BeginStop => f.write_str("begin to stop its slice"),
            Self::Unmount => f.write_str("unmount what it mounted"),
            Self::SetAside(path) => write!(f, "wipe {path}"),
            Self::Sweep(dir) => write!(f, "wipe its files in {dir}"),
            Self::Wipe => f.write_str(
                "remove its IPC objects, kernel keys, jobs, journals, core dumps and access lists",
            ),
            Self::EmptyTrash => f.write_str("delete what was set aside"),
            Self::AwaitStop => f.write_str("stop its slice and forget limits set at run time"),
            Self::SweepElsewhere => f.write_str("wipe its files anywhere else"),
            Self::Prove => f.write_str("prove that nothing of the last tenant is left"),
            Self::Forget => f.write_str("end the tenancy"),
            Self::Begin(marker) => write!(f, "begin the tenancy {marker}"),
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
            passed_over: match self.setting.look {
                Look::Thorough => residue::passed_over(host)?,
                Look::Swift => Vec::new(),
            },
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<EvictionChange>, Refusal> {
        let tenant = self.unit.tenant.as_ref().map(marker);
        let tenant = tenant.filter(|_| self.presence == Presence::Present);
        let is_next = have.marker != tenant;
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
            EvictionChange::BeginStop => {
                let started = steps::begin_stop(host, unit.uid)?;
                self.stopping.replace(Some(started));
                Ok(())
            }
            EvictionChange::Unmount => files::unmount(host, unit),
            EvictionChange::SetAside(path) => files::set_aside(host, unit, path),
            EvictionChange::Sweep(dir) => Ok(host.sweep(dir, unit.uid).map(drop)?),
            EvictionChange::Wipe => wipe::everything(host, unit),
            EvictionChange::EmptyTrash => files::empty_trash(host, unit),
            EvictionChange::AwaitStop => {
                steps::await_stop(host, unit.uid, self.stopping.take())?;
                slice::forget_runtime_limits(host, unit.uid)
            }
            EvictionChange::SweepElsewhere => files::sweep_elsewhere(host, unit.uid),
            EvictionChange::Prove => residue::prove(host, unit),
            EvictionChange::Forget => Ok(host.remove(&paths::tenancy(&unit.user))?),
            EvictionChange::Begin(marker) => {
                let marker = format!("{marker}\n");
                let path = paths::tenancy(&unit.user);
                Ok(host.write(&path, marker.as_bytes(), Access::root(0o600))?)
            }
        }
    }

    fn degraded(&self, have: &Seen) -> Vec<String> {
        let told = |mount: &String| {
            format!("{mount} is not looked through for what a tenant left when a tenancy ends")
        };
        have.passed_over.iter().map(told).collect()
    }
}

/// What the marker says of a tenancy. A reset is an end and a beginning.
fn marker(tenant: &Tenant) -> String {
    match tenant.resets {
        0 => tenant.allocation.to_string(),
        resets => format!("{} {resets}", tenant.allocation),
    }
}

impl Eviction {
    fn steps(&self) -> Vec<EvictionChange> {
        let mut steps = vec![
            EvictionChange::Lock,
            EvictionChange::KillSlice,
            EvictionChange::KillStrays,
            EvictionChange::BeginStop,
            EvictionChange::Unmount,
        ];
        let own = files::own(&self.unit).into_iter();
        steps.extend(own.map(EvictionChange::SetAside));
        steps.extend(files::COMMON.map(EvictionChange::Sweep));
        steps.extend([
            EvictionChange::Wipe,
            EvictionChange::EmptyTrash,
            EvictionChange::AwaitStop,
            EvictionChange::SweepElsewhere,
            EvictionChange::Prove,
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
