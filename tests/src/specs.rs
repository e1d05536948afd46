//! What a lab server of eight CPUs in two nodes is asked to be: four units of two CPUs each.

use kloigos_model::{
    cpu::CpuSet,
    host::{Measure, ServerSpec, Spec, UnitSpec},
    limits::Limits,
    names::{DirName, UserName},
    ports::PortRange,
};

/// The server's own part for so many units, with every measure.
pub fn server(units: u32) -> Spec {
    Spec::Server(ServerSpec {
        ports: (0..units).map(ports).collect(),
        measures: Measure::ALL.iter().copied().collect(),
        housekeeping: None,
    })
}

/// Unit 0 to 3, free and warm.
pub fn unit(index: u32, limits: Limits) -> UnitSpec {
    let cpus = CpuSet::of([2 * index, 2 * index + 1]).expect("two CPUs");
    UnitSpec {
        user: UserName::of(&cpus),
        uid: 70_001 + index,
        dir: DirName::of(&cpus),
        memory_nodes: CpuSet::of([index / 2]).expect("a node"),
        limits,
        ports: ports(index),
        warm: true,
        volume: None,
        tenant: None,
        cpus,
    }
}

fn ports(index: u32) -> PortRange {
    PortRange::new(2000 + 200 * index, 2200 + 200 * index).expect("a range")
}
