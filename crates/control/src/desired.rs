//! What should be on a server, from the rows. Pure: the same rows give the same desired state, and
//! rows that give another one have a newer generation.

use kloigos_model::{
    compute_unit::UnitStatus,
    cpu::CpuSet,
    host::{Desired, Measure, ServerSpec, Spec, Tenant, UnitSpec},
};
use kloigos_store::{AllocationRecord, ServerRecord, UnitRecord};

/// The server's own part: it has to know the ports of all its units.
pub(crate) fn server(server: &ServerRecord, units: &[UnitRecord]) -> Desired {
    let declined = |measure: &Measure| server.declined.contains(measure);
    let measures = Measure::ALL.iter().copied();
    Desired {
        generation: server.generation,
        spec: Spec::Server(ServerSpec {
            ports: units.iter().map(|unit| unit.ports).collect(),
            measures: measures.filter(|measure| !declined(measure)).collect(),
            housekeeping: server.housekeeping.clone().filter(|_| server.confined),
        }),
    }
}

/// One unit. It has a tenant while it is being made ready for one and while it is one's; from the
/// moment the tenancy ends, and in every quarantine, it should be empty.
pub(crate) fn unit(unit: &UnitRecord, open: Option<&AllocationRecord>) -> Desired {
    let tenanted = matches!(unit.status, UnitStatus::Allocating | UnitStatus::Allocated);
    let open = open.filter(|_| tenanted);
    let limits = open.map_or(unit.limits, |allocation| allocation.tenancy.limits);
    let node_zero = || CpuSet::of([0]).expect("0 is a node");
    Desired {
        generation: unit.generation,
        spec: Spec::Unit(UnitSpec {
            user: unit.user.clone(),
            uid: unit.uid,
            dir: unit.dir.clone(),
            cpus: unit.cpus.clone(),
            memory_nodes: unit.memory_nodes.clone().unwrap_or_else(node_zero),
            limits,
            ports: unit.ports,
            warm: unit.warm,
            volume: unit.volume.clone(),
            tenant: open.map(tenant),
        }),
    }
}

fn tenant(allocation: &AllocationRecord) -> Tenant {
    let tenancy = &allocation.tenancy;
    Tenant {
        allocation: allocation.id,
        keys: tenancy.keys.clone(),
        resets: tenancy.resets,
        activity: tenancy.activity,
    }
}
