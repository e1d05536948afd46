//! The host's own work on the housekeeping CPUs, where the operator chose so: services, PID 1,
//! virtual machines, and everybody who is in no unit.
//!
//! Drop-ins of ours hold it for what starts later and over a reboot. What runs is told by
//! `systemctl set-property`, whose own drop-in is taken away at once: lists in several drop-ins
//! merge (systemd.unit(5)), and ours say the same. `user.slice` itself stays free, for units are
//! in it. What counts is what the kernel's cgroup files say. When it ends they name all CPUs, which
//! is as good as none: the kernel does not empty the list of a cgroup that has processes (ENOSPC,
//! which is why an empty `AllowedCPUs=` changes nothing; measured on Linux 6.1 and 6.12).

use std::{collections::BTreeSet, fmt};

use kloigos_model::cpu::CpuSet;

use super::{
    Presence, Setting,
    parts::{Part, PartChange, Parts, Seen as PartSeen},
};
use crate::{
    facts::topology,
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    state,
    sys::{Command, Host, Sys, must, read_text},
};

const UNITS: &str = "/etc/systemd/system";
const RUNTIME: &str = "/run/systemd/system.control";
const CGROUPS: &str = "/sys/fs/cgroup";
/// Where the marker of our having been here is, too: its drop-in is removed last.
const SYSTEM: &str = "system.slice";
/// Those that are there whoever has logged in, and the section of their properties.
const OTHERS: [(&str, &str); 2] = [("init.scope", "Scope"), ("machine.slice", "Slice")];
/// How often a change is looked for.
const PATIENCE: u32 = 300;

pub(super) struct Housekeeping {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
    pub(super) cpus: Option<CpuSet>,
}

/// A cgroup of the host's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    unit: String,
    cgroup: String,
    /// What it is confined to; `None` when it is not, or is not there.
    cpus: Option<CpuSet>,
    /// Whether `systemctl set-property` left a drop-in.
    tidy: bool,
}

pub(super) struct Seen {
    online: Option<CpuSet>,
    system: Vec<PartSeen>,
    others: Vec<PartSeen>,
    places: Vec<Place>,
}

pub(super) enum HousekeepingChange {
    Part(PartChange),
    Confine(Place, CpuSet),
    Free(Place, CpuSet),
}

impl fmt::Display for HousekeepingChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(change) => change.fmt(f),
            Self::Confine(place, cpus) => write!(
                f,
                "confine {} to the CPUs {}",
                place.unit,
                cpus.kernel_list()
            ),
            Self::Free(place, _) => write!(f, "let {} use all CPUs again", place.unit),
        }
    }
}

impl Seen {
    fn is_confined(&self, place: &Place) -> bool {
        place.cpus.is_some() && place.cpus != self.online
    }
}

impl Resource for Housekeeping {
    type Observed = Seen;
    type Change = HousekeepingChange;

    fn name(&self) -> &'static str {
        "housekeeping"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        Ok(Seen {
            online: topology::online_cpus(host)?,
            system: self.system().inspect(host)?,
            others: self.others().inspect(host)?,
            places: places(host)?,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<HousekeepingChange>, Refusal> {
        let system = self.system().plan(&have.system)?.into_iter();
        let others = self.others().plan(&have.others)?.into_iter();
        let (system, others) = (
            system.map(HousekeepingChange::Part),
            others.map(HousekeepingChange::Part),
        );
        if let (Presence::Present, Some(cpus)) = (self.presence, &self.cpus) {
            self.check(cpus, have)?;
            let confined = |place: &&Place| place.cpus.as_ref() != Some(cpus) || !place.tidy;
            let open = have.places.iter().filter(confined);
            let open = open.map(|place| HousekeepingChange::Confine(place.clone(), cpus.clone()));
            return Ok(system.chain(others).chain(open).collect());
        }
        let mut changes: Vec<_> = others.collect();
        let ours = system.len() > 0;
        if let Some(all) = &have.online {
            let confined = |place: &&Place| {
                let confined = have.is_confined(place);
                (ours && (confined || !place.tidy)) || (confined && self.is_held(place))
            };
            let confined = have.places.iter().filter(confined);
            changes.extend(confined.map(|p| HousekeepingChange::Free(p.clone(), all.clone())));
        }
        changes.extend(system);
        Ok(changes)
    }

    fn apply(&self, host: &mut dyn Host, change: &HousekeepingChange) -> Result<(), Trouble> {
        match change {
            HousekeepingChange::Part(change) => self.system().apply(host, change),
            HousekeepingChange::Confine(place, cpus) => set(host, place, cpus),
            HousekeepingChange::Free(place, all) => set(host, place, all),
        }
    }
}

impl Housekeeping {
    fn system(&self) -> Parts {
        self.drop_ins(vec![(SYSTEM, "Slice", "50-kloigos.conf")])
    }

    /// Units' own drop-ins come after the one for all users, and begin anew.
    fn others(&self) -> Parts {
        let fixed = OTHERS.map(|(unit, section)| (unit, section, "50-kloigos.conf"));
        let users = ("user-.slice", "Slice", "10-kloigos.conf");
        self.drop_ins(fixed.into_iter().chain([users]).collect())
    }

    fn drop_ins(&self, units: Vec<(&str, &str, &str)>) -> Parts {
        let cpus = self.cpus.as_ref().map(CpuSet::kernel_list);
        let list = cpus.clone().unwrap_or_default();
        let parts = units.into_iter().flat_map(|(unit, section, name)| {
            let dir = format!("{UNITS}/{unit}.d");
            let body =
                format!("# Made by Kloigos.\n[{section}]\nAllowedCPUs=\nAllowedCPUs={list}\n");
            let file = format!("{dir}/{name}");
            [Part::dir(dir, 0o755), Part::file(file, body, 0o644)]
        });
        Parts {
            name: "housekeeping",
            presence: if cpus.is_some() {
                self.presence
            } else {
                Presence::Absent
            },
            of: parts.collect(),
        }
    }

    /// Whether what is to go holds it, even where somebody took the marker away.
    fn is_held(&self, place: &Place) -> bool {
        self.presence == Presence::Absent && place.cpus.is_some() && place.cpus == self.cpus
    }

    fn check(&self, cpus: &CpuSet, have: &Seen) -> Result<(), Refusal> {
        let missing = have.online.as_ref().and_then(|all| cpus.subtract(all));
        if let Some(missing) = missing {
            return Err(Refusal(format!(
                "the server has no CPUs {missing} online for housekeeping"
            )));
        }
        match have.places.iter().find(|place| have.is_confined(place)) {
            Some(place) if !self.setting.recorded => Err(Refusal(format!(
                "{} is confined to CPUs already, and not by us; undo that (systemctl revert {}) \
                 or choose no housekeeping CPUs",
                place.unit, place.unit
            ))),
            _ => Ok(()),
        }
    }
}

/// Everything of the host's own that is there now, or that a drop-in was left for.
fn places(host: &mut dyn Host) -> Result<Vec<Place>, Trouble> {
    let units = state::uids(host)?;
    let mut names: BTreeSet<String> = OTHERS.map(|(unit, _)| unit.to_owned()).into();
    names.insert(SYSTEM.to_owned());
    for dir in [format!("{CGROUPS}/user.slice"), RUNTIME.to_owned()] {
        let there = host.list(&dir)?.unwrap_or_default().into_iter();
        let there = there.map(|name| name.trim_end_matches(".d").to_owned());
        let people =
            |name: &String| paths::user_of_slice(name).is_some_and(|uid| !units.contains(&uid));
        names.extend(there.filter(people));
    }
    let mut places = Vec::new();
    for unit in names {
        let cgroup = match paths::user_of_slice(&unit) {
            Some(_) => format!("{CGROUPS}/user.slice/{unit}"),
            None => format!("{CGROUPS}/{unit}"),
        };
        let tidy = is_tidy(host, &unit)?;
        if host.stat(&cgroup)?.is_some() || !tidy {
            let cpus = confinement(host, &cgroup)?;
            places.push(Place {
                unit,
                cgroup,
                cpus,
                tidy,
            });
        }
    }
    Ok(places)
}

fn cpuset(cgroup: &str) -> String {
    format!("{cgroup}/cpuset.cpus")
}

/// Empty is not confined.
fn confinement(host: &mut dyn Host, cgroup: &str) -> Sys<Option<CpuSet>> {
    let text = read_text(host, &cpuset(cgroup))?.unwrap_or_default();
    Ok(text.trim().parse().ok())
}

/// What `systemctl set-property --runtime` writes for this property.
const LEFT: &str = "50-AllowedCPUs.conf";

fn left_in(unit: &str) -> String {
    format!("{RUNTIME}/{unit}.d")
}

/// Whether nothing of that is left, not even a directory for it.
fn is_tidy(host: &mut dyn Host, unit: &str) -> Sys<bool> {
    let names = host.list(&left_in(unit))?;
    Ok(names.is_none_or(|names| !names.is_empty() && names.iter().all(|name| name != LEFT)))
}

/// PID 1 writes the cgroup file after it has answered.
fn set(host: &mut dyn Host, place: &Place, cpus: &CpuSet) -> Result<(), Trouble> {
    let property = format!("AllowedCPUs={}", cpus.kernel_list());
    let argv = [
        "systemctl",
        "set-property",
        "--runtime",
        &place.unit,
        &property,
    ];
    must(host, &Command::new(argv))?;
    for _ in 0..PATIENCE {
        let there = host.stat(&place.cgroup)?.is_some();
        if !there || confinement(host, &place.cgroup)?.as_ref() == Some(cpus) {
            break;
        }
        host.pause()?;
    }
    let dir = left_in(&place.unit);
    host.remove(&format!("{dir}/{LEFT}"))?;
    if host.list(&dir)?.is_some_and(|names| names.is_empty()) {
        host.remove(&dir)?;
    }
    Ok(())
}
