//! A slice's limits: as properties of systemd, and as the kernel's cgroup files print them.

use std::collections::{BTreeMap, BTreeSet};

use kloigos_model::{cpu::CpuSet, host::UnitSpec};

use crate::{
    fault::Trouble,
    paths,
    sys::{Host, read_text},
};

/// The kernel counts memory limits in pages.
const PAGE: u64 = 4096;
/// What `io.weight` is where nobody says (cgroup v2).
const WEIGHT: u64 = 100;

/// The limits, as the kernel's cgroup files print them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) cpus: Option<CpuSet>,
    pub(super) nodes: Option<CpuSet>,
    memory: String,
    memory_high: String,
    swap: String,
    tasks: String,
    weight: u64,
    /// By disk: what may be read and written a second.
    bandwidth: BTreeMap<String, (String, String)>,
}

/// What a slice of this unit should say, its directories lying on these disks.
pub(super) fn wanted(unit: &UnitSpec, disks: &BTreeSet<String>) -> Limits {
    let limits = &unit.limits;
    let memory = |limit: Option<u64>| number(limit.map(|bytes| bytes / PAGE * PAGE), "max");
    let both = (
        number(limits.io_read_bytes, "max"),
        number(limits.io_write_bytes, "max"),
    );
    let any = limits.io_read_bytes.or(limits.io_write_bytes).is_some();
    let limited = disks.iter().filter(|_| any);
    Limits {
        cpus: Some(unit.cpus.clone()),
        nodes: Some(unit.memory_nodes.clone()),
        memory: memory(limits.memory_max),
        memory_high: memory(limits.memory_high),
        swap: memory(limits.swap_max),
        tasks: number(limits.tasks_max, "max"),
        weight: limits.io_weight.map_or(WEIGHT, u64::from),
        bandwidth: limited.map(|disk| (disk.clone(), both.clone())).collect(),
    }
}

/// The same as properties of the slice (`systemd.resource-control(5)`).
///
/// A property without a value is reset. The io controller is switched on where some unit has an IO
/// property with one, so there are none without a limit.
pub(super) fn properties(unit: &UnitSpec, disks: &BTreeSet<String>) -> Vec<String> {
    let limits = &unit.limits;
    let infinite = |limit| number(limit, "infinity");
    let mut properties = vec![
        format!("AllowedCPUs={}", unit.cpus.kernel_list()),
        format!("AllowedMemoryNodes={}", unit.memory_nodes.kernel_list()),
        format!("MemoryMax={}", infinite(limits.memory_max)),
        format!("MemoryHigh={}", infinite(limits.memory_high)),
        format!("MemorySwapMax={}", infinite(limits.swap_max)),
        format!("TasksMax={}", infinite(limits.tasks_max)),
        format!("IOWeight={}", number(limits.io_weight.map(u64::from), "")),
    ];
    for (name, limit) in [
        ("IOReadBandwidthMax", limits.io_read_bytes),
        ("IOWriteBandwidthMax", limits.io_write_bytes),
    ] {
        properties.push(format!("{name}="));
        let each = limit.into_iter().flat_map(|limit| {
            let disks = disks.iter();
            disks.map(move |disk| format!("{name}=/dev/block/{disk} {limit}"))
        });
        properties.extend(each);
    }
    properties
}

fn number(limit: Option<u64>, none: &str) -> String {
    limit.map_or(none.to_owned(), |limit| limit.to_string())
}

/// The limits of a slice that is active. A controller that is not switched on has no file, and
/// limits nothing.
pub(super) fn of_slice(host: &mut dyn Host, uid: u32) -> Result<Option<Limits>, Trouble> {
    let cgroup = paths::cgroup(uid);
    if host.stat(&cgroup)?.is_none() {
        return Ok(None);
    }
    let mut file = |name: &str| -> Result<String, Trouble> {
        let text = read_text(host, &format!("{cgroup}/{name}"))?.unwrap_or_default();
        Ok(text.trim().to_owned())
    };
    Ok(Some(Limits {
        cpus: file("cpuset.cpus")?.parse().ok(),
        nodes: file("cpuset.mems")?.parse().ok(),
        memory: file("memory.max")?,
        memory_high: file("memory.high")?,
        swap: file("memory.swap.max")?,
        tasks: file("pids.max")?,
        weight: weight(&file("io.weight")?),
        bandwidth: bandwidth(&file("io.max")?),
    }))
}

/// `default 100`, and a line for each disk with another.
fn weight(text: &str) -> u64 {
    let value = text.lines().find_map(|line| line.strip_prefix("default "));
    value.and_then(|value| value.parse().ok()).unwrap_or(WEIGHT)
}

/// `254:0 rbps=2000000 wbps=max riops=max wiops=max`, a line for each disk with a limit.
fn bandwidth(text: &str) -> BTreeMap<String, (String, String)> {
    let line = |line: &str| {
        let (disk, rest) = line.split_once(' ')?;
        let value = |name: &str| rest.split(' ').find_map(|word| word.strip_prefix(name));
        let (read, write) = (value("rbps=")?, value("wbps=")?);
        let limits = (read != "max" || write != "max").then(|| (read.to_owned(), write.to_owned()));
        Some((disk.to_owned(), limits?))
    };
    text.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn io_files_are_read_and_hostile_ones_limit_nothing() {
        assert_eq!(weight("default 50\n254:0 70"), 50);
        let both = "254:0 rbps=2000000 wbps=max riops=max wiops=max\n\
                    254:16 rbps=max wbps=max riops=5 wiops=max";
        let limits = bandwidth(both);
        assert_eq!(limits["254:0"], ("2000000".to_owned(), "max".to_owned()));
        assert_eq!(limits.len(), 1);
        for text in [
            "",
            " ",
            "254:0",
            "254:0 rbps",
            "default x",
            "\u{fffd} wbps=1",
        ] {
            assert_eq!(weight(text), WEIGHT);
            assert!(bandwidth(text).is_empty());
        }
    }
}
