//! A server's CPUs and memory as the kernel shows them under `/sys/devices/system`.

use serde::{Deserialize, Serialize};

use crate::cpu::CpuSet;

/// CPUs and NUMA nodes of one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topology {
    /// Every CPU that is online, by number.
    pub cpus: Vec<Cpu>,
    /// Every NUMA node that is online, by number.
    pub nodes: Vec<Node>,
}

/// One logical CPU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cpu {
    /// Its number.
    pub id: u32,
    /// Its physical package (socket).
    pub package: u32,
    /// Its NUMA node.
    pub node: u32,
    /// Its core within the package.
    pub core: u32,
    /// The CPUs of the same core, itself among them.
    pub siblings: CpuSet,
    /// The CPUs that share its last-level cache, itself among them; `None` where the kernel does
    /// not tell.
    pub l3: Option<CpuSet>,
}

/// One NUMA node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its number.
    pub id: u32,
    /// Its CPUs; `None` for a node of memory alone.
    pub cpus: Option<CpuSet>,
    /// Its memory in bytes; 0 for a node of CPUs alone.
    pub memory_bytes: u64,
    /// The distance to every node, in the order of [`Topology::nodes`] (10 is itself).
    pub distances: Vec<u32>,
}

impl Topology {
    /// All CPUs that are online; `None` only when the list is empty.
    pub fn cpu_set(&self) -> Option<CpuSet> {
        CpuSet::of(self.cpus.iter().map(|cpu| cpu.id))
    }

    /// The memory nodes of these CPUs: the node of each, or the nearest with memory where it has
    /// none. `None` when a CPU is not there or no node has memory.
    pub fn memory_nodes(&self, cpus: &CpuSet) -> Option<CpuSet> {
        let nodes: Option<Vec<u32>> = cpus.iter().map(|cpu| self.memory_node(cpu)).collect();
        CpuSet::of(nodes?)
    }

    fn memory_node(&self, cpu: u32) -> Option<u32> {
        let home = self.cpus.iter().find(|candidate| candidate.id == cpu)?.node;
        let home = self.nodes.iter().find(|node| node.id == home)?;
        let with_memory = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.memory_bytes > 0);
        let distance = |index: usize| home.distances.get(index).copied().unwrap_or(u32::MAX);
        let nearest = with_memory.min_by_key(|(index, node)| (distance(*index), node.id))?;
        Some(nearest.1.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> CpuSet {
        text.parse().expect("a set")
    }

    fn two_nodes(memory: [u64; 2]) -> Topology {
        let cpus = (0..8)
            .map(|id| Cpu {
                id,
                package: id / 4,
                node: id / 4,
                core: id,
                siblings: set(&id.to_string()),
                l3: None,
            })
            .collect();
        let nodes = vec![
            Node {
                id: 0,
                cpus: Some(set("0-3")),
                memory_bytes: memory[0],
                distances: vec![10, 20],
            },
            Node {
                id: 1,
                cpus: Some(set("4-7")),
                memory_bytes: memory[1],
                distances: vec![20, 10],
            },
        ];
        Topology { cpus, nodes }
    }

    #[test]
    fn memory_nodes_are_those_of_the_cpus() {
        let topology = two_nodes([1, 1]);
        assert_eq!(topology.memory_nodes(&set("0-3")), Some(set("0")));
        assert_eq!(topology.memory_nodes(&set("2-5")), Some(set("0-1")));
        assert_eq!(topology.memory_nodes(&set("6-9")), None);
    }

    #[test]
    fn a_node_without_memory_uses_the_nearest_that_has_some() {
        assert_eq!(two_nodes([1, 0]).memory_nodes(&set("4-7")), Some(set("0")));
        assert_eq!(two_nodes([0, 0]).memory_nodes(&set("4-7")), None);
    }
}
