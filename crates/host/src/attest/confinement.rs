//! Nothing of a unit runs outside its slice, and of a unit that should not run, nothing does.

use kloigos_model::host::{Check, Promise, UnitSpec};

use super::{Life, common::Common, is_in, kept_if, same};
use crate::{
    facts::processes::Process,
    fault::Trouble,
    paths,
    sys::{Host, read_text},
};

pub(super) fn checks(
    host: &mut dyn Host,
    common: &Common,
    unit: &UnitSpec,
) -> Result<Vec<Check>, Trouble> {
    let slice = format!("/user.slice/{}", paths::slice(unit.uid));
    let manager = format!("{slice}/{}", paths::manager(unit.uid));
    let life = Life::of(unit);
    let inside = |process: &Process| match life {
        Life::Running | Life::Frozen => is_in(&process.cgroup, &slice),
        Life::Warm => is_in(&process.cgroup, &manager),
        Life::Nothing => false,
    };
    let processes = common.of_user(host, unit.uid, inside)?;
    let outside = processes.iter().filter(|process| !inside(process));
    let outside: Vec<String> = outside
        .map(|process| format!("process {} in {}", process.pid, process.cgroup))
        .collect();
    let mut checks = vec![Check {
        promise: Promise::Confinement,
        check: "where its processes are".to_owned(),
        wanted: match life {
            Life::Running | Life::Frozen => format!("in {slice}"),
            Life::Warm => format!("in {manager}"),
            Life::Nothing => "no process".to_owned(),
        },
        found: if outside.is_empty() {
            format!("all {}", processes.len())
        } else {
            outside.join(", ")
        },
        verdict: kept_if(outside.is_empty()),
        evidence: "/proc/PID/cgroup".to_owned(),
    }];
    checks.extend(standing_still(host, unit, life)?);
    Ok(checks)
}

/// What a frozen unit's cgroup says; one that runs must not stand still.
fn standing_still(
    host: &mut dyn Host,
    unit: &UnitSpec,
    life: Life,
) -> Result<Option<Check>, Trouble> {
    let path = format!("{}/cgroup.events", paths::cgroup(unit.uid));
    let events = read_text(host, &path)?;
    if life == Life::Nothing || (life != Life::Frozen && events.is_none()) {
        return Ok(None);
    }
    let events = events.unwrap_or_default();
    let found = events.lines().find(|line| line.starts_with("frozen "));
    let wanted = if life == Life::Frozen {
        "frozen 1"
    } else {
        "frozen 0"
    };
    Ok(Some(same(
        Promise::Confinement,
        "cgroup.events",
        wanted,
        found.unwrap_or("no cgroup"),
        path,
    )))
}
