//! Memory, tasks and disk bandwidth: the unit's cgroup files.

use std::collections::BTreeSet;

use kloigos_model::host::{Check, Promise, UnitSpec, Verdict};

use super::{common::Common, disk, not_promised, same, systemd};
use crate::{
    facts::{devices, mounts},
    fault::Trouble,
    paths,
    sys::{Host, read_text},
};

/// The kernel counts memory limits in pages.
const PAGE: u64 = 4096;

pub(super) fn checks(
    host: &mut dyn Host,
    common: &Common,
    unit: &UnitSpec,
) -> Result<Vec<Check>, Trouble> {
    if host.stat(&paths::cgroup(unit.uid))?.is_none() {
        return at_next_start(host, unit);
    }
    let limits = &unit.limits;
    let memory = |limit: Option<u64>| limit.map(|bytes| (bytes / PAGE * PAGE).to_string());
    let files = [
        (Promise::Memory, "memory.max", memory(limits.memory_max)),
        (Promise::Memory, "memory.high", memory(limits.memory_high)),
        (Promise::Memory, "memory.swap.max", memory(limits.swap_max)),
        (
            Promise::Tasks,
            "pids.max",
            limits.tasks_max.map(|tasks| tasks.to_string()),
        ),
        (
            Promise::Io,
            "io.weight",
            limits.io_weight.map(|weight| format!("default {weight}")),
        ),
    ];
    let mut checks = Vec::new();
    for (promise, file, wanted) in files {
        let (path, found) = read(host, unit.uid, file)?;
        checks.push(match wanted {
            Some(wanted) => same(promise, file, wanted, found, path),
            None => not_promised(promise, file, found),
        });
    }
    checks.push(bandwidth(host, common, unit)?);
    Ok(checks)
}

/// A slice that is not there limits nothing; PID 1 tells what it will give it.
fn at_next_start(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Check>, Trouble> {
    let slice = systemd::slice(host, unit.uid)?;
    let limits = &unit.limits;
    let properties = [
        (Promise::Memory, "MemoryMax", limits.memory_max),
        (Promise::Memory, "MemoryHigh", limits.memory_high),
        (Promise::Memory, "MemorySwapMax", limits.swap_max),
        (Promise::Tasks, "TasksMax", limits.tasks_max),
        (Promise::Io, "IOWeight", limits.io_weight.map(u64::from)),
    ];
    let check = |(promise, property, limit): (Promise, &str, Option<u64>)| {
        let name = format!("{property} at the next start");
        let found = slice.get(property).cloned().unwrap_or_default();
        match limit {
            Some(limit) => same(
                promise,
                name,
                limit.to_string(),
                found,
                systemd::evidence(unit.uid),
            ),
            None => not_promised(promise, name, found),
        }
    };
    Ok(properties.map(check).into())
}

fn read(host: &mut dyn Host, uid: u32, file: &str) -> Result<(String, String), Trouble> {
    let path = format!("{}/{file}", paths::cgroup(uid));
    let text = read_text(host, &path)?;
    let found = text.map_or_else(|| "no such file".to_owned(), |text| text.trim().to_owned());
    Ok((path, found))
}

/// `io.max` has a line per disk that is limited: `254:0 rbps=2000000 wbps=max riops=max wiops=max`
/// (Documentation/admin-guide/cgroup-v2.rst).
fn bandwidth(host: &mut dyn Host, common: &Common, unit: &UnitSpec) -> Result<Check, Trouble> {
    let (path, found) = read(host, unit.uid, "io.max")?;
    let wanted = [
        ("rbps", unit.limits.io_read_bytes),
        ("wbps", unit.limits.io_write_bytes),
    ];
    let wanted: Vec<String> = wanted
        .iter()
        .filter_map(|(name, limit)| Some(format!("{name}={}", (*limit)?)))
        .collect();
    if wanted.is_empty() {
        return Ok(not_promised(Promise::Io, "io.max", found));
    }
    let disks = disks(host, common, unit)?;
    let limited = |number: &String| {
        let mut lines = found.lines().map(|line| line.split_whitespace());
        lines.any(|mut words| {
            words.next() == Some(number) && {
                let words: Vec<&str> = words.collect();
                wanted.iter().all(|limit| words.contains(&limit.as_str()))
            }
        })
    };
    let open: Vec<&String> = disks.iter().filter(|number| !limited(number)).collect();
    let verdict = if open.is_empty() {
        Verdict::Kept
    } else {
        Verdict::Broken
    };
    Ok(Check {
        promise: Promise::Io,
        check: "io.max".to_owned(),
        wanted: format!("{} of each of {}", wanted.join(" "), disks.join(", ")),
        found: found.replace('\n', "; "),
        verdict,
        evidence: path,
    })
}

/// The disks under the file systems that the unit can fill.
fn disks(host: &mut dyn Host, common: &Common, unit: &UnitSpec) -> Result<Vec<String>, Trouble> {
    let mut disks = BTreeSet::new();
    for place in disk::places(unit) {
        if let Some(mount) = mounts::holding(&common.mounts, &place) {
            disks.extend(devices::disks_under(host, mount)?);
        }
    }
    Ok(disks.into_iter().collect())
}
