//! CPUs and NUMA nodes, from `/sys/devices/system`
//! (`Documentation/ABI/stable/sysfs-devices-node`, `…/testing/sysfs-devices-system-cpu`).

use kloigos_model::{
    cpu::CpuSet,
    topology::{Cpu, Node, Topology},
};

use super::system::kibibytes;
use crate::{
    fault::Trouble,
    sys::{Host, read_text},
};

const CPUS: &str = "/sys/devices/system/cpu";
const NODES: &str = "/sys/devices/system/node";

pub(super) fn read(host: &mut dyn Host) -> Result<Topology, Trouble> {
    let nodes = nodes(host)?;
    let mut cpus = Vec::new();
    for id in set(host, &format!("{CPUS}/online"))?
        .iter()
        .flat_map(CpuSet::iter)
    {
        cpus.push(cpu(host, id, &nodes)?);
    }
    Ok(Topology { cpus, nodes })
}

fn cpu(host: &mut dyn Host, id: u32, nodes: &[Node]) -> Result<Cpu, Trouble> {
    let dir = format!("{CPUS}/cpu{id}");
    let topology = format!("{dir}/topology");
    let alone = CpuSet::of([id]).ok_or_else(|| Trouble::text(CPUS, "a CPU number is too large"))?;
    // `thread_siblings_list` is the name before Linux 5.
    let siblings = match set(host, &format!("{topology}/core_cpus_list"))? {
        Some(siblings) => Some(siblings),
        None => set(host, &format!("{topology}/thread_siblings_list"))?,
    };
    let home = nodes.iter().find(|node| {
        let cpus = node.cpus.as_ref();
        cpus.is_some_and(|cpus| cpus.contains(id))
    });
    Ok(Cpu {
        id,
        package: number(host, &format!("{topology}/physical_package_id"))?,
        node: home.map_or(0, |node| node.id),
        core: number(host, &format!("{topology}/core_id"))?,
        siblings: siblings.unwrap_or(alone),
        l3: last_level_cache(host, &dir)?,
    })
}

fn last_level_cache(host: &mut dyn Host, cpu: &str) -> Result<Option<CpuSet>, Trouble> {
    let caches = host.list(&format!("{cpu}/cache"))?.unwrap_or_default();
    let mut last: Option<(u32, String)> = None;
    for index in caches.iter().filter(|name| name.starts_with("index")) {
        let dir = format!("{cpu}/cache/{index}");
        let level = number(host, &format!("{dir}/level"))?;
        if level >= 3 && last.as_ref().is_none_or(|(known, _)| level > *known) {
            last = Some((level, dir));
        }
    }
    match last {
        Some((_, dir)) => set(host, &format!("{dir}/shared_cpu_list")),
        None => Ok(None),
    }
}

fn nodes(host: &mut dyn Host) -> Result<Vec<Node>, Trouble> {
    let online = set(host, &format!("{NODES}/online"))?;
    let mut nodes = Vec::new();
    for id in online.iter().flat_map(CpuSet::iter) {
        nodes.push(node(host, id)?);
    }
    if nodes.is_empty() {
        nodes.push(only_node(host)?);
    }
    Ok(nodes)
}

fn node(host: &mut dyn Host, id: u32) -> Result<Node, Trouble> {
    let dir = format!("{NODES}/node{id}");
    let memory = read_text(host, &format!("{dir}/meminfo"))?.unwrap_or_default();
    let distances = read_text(host, &format!("{dir}/distance"))?.unwrap_or_default();
    let distances = distances
        .split_whitespace()
        .filter_map(|number| number.parse().ok());
    Ok(Node {
        id,
        cpus: set(host, &format!("{dir}/cpulist"))?,
        memory_bytes: kibibytes(&memory, "MemTotal:").unwrap_or(0),
        distances: distances.collect(),
    })
}

/// A kernel without NUMA shows no nodes; everything is node 0.
fn only_node(host: &mut dyn Host) -> Result<Node, Trouble> {
    Ok(Node {
        id: 0,
        cpus: set(host, &format!("{CPUS}/online"))?,
        memory_bytes: super::system::memory(host)?,
        distances: vec![10],
    })
}

/// A CPU list of the kernel; `None` when it is not there or empty.
fn set(host: &mut dyn Host, path: &str) -> Result<Option<CpuSet>, Trouble> {
    let text = read_text(host, path)?.unwrap_or_default();
    match text.trim() {
        "" => Ok(None),
        list => list
            .parse()
            .map(Some)
            .map_err(|error| Trouble::text(path, error)),
    }
}

/// A number; 0 where the kernel says nothing or -1, as some virtual machines do.
fn number(host: &mut dyn Host, path: &str) -> Result<u32, Trouble> {
    let text = read_text(host, path)?.unwrap_or_default();
    Ok(text.trim().parse().unwrap_or(0))
}

/// The CPUs that are online.
pub fn online_cpus(host: &mut dyn Host) -> Result<Option<CpuSet>, Trouble> {
    set(host, &format!("{CPUS}/online"))
}

/// The nodes that have memory; node 0 where the kernel knows no nodes.
pub fn memory_nodes(host: &mut dyn Host) -> Result<Option<CpuSet>, Trouble> {
    let nodes = set(host, &format!("{NODES}/has_memory"))?;
    Ok(nodes.or_else(|| CpuSet::of([0])))
}
