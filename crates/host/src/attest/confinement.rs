//! Nothing of a unit runs outside its slice, and of a unit that should not run, nothing does.

use kloigos_model::host::{Check, Promise, UnitSpec};

use super::{Life, common::Common, is_in, kept_if, same};
use crate::{
    facts::{freezer, processes::Process},
    fault::Trouble,
    paths,
    sys::Host,
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

/// All of a frozen unit stands still; nothing does of one that runs.
fn standing_still(
    host: &mut dyn Host,
    unit: &UnitSpec,
    life: Life,
) -> Result<Option<Check>, Trouble> {
    let freezer = freezer::look(host, unit.uid)?;
    let is_frozen = life == Life::Frozen;
    if life == Life::Nothing || (!is_frozen && !freezer.exists) {
        return Ok(None);
    }
    let slice = paths::cgroup(unit.uid);
    let otherwise = if is_frozen {
        freezer.running.first()
    } else {
        freezer.frozen.first().or(freezer.slice.then_some(&slice))
    };
    let (wanted, other) = if is_frozen {
        ("frozen 1", "frozen 0")
    } else {
        ("frozen 0", "frozen 1")
    };
    let found = match otherwise {
        _ if !freezer.exists => "no cgroup",
        Some(_) => other,
        None => wanted,
    };
    let evidence = format!("{}/cgroup.events", otherwise.unwrap_or(&slice));
    Ok(Some(same(
        Promise::Confinement,
        "cgroup.events",
        wanted,
        found,
        evidence,
    )))
}
