//! A compute unit.

use kloigos_control::{UnitRecord, UnitSummary};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::AttestationSummaryView;

/// A compute unit. The first twelve fields are those of v0.2, in its order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ComputeUnitResponse {
    /// Its name, such as `host1_0-15`.
    pub compute_id: String,
    /// Its server's name.
    pub hostname: String,
    /// Its server's address.
    pub ip: String,
    /// How many CPUs it has.
    pub cpu_count: usize,
    /// Its CPUs in their canonical spelling, such as `0-15`.
    pub cpu_range: String,
    /// Its server's region.
    pub region: String,
    /// Its server's zone.
    pub zone: String,
    /// Where it is in its life, such as `free`.
    pub status: String,
    /// When its present tenant could first log in (RFC 3339, UTC).
    #[schema(required = true, format = DateTime)]
    pub started_at: Option<String>,
    /// What its tenant wrote on it; empty when it is free, null when the tenant gave null.
    #[schema(required = true, value_type = Option<Object>)]
    pub tags: Option<Value>,
    /// Every one of its CPUs, such as `0,1,2,3`.
    pub cpu_list: String,
    /// Its ports, half-open: `2000-2200` is 2000 to 2199.
    #[schema(required = true)]
    pub ports_range: Option<String>,
    /// The tenancy it is in; deallocate with it, and no other tenancy is hit.
    #[schema(required = true)]
    pub allocation_id: Option<String>,
    /// The Unix user that its tenant logs in as.
    pub user: String,
    /// Its NUMA memory nodes, such as `0`; null until its server told its topology.
    #[schema(required = true)]
    pub memory_nodes: Option<String>,
    /// Why it is in quarantine or not as it should be, and what to do.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// Whether its tenant's processes run: `running`, `frozen` or `stopped`; null when it has none.
    #[schema(required = true)]
    pub activity: Option<String>,
    /// What the kernel said last of its promises in this tenancy; null before it was asked.
    #[schema(required = true)]
    pub attestation: Option<AttestationSummaryView>,
    /// What a person does about its quarantine; null when it is in none.
    #[schema(required = true)]
    pub next_action: Option<String>,
}

impl From<UnitRecord> for ComputeUnitResponse {
    fn from(unit: UnitRecord) -> Self {
        UnitSummary::from(unit).into()
    }
}

impl From<UnitSummary> for ComputeUnitResponse {
    fn from(unit: UnitSummary) -> Self {
        Self {
            compute_id: unit.id.to_string(),
            hostname: unit.hostname.to_string(),
            ip: unit.ip.to_string(),
            cpu_count: unit.cpus.len(),
            cpu_range: unit.cpus.to_string(),
            region: unit.region.to_string(),
            zone: unit.zone.to_string(),
            status: unit.status.to_string(),
            started_at: unit.started_at.map(|at| at.to_string()),
            tags: unit.tags.map(Value::from),
            cpu_list: unit.cpus.expanded(),
            ports_range: Some(unit.ports.to_string()),
            allocation_id: unit.allocation.map(|id| id.to_string()),
            user: unit.user.to_string(),
            memory_nodes: unit.memory_nodes.map(|nodes| nodes.kernel_list()),
            reason: unit.reason,
            activity: unit.activity.map(|activity| activity.to_string()),
            attestation: unit.attestation.map(AttestationSummaryView::from),
            next_action: unit.status.next_action().map(str::to_owned),
        }
    }
}
