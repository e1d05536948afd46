//! A layout that nobody wrote down: a server's CPUs cut equally, or along its own build. Whole
//! cores, so that no two units share one, and within one node and cache where the sizes allow it.

use std::collections::BTreeMap;

use crate::{
    cpu::CpuSet,
    topology::{Cpu, Topology},
};

crate::text::worded_enum! {
    /// What the CPUs of a unit have in common.
    pub enum Shared {
        /// Their NUMA node.
        Numa = "numa",
        /// Their last-level cache; their node where the kernel tells no cache.
        L3 = "l3",
        /// Their core: a unit is its SMT siblings.
        Core = "core",
    }
}

/// How a server is to be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// Into so many units with equally many cores; what does not divide stays with the host.
    Equal(usize),
    /// Into a unit for each node, cache or core.
    By(Shared),
}

/// Why a server cannot be cut so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// There are fewer cores than units.
    #[error(
        "the server has {cores} cores beside those that the host keeps, which do not make {units} \
         units of whole cores; ask for fewer units or leave fewer CPUs to the host"
    )]
    TooMany {
        /// How many units were asked for.
        units: usize,
        /// How many cores there are for them.
        cores: usize,
    },
    /// The host keeps everything.
    #[error("the host would keep all CPUs of the server; leave fewer to it")]
    Nothing,
}

/// CPUs that stay with the host when nobody says how many: an eighth, and at most four.
pub fn usual_housekeeping(topology: &Topology) -> usize {
    (topology.cpus.len() / 8).min(4)
}

/// The CPUs of each unit. The host keeps whole cores, the first of the machine, with at least so
/// many CPUs.
pub fn split(
    topology: &Topology,
    how: Split,
    housekeeping: usize,
) -> Result<Vec<CpuSet>, SplitError> {
    let cores = cores(topology);
    let mut kept = 0;
    let mut taken = 0;
    while taken < housekeeping && kept < cores.len() {
        taken += cores[kept].len();
        kept += 1;
    }
    let usable = &cores[kept..];
    if usable.is_empty() {
        return Err(SplitError::Nothing);
    }
    match how {
        Split::Equal(units) => equally(usable, units),
        Split::By(shared) => Ok(along(usable, shared)),
    }
}

/// The CPUs of a core.
type Core<'a> = Vec<&'a Cpu>;

fn equally(cores: &[Core<'_>], units: usize) -> Result<Vec<CpuSet>, SplitError> {
    let too_many = || SplitError::TooMany {
        units,
        cores: cores.len(),
    };
    let each = cores.len().checked_div(units).filter(|&each| each > 0);
    let each = each.ok_or_else(too_many)?;
    let cut = cores.chunks_exact(each).take(units);
    Ok(cut.filter_map(|cores| set(cores)).collect())
}

fn along(cores: &[Core<'_>], shared: Shared) -> Vec<CpuSet> {
    let mut groups: Vec<(Vec<u32>, Vec<Core<'_>>)> = Vec::new();
    for core in cores {
        let first = core[0];
        let of = match (shared, &first.l3) {
            (Shared::Core, _) => vec![first.package, first.core, first.siblings.first()],
            (Shared::L3, Some(cache)) => vec![first.node, cache.first()],
            (Shared::L3, None) | (Shared::Numa, _) => vec![first.node],
        };
        match groups.iter_mut().find(|(known, _)| *known == of) {
            Some((_, cores)) => cores.push(core.clone()),
            None => groups.push((of, vec![core.clone()])),
        }
    }
    let sets = groups.iter().filter_map(|(_, cores)| set(cores));
    sets.collect()
}

fn set(cores: &[Core<'_>]) -> Option<CpuSet> {
    CpuSet::of(cores.iter().flatten().map(|cpu| cpu.id))
}

/// The cores in the order in which a machine is cut: by package, node and cache.
fn cores(topology: &Topology) -> Vec<Core<'_>> {
    let mut cores: BTreeMap<(u32, u32, u32), Core<'_>> = BTreeMap::new();
    for cpu in &topology.cpus {
        let core = (cpu.package, cpu.core, cpu.siblings.first());
        cores.entry(core).or_default().push(cpu);
    }
    let mut cores: Vec<Core<'_>> = cores.into_values().collect();
    cores.sort_by_key(|core| {
        let first = core[0];
        let cache = first.l3.as_ref().map_or(0, CpuSet::first);
        (first.package, first.node, cache, first.id)
    });
    cores
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(text: &str) -> CpuSet {
        text.parse().expect("a set")
    }

    /// So many nodes of so many cores with so many halves each, numbered as Linux does: first all
    /// first halves. Two caches in a node of more than one core.
    fn machine(nodes: u32, cores: u32, halves: u32) -> Topology {
        let all = nodes * cores;
        let ids = |of: std::ops::Range<u32>| {
            CpuSet::of(of.flat_map(|core| (0..halves).map(move |half| core + half * all)))
                .expect("CPUs")
        };
        let cpus = (0..all * halves).map(|id| {
            let core = id % all;
            let node = core / cores;
            let cache = core - core % cores.div_ceil(2).max(1);
            let last = (cache + cores.div_ceil(2)).min((node + 1) * cores);
            Cpu {
                id,
                package: 0,
                node,
                core,
                siblings: ids(core..core + 1),
                l3: Some(ids(cache..last.max(core + 1))),
            }
        });
        Topology {
            cpus: cpus.collect(),
            nodes: Vec::new(),
        }
    }

    #[test]
    fn units_get_whole_cores_and_stay_within_their_node() {
        let machine = machine(2, 4, 2);
        let two = split(&machine, Split::Equal(2), 0).expect("a split");
        assert_eq!(two, [set("0-3,8-11"), set("4-7,12-15")]);
        let three = split(&machine, Split::Equal(3), 1).expect("a split");
        assert_eq!(three, [set("1-2,9-10"), set("3-4,11-12"), set("5-6,13-14")]);
    }

    #[test]
    fn a_machine_is_cut_along_its_build() {
        let machine = machine(2, 4, 2);
        let by = |shared| split(&machine, Split::By(shared), 2).expect("a split");
        assert_eq!(by(Shared::Numa), [set("1-3,9-11"), set("4-7,12-15")]);
        let caches = ["1,9", "2-3,10-11", "4-5,12-13", "6-7,14-15"].map(set);
        assert_eq!(by(Shared::L3), caches);
        assert_eq!(by(Shared::Core).len(), 7);
        assert_eq!(by(Shared::Core)[0], set("1,9"));
    }

    #[test]
    fn what_cannot_be_is_told() {
        let machine = machine(1, 4, 2);
        let many = split(&machine, Split::Equal(4), 2).expect_err("three cores");
        assert_eq!(many, SplitError::TooMany { units: 4, cores: 3 });
        assert!(split(&machine, Split::Equal(0), 0).is_err());
        let nothing = split(&machine, Split::By(Shared::Numa), 8);
        assert_eq!(nothing, Err(SplitError::Nothing));
        assert_eq!(usual_housekeeping(&machine), 1);
    }

    proptest! {
        #[test]
        fn no_cpu_is_in_two_units_and_no_core_is_cut(
            nodes in 1_u32..5, cores in 1_u32..17, halves in 1_u32..3,
            units in 1_usize..20, kept in 0_usize..20, how in 0_usize..4,
        ) {
            let machine = machine(nodes, cores, halves);
            let how = match how {
                0 => Split::Equal(units),
                by => Split::By(Shared::ALL[by - 1]),
            };
            let Ok(sets) = split(&machine, how, kept) else { return Ok(()) };
            let all: Vec<u32> = sets.iter().flat_map(CpuSet::iter).collect();
            let one = CpuSet::of(all.iter().copied()).expect("CPUs");
            prop_assert_eq!(one.len(), all.len());
            prop_assert!(machine.cpus.len() - all.len() >= kept.min(machine.cpus.len()));
            for cpu in &machine.cpus {
                for unit in &sets {
                    prop_assert!(!unit.contains(cpu.id) || cpu.siblings.is_subset(unit));
                }
            }
            if let Split::Equal(units) = how {
                prop_assert_eq!(sets.len(), units);
                prop_assert!(sets.iter().all(|set| set.len() == sets[0].len()));
            }
        }
    }
}
