//! What a unit sees instead of the host's: its own `/tmp`, `/var/tmp` and `/dev/shm`, a `/proc` of
//! its own processes, and in `/etc/kloigos/self` what it may know of itself.
//!
//! Every login and the user manager have a mount namespace of their own with the same things in
//! it. The user manager's is systemd's work, by a drop-in of that one service; a login's is made
//! by `pam_namespace(8)` and furnished by the guard ([`crate::guard`]), for a session that joined
//! the manager's namespace would need a PAM module of ours. The host's own mounts stay as they
//! are.
//!
//! A tenant keeps the namespace that it began with: measures that were chosen or declined since hold
//! for it when its user manager starts anew, and its logins go by the same drop-in as its services.

use std::{collections::BTreeSet, fmt};

use kloigos_model::{
    host::{Activity, Measure, ScopeName, Spec, UnitSpec},
    names::UserName,
};

use super::{
    Presence,
    parts::{Part, PartChange, Parts, Seen as PartSeen},
};
use crate::{
    facts,
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    state,
    sys::{Command, Host, Sys, must, read_text},
};

/// The kernel counts the size of a file system in memory in pages.
const PAGE: u64 = 4096;
/// The drop-in of a unit's user manager.
const FILE: &str = "50-kloigos.conf";

pub(super) struct Namespace {
    pub(super) presence: Presence,
    pub(super) unit: UnitSpec,
}

pub(super) struct Seen {
    /// The measures that its namespace goes by.
    measures: BTreeSet<Measure>,
    /// Those of the server.
    chosen: BTreeSet<Measure>,
    /// Whether a tenant's manager runs, which is not stopped for this.
    held: bool,
    places: Vec<PartSeen>,
    drop_in: Vec<PartSeen>,
    /// The size of the file system in memory that is mounted.
    memory: Option<u64>,
    /// The size it should have.
    memory_wanted: u64,
    /// Whether a user manager runs, in the namespace that it was started in.
    manager: bool,
}

pub(super) enum NamespaceChange {
    Part(PartChange),
    MountMemory(u64),
    UnmountMemory,
    StopManager,
}

impl fmt::Display for NamespaceChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(change) => change.fmt(f),
            Self::MountMemory(bytes) => write!(f, "give it a /dev/shm of {bytes} bytes"),
            Self::UnmountMemory => f.write_str("unmount its /dev/shm"),
            Self::StopManager => f.write_str("stop its slice, whose namespace is another"),
        }
    }
}

/// The directories that hold what is private to a unit, and where the unit sees them: `/tmp`,
/// `/var/tmp`, `/dev/shm`. The last one is a file system in memory. All of them end with a tenancy.
pub(crate) fn instances(user: &UserName) -> [(String, &'static str); 3] {
    let (tmp, shm) = (paths::TMP_DIR, paths::SHM_DIR);
    [
        (format!("{tmp}/tmp/{user}"), "/tmp"),
        (format!("{tmp}/vartmp/{user}"), "/var/tmp"),
        (format!("{shm}/{user}"), "/dev/shm"),
    ]
}

/// What a unit's namespace has, as its drop-in says; `None` where there is none.
pub(crate) fn in_force(host: &mut dyn Host, uid: u32) -> Sys<Option<BTreeSet<Measure>>> {
    let text = read_text(host, &format!("{}/{FILE}", dir(uid)))?;
    Ok(text.map(|text| {
        let lines = text.lines();
        let measures = lines.filter_map(|line| match line.split_once('=') {
            Some(("BindPaths", _)) => Some(Measure::PrivateTmp),
            Some(("ProtectProc", "invisible")) => Some(Measure::HideProcesses),
            _ => None,
        });
        measures.collect()
    }))
}

/// The measures of the server that a namespace is made by, as they are recorded.
fn measures(host: &mut dyn Host) -> Result<BTreeSet<Measure>, Trouble> {
    let record = state::load(host, &ScopeName::Server)?;
    Ok(match record.map(|record| record.desired.spec) {
        Some(Spec::Server(server)) => server.measures,
        Some(Spec::Unit(_)) | None => BTreeSet::new(),
    })
}

fn dir(uid: u32) -> String {
    format!("/etc/systemd/system/{}.d", paths::manager(uid))
}

impl Resource for Namespace {
    type Observed = Seen;
    type Change = NamespaceChange;

    fn name(&self) -> &'static str {
        "namespace"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let chosen = measures(host)?;
        let manager = self.manager_runs(host)?;
        let held = manager && self.has_begun(host)?;
        let own = if held {
            in_force(host, self.unit.uid)?
        } else {
            None
        };
        let measures = own.unwrap_or_else(|| chosen.clone());
        let [.., (memory, _)] = instances(&self.unit.user);
        Ok(Seen {
            places: self.places(&measures).inspect(host)?,
            drop_in: self.drop_in(&measures).inspect(host)?,
            memory: host.memory_fs(&memory)?,
            memory_wanted: self.memory(host)?,
            manager,
            held,
            chosen,
            measures,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<NamespaceChange>, Refusal> {
        let private = self.is_private(&have.measures);
        let drop_in = self.drop_in(&have.measures).plan(&have.drop_in)?;
        let places = self.places(&have.measures).plan(&have.places)?;
        let mut changes = Vec::new();
        if !private && have.memory.is_some() {
            changes.push(NamespaceChange::UnmountMemory);
        }
        // Before the drop-in, so that a run cut short finds it to do again.
        let present = self.presence == Presence::Present;
        if present && have.manager && !have.held && !drop_in.is_empty() {
            changes.push(NamespaceChange::StopManager);
        }
        changes.extend(places.into_iter().chain(drop_in).map(NamespaceChange::Part));
        if private && have.memory != Some(have.memory_wanted) {
            changes.push(NamespaceChange::MountMemory(have.memory_wanted));
        }
        Ok(changes)
    }

    fn apply(&self, host: &mut dyn Host, change: &NamespaceChange) -> Result<(), Trouble> {
        let [.., (memory, _)] = instances(&self.unit.user);
        match change {
            NamespaceChange::Part(change) => self.places(&BTreeSet::new()).apply(host, change)?,
            NamespaceChange::MountMemory(bytes) => host.mount_memory_fs(&memory, *bytes)?,
            NamespaceChange::UnmountMemory => host.unmount(&memory)?,
            NamespaceChange::StopManager => {
                let uid = self.unit.uid;
                let (manager, slice) = (paths::manager(uid), paths::slice(uid));
                let run_dir = format!("user-runtime-dir@{uid}.service");
                let argv = ["systemctl", "stop", &manager, &run_dir, &slice];
                must(host, &Command::new(argv))?;
            }
        }
        Ok(())
    }

    fn degraded(&self, have: &Seen) -> Vec<String> {
        let differs =
            |measure: &&Measure| have.chosen.contains(measure) != have.measures.contains(measure);
        let late = [Measure::PrivateTmp, Measure::HideProcesses];
        let late = late.iter().filter(differs);
        let late: Vec<&str> = late.map(|measure| measure.as_str()).collect();
        if self.presence == Presence::Absent || late.is_empty() {
            return Vec::new();
        }
        vec![format!(
            "{} of the server was changed since the tenant of {} began, and changes for it with a \
             stop, a reset or its end",
            late.join(" and "),
            self.unit.user
        )]
    }
}

impl Namespace {
    fn is_private(&self, measures: &BTreeSet<Measure>) -> bool {
        self.presence == Presence::Present && measures.contains(&Measure::PrivateTmp)
    }

    /// Whether the tenant there is has been let in already: its keys are made after this, and taken
    /// away only while it stands still.
    fn has_begun(&self, host: &mut dyn Host) -> Sys<bool> {
        let Some(tenant) = &self.unit.tenant else {
            return Ok(false);
        };
        let keys = host.stat(&paths::keys(&self.unit.user))?;
        Ok(keys.is_some() || tenant.activity == Activity::Frozen)
    }

    /// They look like the host's own: root's, and everybody may write to them. Nobody but the unit
    /// gets at them, for the directory they are in is closed.
    fn places(&self, measures: &BTreeSet<Measure>) -> Parts {
        let instances = instances(&self.unit.user);
        Parts {
            name: "namespace",
            presence: if self.is_private(measures) {
                Presence::Present
            } else {
                Presence::Absent
            },
            of: instances.map(|(path, _)| Part::tree(path, 0o1777)).into(),
        }
    }

    fn drop_in(&self, measures: &BTreeSet<Measure>) -> Parts {
        let dir = dir(self.unit.uid);
        let file = format!("{dir}/{FILE}");
        let body = drop_in(&self.unit.user, measures);
        Parts {
            name: "namespace",
            presence: self.presence,
            of: vec![Part::dir(dir, 0o755), Part::file(file, body, 0o644)],
        }
    }

    /// Half of the unit's memory, or of the machine's where it has no limit, which is the kernel's
    /// own default. Filling one without limit would kill the unit's own user manager, and again and
    /// again, since what is in it cannot be freed by killing (measured on systemd 257).
    fn memory(&self, host: &mut dyn Host) -> Result<u64, Trouble> {
        let all = match self.unit.limits.memory_max {
            Some(limit) => limit,
            None => facts::memory(host)?,
        };
        Ok(all / 2 / PAGE * PAGE)
    }

    fn manager_runs(&self, host: &mut dyn Host) -> Sys<bool> {
        let cgroup = paths::cgroup(self.unit.uid);
        let events = format!("{cgroup}/{}/cgroup.events", paths::manager(self.unit.uid));
        let events = read_text(host, &events)?.unwrap_or_default();
        Ok(events.lines().any(|line| line == "populated 1"))
    }
}

/// systemd.exec(5): `PrivateMounts=` is the namespace, `ProtectProc=` the `/proc` in it.
fn drop_in(user: &UserName, measures: &BTreeSet<Measure>) -> String {
    let about = paths::about(user);
    let mut lines = vec![
        "PrivateMounts=yes".to_owned(),
        format!("BindReadOnlyPaths=-{about}:{}", paths::ABOUT_SELF),
        format!("EnvironmentFile=-{about}/environment"),
    ];
    if measures.contains(&Measure::PrivateTmp) {
        let bind = |(from, to)| format!("BindPaths={from}:{to}");
        lines.extend(instances(user).map(bind));
    }
    if measures.contains(&Measure::HideProcesses) {
        lines.push("ProtectProc=invisible".to_owned());
    }
    format!("# Made by Kloigos.\n[Service]\n{}\n", lines.join("\n"))
}
