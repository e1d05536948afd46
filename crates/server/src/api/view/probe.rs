//! What a look at a server saw, and what an init would make of it.

use kloigos_control::{Plan, PlannedUnit, Probed};
use serde::Serialize;
use utoipa::ToSchema;

use super::{FactsView, FindingView, HandCutView};

/// What a probe saw. Nothing was changed, and nothing of it is kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProbeView {
    /// The host key that the server proved to have: give it as `host_key` to the init.
    pub host_key: String,
    /// Its fingerprint, as `ssh-keygen -l` prints it.
    pub host_key_fingerprint: String,
    /// What keeps it from being cut, or makes it hold less; none when nothing does.
    pub findings: Vec<FindingView>,
    /// What an init would make of it; null when no layout was asked for.
    #[schema(required = true)]
    pub layout: Option<LayoutView>,
    /// Accounts that somebody confined to CPUs by hand, as if they were units.
    pub cut_by_hand: Vec<HandCutView>,
    /// What the server is.
    pub facts: FactsView,
}

/// What an init would make.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LayoutView {
    /// The CPUs of no unit; null when there are none.
    #[schema(required = true)]
    pub housekeeping_cpus: Option<String>,
    /// The units, in order.
    pub units: Vec<PlannedUnitView>,
}

/// A unit that an init would make.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlannedUnitView {
    /// Its CPUs, as one of an init's `cpu_ranges`.
    pub cpu_range: String,
    /// How many these are.
    pub cpu_count: usize,
    /// The NUMA nodes of its memory; null when it has CPUs that are not there.
    #[schema(required = true)]
    pub memory_nodes: Option<String>,
    /// Its Unix user.
    pub user: String,
    /// Its ports, half-open.
    pub ports_range: String,
    /// The memory that it may use unless something else is asked for, in bytes.
    #[schema(required = true)]
    pub memory_max: Option<u64>,
    /// What it may store, in bytes; null where no quota is enforced.
    #[schema(required = true)]
    pub disk_bytes: Option<u64>,
}

impl From<Probed> for ProbeView {
    fn from(probed: Probed) -> Self {
        let cuts = &probed.facts.cut_by_hand;
        Self {
            host_key_fingerprint: probed.host_key.fingerprint(),
            host_key: probed.host_key.to_string(),
            findings: probed.findings.into_iter().map(FindingView::from).collect(),
            layout: probed.plan.map(LayoutView::from),
            cut_by_hand: cuts.iter().map(HandCutView::from).collect(),
            facts: probed.facts.into(),
        }
    }
}

impl From<Plan> for LayoutView {
    fn from(plan: Plan) -> Self {
        Self {
            housekeeping_cpus: plan.housekeeping.map(|cpus| cpus.kernel_list()),
            units: plan.units.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<PlannedUnit> for PlannedUnitView {
    fn from(unit: PlannedUnit) -> Self {
        Self {
            cpu_range: unit.slot.cpus.to_string(),
            cpu_count: unit.slot.cpus.len(),
            memory_nodes: unit.memory_nodes.map(|nodes| nodes.to_string()),
            user: unit.slot.user.to_string(),
            ports_range: unit.slot.ports.to_string(),
            memory_max: unit.limits.memory_max,
            disk_bytes: unit.limits.disk_bytes,
        }
    }
}
