//! A unit's user manager: running while the unit is allocated or kept warm, so that a login finds
//! it there, and after every boot (linger, see loginctl(1)). Not otherwise.

use std::fmt;

use kloigos_model::host::UnitSpec;

use super::{Presence, Setting};
use crate::{
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Access, Command, Host, must, read_text},
};

/// Where logind keeps who lingers; an empty file per user.
const LINGER: &str = "/var/lib/systemd/linger";

pub(super) struct Manager {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
    pub(super) unit: UnitSpec,
}

/// What the manager does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Running {
    /// It has processes.
    Yes,
    /// Its start is under way.
    Soon,
    /// It failed and stays so until it is reset.
    Failed,
    /// Nothing of it is there.
    No,
}

pub(super) struct Seen {
    lingers: bool,
    /// Whether the slice has a cgroup.
    slice: bool,
    manager: Running,
}

pub(super) enum ManagerChange {
    Linger,
    NoLinger,
    Reset,
    Start,
    Stop,
}

impl fmt::Display for ManagerChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Linger => "let its user manager run without a login",
            Self::NoLinger => "let its user manager run with a login only",
            Self::Reset => "reset its failed user manager",
            Self::Start => "start its user manager",
            Self::Stop => "stop its slice",
        })
    }
}

impl Resource for Manager {
    type Observed = Seen;
    type Change = ManagerChange;

    fn name(&self) -> &'static str {
        "manager"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        Ok(Seen {
            lingers: host.stat(&self.linger())?.is_some(),
            slice: host.stat(&paths::cgroup(self.unit.uid))?.is_some(),
            manager: self.running(host)?,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<ManagerChange>, Refusal> {
        let mut changes = Vec::new();
        if self.is_wanted() {
            if !have.lingers {
                changes.push(ManagerChange::Linger);
            }
            match have.manager {
                Running::Failed => changes.extend([ManagerChange::Reset, ManagerChange::Start]),
                Running::No if !self.setting.boot => changes.push(ManagerChange::Start),
                Running::No | Running::Yes | Running::Soon => {}
            }
        } else {
            if have.lingers {
                changes.push(ManagerChange::NoLinger);
            }
            if have.slice || have.manager != Running::No {
                changes.push(ManagerChange::Stop);
            }
            if have.manager == Running::Failed {
                changes.push(ManagerChange::Reset);
            }
        }
        Ok(changes)
    }

    fn apply(&self, host: &mut dyn Host, change: &ManagerChange) -> Result<(), Trouble> {
        let uid = self.unit.uid;
        let (manager, slice) = (paths::manager(uid), paths::slice(uid));
        let run_dir = format!("user-runtime-dir@{uid}.service");
        match change {
            ManagerChange::Linger => {
                host.make_dir(LINGER, Access::root(0o755))?;
                host.write(&self.linger(), b"", Access::root(0o644))?;
            }
            ManagerChange::NoLinger => host.remove(&self.linger())?,
            ManagerChange::Reset => systemctl(host, &["reset-failed", &manager, &run_dir])?,
            ManagerChange::Start => systemctl(host, &["start", "--no-block", &manager])?,
            ManagerChange::Stop => systemctl(host, &["stop", &manager, &run_dir, &slice])?,
        }
        Ok(())
    }
}

impl Manager {
    fn is_wanted(&self) -> bool {
        self.presence == Presence::Present && (self.unit.warm || self.unit.tenant.is_some())
    }

    fn linger(&self) -> String {
        format!("{LINGER}/{}", self.unit.user)
    }

    /// The cgroup tells when it runs; only when it does not, systemd is asked why.
    fn running(&self, host: &mut dyn Host) -> Result<Running, Trouble> {
        let manager = paths::manager(self.unit.uid);
        let events = format!("{}/{manager}/cgroup.events", paths::cgroup(self.unit.uid));
        let events = read_text(host, &events)?.unwrap_or_default();
        if events.lines().any(|line| line == "populated 1") {
            return Ok(Running::Yes);
        }
        if self.setting.boot {
            return Ok(Running::No);
        }
        let show = Command::new(["systemctl", "show", "--property=ActiveState,Job", &manager]);
        Ok(running(&must(host, &show)?.stdout))
    }
}

fn running(shown: &str) -> Running {
    let value = |name: &str| shown.lines().find_map(|line| line.strip_prefix(name));
    let job = value("Job=").is_some_and(|job| !matches!(job, "" | "0"));
    match value("ActiveState=") {
        Some("failed") => Running::Failed,
        Some("active" | "activating" | "reloading") => Running::Soon,
        _ if job => Running::Soon,
        _ => Running::No,
    }
}

fn systemctl(host: &mut dyn Host, arguments: &[&str]) -> Result<(), Trouble> {
    let argv = ["systemctl"].into_iter().chain(arguments.iter().copied());
    must(host, &Command::new(argv))?;
    Ok(())
}
