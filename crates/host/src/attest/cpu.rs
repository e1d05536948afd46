//! CPUs and memory nodes: what the unit's cgroup says is in force, and what its processes may use.

use kloigos_model::{
    cpu::CpuSet,
    host::{Check, Promise, UnitSpec, Verdict},
};

use super::{common::Common, kept_if, same, systemd};
use crate::{
    facts::processes::Process,
    fault::Trouble,
    paths,
    sys::{Host, read_text},
};

const USER_SLICE: &str = "/sys/fs/cgroup/user.slice";

pub(super) fn checks(
    host: &mut dyn Host,
    common: &Common,
    unit: &UnitSpec,
) -> Result<Vec<Check>, Trouble> {
    let mut checks = in_force(host, unit)?;
    let processes = common.of_user(host, unit.uid, |process| {
        within(&process.cpus, &unit.cpus) && within(&process.nodes, &unit.memory_nodes)
    })?;
    checks.push(of_processes(unit, &processes, Promise::Cpu));
    checks.push(of_processes(unit, &processes, Promise::MemoryNodes));
    checks.push(alone(host, common, unit)?);
    Ok(checks)
}

/// A slice that is not there has no CPUs; then PID 1 tells what it will give it.
fn in_force(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Check>, Trouble> {
    let files = [
        (Promise::Cpu, "cpuset.cpus.effective", &unit.cpus),
        (
            Promise::MemoryNodes,
            "cpuset.mems.effective",
            &unit.memory_nodes,
        ),
    ];
    let cgroup = paths::cgroup(unit.uid);
    if host.stat(&cgroup)?.is_none() {
        return at_next_start(host, unit);
    }
    let mut checks = Vec::new();
    for (promise, file, set) in files {
        let path = format!("{cgroup}/{file}");
        let found = read_text(host, &path)?;
        let found = found.map_or_else(|| "no such file".to_owned(), |text| text.trim().to_owned());
        checks.push(same(promise, file, set.kernel_list(), found, path));
    }
    Ok(checks)
}

fn at_next_start(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Check>, Trouble> {
    let slice = systemd::slice(host, unit.uid)?;
    let properties = [
        (Promise::Cpu, "AllowedCPUs", &unit.cpus),
        (
            Promise::MemoryNodes,
            "AllowedMemoryNodes",
            &unit.memory_nodes,
        ),
    ];
    let checks = properties.map(|(promise, property, set)| {
        let found = slice.get(property).map(|text| text.replace(' ', ","));
        same(
            promise,
            format!("{property} at the next start"),
            set.kernel_list(),
            found.unwrap_or_default(),
            systemd::evidence(unit.uid),
        )
    });
    Ok(checks.into())
}

fn of_processes(unit: &UnitSpec, processes: &[Process], promise: Promise) -> Check {
    let (line, wanted) = match promise {
        Promise::Cpu => ("Cpus_allowed_list", &unit.cpus),
        _ => ("Mems_allowed_list", &unit.memory_nodes),
    };
    let of = |process: &Process| match promise {
        Promise::Cpu => process.cpus.clone(),
        _ => process.nodes.clone(),
    };
    let outside: Vec<String> = processes
        .iter()
        .filter(|process| !within(&of(process), wanted))
        .map(|process| format!("{} of process {}", of(process), process.pid))
        .collect();
    let list = wanted.kernel_list();
    Check {
        promise,
        check: format!("{line} of its processes"),
        wanted: format!("within {list}"),
        found: if outside.is_empty() {
            format!("all {} within {list}", processes.len())
        } else {
            outside.join(", ")
        },
        verdict: kept_if(outside.is_empty()),
        evidence: "/proc/PID/status".to_owned(),
    }
}

/// A thread may narrow its own set, never widen it (`sched_setaffinity(2)`).
fn within(list: &str, wanted: &CpuSet) -> bool {
    list.parse::<CpuSet>()
        .is_ok_and(|set| set.is_subset(wanted))
}

/// No other unit's slice has one of its CPUs. Units are those that the rules know.
fn alone(host: &mut dyn Host, common: &Common, unit: &UnitSpec) -> Result<Check, Trouble> {
    let mut sharing = Vec::new();
    for uid in common.neighbours(unit.uid) {
        let path = format!("{}/cpuset.cpus.effective", paths::cgroup(uid));
        let text = read_text(host, &path)?.unwrap_or_default();
        let theirs = text.trim().parse::<CpuSet>().ok();
        if let Some(shared) = theirs.and_then(|theirs| theirs.intersection(&unit.cpus)) {
            sharing.push(format!(
                "{} with {}",
                shared.kernel_list(),
                paths::slice(uid)
            ));
        }
    }
    Ok(Check {
        promise: Promise::Cpu,
        check: "CPUs that another unit's slice has too".to_owned(),
        wanted: "none".to_owned(),
        found: if sharing.is_empty() {
            "none".to_owned()
        } else {
            sharing.join(", ")
        },
        verdict: if sharing.is_empty() {
            Verdict::Kept
        } else {
            Verdict::Broken
        },
        evidence: format!("{USER_SLICE}/user-UID.slice/cpuset.cpus.effective"),
    })
}
