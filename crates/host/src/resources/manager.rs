//! A unit's processes as a whole: whether its user manager runs, all stand still, or there are
//! none.
//!
//! The manager runs while the unit is allocated or kept warm, so that a login finds it there, and
//! after every boot (linger, see loginctl(1)). Not otherwise.
//!
//! Freezing is by the slice's own `cgroup.freeze` and not by `systemctl freeze`: systemd refuses to
//! start a session in a slice that it froze, and the login then runs outside it (measured on
//! systemd 257), while one that it does not know to be frozen stands still like the rest. Limits of
//! a slice frozen in this way change as ever. A boot ends what was frozen; it is not started again
//! until the unit is to run.

use std::{cell::Cell, fmt};

use kloigos_model::host::{Activity, UnitSpec};

use super::{Look, Presence, Setting, eviction::steps};
use crate::{
    facts::processes,
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Access, Command, Host, SysError, must, read_text},
};

/// How often to look, a moment apart, whether a slice is frozen: all of its processes have to be
/// met once in the kernel.
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

/// What the slice is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slice {
    /// It has no cgroup.
    Gone,
    /// It has, and its processes may run.
    There,
    /// Its processes stand still.
    Frozen,
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
    slice: Slice,
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
        let slice = slice(host, self.unit.uid)?;
        Ok(Seen {
            lingers: host.stat(&self.linger())?.is_some(),
            slice,
            manager: match self.wanted() {
                // What was killed or frozen is not asked about.
                Wanted::Frozen => Running::No,
                Wanted::Running | Wanted::Nothing { .. } => self.running(host, slice)?,
            },
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
            Wanted::Frozen if have.slice == Slice::There => changes.push(ManagerChange::Freeze),
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
            ManagerChange::Stop => systemctl(host, &["stop", &manager, &run_dir, &slice])?,
            ManagerChange::End => {
                steps::kill_slice(host, uid)?;
                steps::kill_strays(host, uid)?;
            }
            ManagerChange::Freeze => freeze(host, uid, "1")?,
            ManagerChange::Thaw => freeze(host, uid, "0")?,
        }
        Ok(())
    }

    fn degraded(&self, have: &Seen) -> Vec<String> {
        let lost = self.wanted() == Wanted::Frozen && have.slice == Slice::Gone;
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
        if have.slice == Slice::Frozen {
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
    fn running(&self, host: &mut dyn Host, slice: Slice) -> Result<Running, Trouble> {
        let manager = paths::manager(self.unit.uid);
        let events = format!("{}/{manager}/cgroup.events", paths::cgroup(self.unit.uid));
        let events = read_text(host, &events)?.unwrap_or_default();
        if events.lines().any(|line| line == "populated 1") {
            return Ok(Running::Yes);
        }
        if self.started.get() {
            return Ok(Running::Soon);
        }
        let swift = self.setting.look == Look::Swift && slice == Slice::Gone;
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
    if have.strays || have.slice == Slice::Frozen {
        changes.push(ManagerChange::End);
    }
    if have.slice != Slice::Gone || have.manager != Running::No {
        changes.push(ManagerChange::Stop);
    }
    if have.manager == Running::Failed || changes.contains(&ManagerChange::End) {
        changes.push(ManagerChange::Reset);
    }
    changes
}

fn slice(host: &mut dyn Host, uid: u32) -> Result<Slice, Trouble> {
    let events = read_text(host, &format!("{}/cgroup.events", paths::cgroup(uid)))?;
    Ok(match events {
        None => Slice::Gone,
        Some(events) if events.lines().any(|line| line == "frozen 1") => Slice::Frozen,
        Some(_) => Slice::There,
    })
}

/// Writes `cgroup.freeze` and waits until the kernel has done it (cgroup v2, `cgroup.events`).
fn freeze(host: &mut dyn Host, uid: u32, word: &str) -> Result<(), Trouble> {
    let cgroup = paths::cgroup(uid);
    host.poke(&format!("{cgroup}/cgroup.freeze"), word)?;
    for _ in 0..PATIENCE {
        let done = match slice(host, uid)? {
            Slice::Frozen => word == "1",
            Slice::There => word == "0",
            Slice::Gone => true,
        };
        if done {
            return Ok(());
        }
        host.pause()?;
    }
    Err(SysError::Waited(format!("{cgroup}/cgroup.events to say frozen {word}")).into())
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
