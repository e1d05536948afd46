//! A look at a server, and at a layout for it, that changes and keeps nothing.

use std::net::IpAddr;

use kloigos_model::{
    cpu::CpuSet,
    host::Facts,
    layout::{self, Numbering, Slot, Split},
    limits::Limits,
    names::LoginName,
    preflight::Finding,
    ssh::PublicKey,
};

use crate::refusal::Refusal;

/// A look at a server.
#[derive(Debug, Clone)]
pub struct Probe {
    /// Its address.
    pub ip: IpAddr,
    /// The port of its SSH daemon.
    pub ssh_port: u16,
    /// The login; `None` is the setting's.
    pub ssh_user: Option<LoginName>,
    /// The host key it must show.
    pub host_key: Option<PublicKey>,
    /// How it would be cut.
    pub layout: Option<WantedLayout>,
}

/// A layout that is thought of.
#[derive(Debug, Clone)]
pub struct WantedLayout {
    /// Which CPUs become units.
    pub cutting: Cutting,
    /// Where the numbers of the units begin.
    pub numbering: Numbering,
}

/// Which CPUs become units.
#[derive(Debug, Clone)]
pub enum Cutting {
    /// These.
    Ranges(Vec<CpuSet>),
    /// As the server's build has it.
    Split {
        /// How.
        how: Split,
        /// How many CPUs at least stay with the host; `None` for the usual.
        housekeeping: Option<usize>,
    },
}

/// What a look at a server saw.
#[derive(Debug, Clone)]
pub struct Probed {
    /// What the server is.
    pub facts: Facts,
    /// What is wrong with it, and with the layout for it.
    pub findings: Vec<Finding>,
    /// The host key it proved to have.
    pub host_key: PublicKey,
    /// What an init would make of it.
    pub plan: Option<Plan>,
}

/// What an init would make.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The units, in order.
    pub units: Vec<PlannedUnit>,
    /// The CPUs of none.
    pub housekeeping: Option<CpuSet>,
}

/// A unit that an init would make.
#[derive(Debug, Clone)]
pub struct PlannedUnit {
    /// Its CPUs and numbers.
    pub slot: Slot,
    /// The memory nodes of its CPUs; `None` when it has CPUs that are not there.
    pub memory_nodes: Option<CpuSet>,
    /// What it may use unless something else is asked for.
    pub limits: Limits,
}

impl WantedLayout {
    /// What an init would make of this server.
    pub(crate) fn plan(&self, facts: &Facts) -> Result<Plan, Refusal> {
        let conflict = |reason: String| Refusal::Conflict { reason };
        let topology = &facts.topology;
        let ranges = match &self.cutting {
            Cutting::Ranges(ranges) => ranges.clone(),
            Cutting::Split { how, housekeeping } => {
                let kept = housekeeping.unwrap_or_else(|| layout::usual_housekeeping(topology));
                layout::split(topology, *how, kept).map_err(|fault| conflict(fault.to_string()))?
            }
        };
        let slots = layout::plan(&ranges, self.numbering);
        let slots = slots.map_err(|fault| conflict(fault.to_string()))?;
        let taken = ranges.iter().cloned().reduce(|all, one| all.union(&one));
        let housekeeping = match (topology.cpu_set(), taken) {
            (Some(all), Some(taken)) => all.subtract(&taken),
            (all, _) => all,
        };
        let unit = |slot: Slot| PlannedUnit {
            memory_nodes: topology.memory_nodes(&slot.cpus),
            limits: layout::default_limits(facts, &slot.cpus, &ranges),
            slot,
        };
        Ok(Plan {
            units: slots.into_iter().map(unit).collect(),
            housekeeping,
        })
    }
}

impl Plan {
    /// Its units as an init takes them.
    pub(crate) fn slots(&self) -> Vec<Slot> {
        self.units.iter().map(|unit| unit.slot.clone()).collect()
    }
}
