//! A unit's processes as a whole: whether its user manager runs, all stand still, or there are
//! none.
//!
//! The manager runs while the unit is allocated or kept warm, so that a login finds it there, and
//! after every boot (linger, see loginctl(1)). Not otherwise.
//!
//! Freezing is by `cgroup.freeze` of the manager and of each session ([`freezer`]), and not by
//! `systemctl freeze`: systemd refuses to start a session in a slice that it froze, and the login
//! then runs outside it (measured on systemd 257). Limits of what is frozen in this way change as
//! ever. A boot ends what was frozen; it is not started again until the unit is to run.

use std::{cell::Cell, fmt};

use kloigos_model::host::{Activity, UnitSpec};

use super::{Look, Presence, Setting, eviction::steps, slice};
use crate::{
    facts::{
        freezer::{self, Freezer},
        processes,
    },
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Access, Command, Host, SysError, must, read_text},
};

/// How often to look, a moment apart, whether all is frozen: every process has to be met once in
/// the kernel.
const PATIENCE: u32 = 3000;
/// Where logind keeps who lingers; an empty file per user.
const LINGER: &str = "/var/lib/systemd/linger";

pub(super) struct Manager {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
    pub(super) unit: UnitSpec,
    /// Whether this very request had systemd accept its start, so that it need not be asked again.
    pub(super) started: Cell<bool>,
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

/// What a unit's processes should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Running,
    Frozen,
    /// None; `strays` if there may be some outside the slice.
    Nothing {
        strays: bool,
    },
}

pub(super) struct Seen {
    lingers: bool,
    slice: Freezer,
    manager: Running,
    /// Processes outside the slice; looked for only where there should be none of a tenant that
    /// stays.
    strays: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ManagerChange {
    Linger,
    NoLinger,
    Reset,
    Start,
    Stop,
    End,
    Freeze,
    Thaw,
}

impl fmt::Display for ManagerChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Linger => "let its user manager run without a login",
            Self::NoLinger => "let its user manager run with a login only",
            Self::Reset => "reset its failed user manager",
            Self::Start => "start its user manager",
            Self::Stop => "stop its slice",
            Self::End => "end its processes",
            Self::Freeze => "freeze its processes",
            Self::Thaw => "let its processes go on",
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
        let strays = self.wanted() == Wanted::Nothing { strays: true };
        let slice = freezer::look(host, self.unit.uid)?;
        Ok(Seen {
            lingers: host.stat(&self.linger())?.is_some(),
            manager: match self.wanted() {
                // What was killed or frozen is not asked about.
                Wanted::Frozen => Running::No,
                Wanted::Running | Wanted::Nothing { .. } => self.running(host, slice.exists)?,
            },
            slice,
            strays: strays && !processes::of_user(host, self.unit.uid)?.is_empty(),
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<ManagerChange>, Refusal> {
        let mut changes = Vec::new();
        let wanted = self.wanted();
        match (wanted == Wanted::Running, have.lingers) {
            (true, false) => changes.push(ManagerChange::Linger),
            (false, true) => changes.push(ManagerChange::NoLinger),
            (true, true) | (false, false) => {}
        }
        match wanted {
            Wanted::Running => changes.extend(self.start(have)),
            Wanted::Frozen if have.slice.slice => {
                changes.extend([ManagerChange::Thaw, ManagerChange::Freeze]);
            }
            Wanted::Frozen if !have.slice.running.is_empty() => changes.push(ManagerChange::Freeze),
            Wanted::Frozen => {}
            Wanted::Nothing { .. } => changes.extend(stop(have)),
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
            ManagerChange::Reset => steps::reset_failed(host, uid)?,
            ManagerChange::Start => {
                systemctl(host, &["start", "--no-block", &manager])?;
                self.started.set(true);
            }
            ManagerChange::Stop => {
                systemctl(host, &["stop", &manager, &run_dir, &slice])?;
                slice::forget_runtime_limits(host, uid)?;
            }
            ManagerChange::End => {
                steps::kill_slice(host, uid)?;
                steps::kill_strays(host, uid)?;
            }
            ManagerChange::Freeze => freeze(host, uid)?,
            ManagerChange::Thaw => thaw(host, uid)?,
        }
        Ok(())
    }

    fn degraded(&self, have: &Seen) -> Vec<String> {
        let lost = self.wanted() == Wanted::Frozen && !have.slice.exists;
        let told = || {
            format!(
                "{} was frozen when the server went down: its processes are gone, and it starts \
                 afresh when it is to run",
                self.unit.user
            )
        };
        lost.then(told).into_iter().collect()
    }
}

impl Manager {
    fn wanted(&self) -> Wanted {
        let tenant = self.unit.tenant.as_ref();
        let tenant = tenant.filter(|_| self.presence == Presence::Present);
        match tenant.map(|tenant| tenant.activity) {
            Some(Activity::Running) => Wanted::Running,
            Some(Activity::Frozen) => Wanted::Frozen,
            Some(Activity::Stopped) => Wanted::Nothing { strays: true },
            None if self.presence == Presence::Present && self.unit.warm => Wanted::Running,
            None => Wanted::Nothing { strays: false },
        }
    }

    fn start(&self, have: &Seen) -> Vec<ManagerChange> {
        let mut changes = Vec::new();
        if have.slice.holds() {
            changes.push(ManagerChange::Thaw);
        }
        match have.manager {
            Running::Failed => changes.extend([ManagerChange::Reset, ManagerChange::Start]),
            Running::No if !self.setting.boot => changes.push(ManagerChange::Start),
            Running::No | Running::Yes | Running::Soon => {}
        }
        changes
    }

    fn linger(&self) -> String {
        format!("{LINGER}/{}", self.unit.user)
    }

    /// The cgroup tells when it runs; only when it does not, systemd is asked why. A slot without
    /// even a slice is started swiftly: nothing of it runs, and what failed can be started.
    fn running(&self, host: &mut dyn Host, has_slice: bool) -> Result<Running, Trouble> {
        let manager = paths::manager(self.unit.uid);
        let events = format!("{}/{manager}/cgroup.events", paths::cgroup(self.unit.uid));
        let events = read_text(host, &events)?.unwrap_or_default();
        if events.lines().any(|line| line == "populated 1") {
            return Ok(Running::Yes);
        }
        if self.started.get() {
            return Ok(Running::Soon);
        }
        let swift = self.setting.look == Look::Swift && !has_slice;
        if self.setting.boot || swift {
            return Ok(Running::No);
        }
        let show = Command::new(["systemctl", "show", "--property=ActiveState,Job", &manager]);
        Ok(running(&must(host, &show)?.stdout))
    }
}

/// What is killed first can be stopped at once; a frozen manager would not hear that it should.
fn stop(have: &Seen) -> Vec<ManagerChange> {
    let mut changes = Vec::new();
    if have.strays || have.slice.holds() {
        changes.push(ManagerChange::End);
    }
    if have.slice.exists || have.manager != Running::No {
        changes.push(ManagerChange::Stop);
    }
    if have.manager == Running::Failed || changes.contains(&ManagerChange::End) {
        changes.push(ManagerChange::Reset);
    }
    changes
}

/// Freezes part after part, and what came meanwhile; the kernel says when it has done it
/// (`cgroup.events`).
fn freeze(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    for _ in 0..PATIENCE {
        let running = freezer::look(host, uid)?.running;
        if running.is_empty() {
            return Ok(());
        }
        for part in running {
            set_freeze(host, &part, "1")?;
        }
        host.pause()?;
    }
    Err(SysError::Waited(format!("all in {} to stand still", paths::cgroup(uid))).into())
}

fn thaw(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    for _ in 0..PATIENCE {
        let freezer = freezer::look(host, uid)?;
        if !freezer.holds() {
            return Ok(());
        }
        for part in freezer.frozen.iter().chain([&paths::cgroup(uid)]) {
            set_freeze(host, part, "0")?;
        }
        host.pause()?;
    }
    Err(SysError::Waited(format!("all in {} to go on", paths::cgroup(uid))).into())
}

/// A part that is gone meanwhile is as good.
fn set_freeze(host: &mut dyn Host, part: &str, word: &str) -> Result<(), Trouble> {
    match host.poke(&format!("{part}/cgroup.freeze"), word) {
        Err(_) if host.stat(part)?.is_none() => Ok(()),
        done => Ok(done?),
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
