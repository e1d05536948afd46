//! A tenancy, and one that would be.

use kloigos_control::{AllocationRecord, Placement};
use kloigos_model::ssh::PublicKey;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{ComputeUnitResponse, LimitsView};

/// What an allocate is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum AllocateAnswer {
    /// The unit, once its tenant can log in.
    Allocated(ComputeUnitResponse),
    /// With `dry_run`: the unit that it would be.
    Planned(PlacementView),
}

/// The unit that an allocate would get now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlacementView {
    /// The unit as it is now, free.
    pub unit: ComputeUnitResponse,
    /// What it would run with.
    pub limits: LimitsView,
    /// Why this unit and no other, one sentence each.
    pub reasons: Vec<String>,
    /// Servers that have no unit for it.
    pub passed_over: Vec<PassedOverView>,
}

/// A server without a unit for a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PassedOverView {
    /// Its name.
    pub hostname: String,
    /// Why.
    pub reason: String,
}

/// One tenancy of a unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AllocationView {
    /// Its id.
    pub id: String,
    /// How it stands: `pending`, `active`, `ending`, `ended` or `failed`.
    pub status: String,
    /// The job that made it.
    pub job: String,
    /// What its tenant wrote on the unit; null when it gave null.
    #[schema(required = true, value_type = Option<Object>)]
    pub tags: Option<Value>,
    /// The fingerprints of the keys that let its people in at last.
    pub keys: Vec<String>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When its tenant could first log in.
    #[schema(required = true, format = DateTime)]
    pub started_at: Option<String>,
    /// When it ended.
    #[schema(required = true, format = DateTime)]
    pub ended_at: Option<String>,
    /// Why it ended as it did, where there is more to say.
    #[schema(required = true)]
    pub reason: Option<String>,
}

impl From<Placement> for PlacementView {
    fn from(placement: Placement) -> Self {
        let passed_over = placement.misses.into_iter();
        Self {
            unit: placement.unit.into(),
            limits: placement.limits.into(),
            reasons: placement.reasons,
            passed_over: passed_over
                .map(|(hostname, miss)| PassedOverView {
                    hostname: hostname.to_string(),
                    reason: miss.to_string(),
                })
                .collect(),
        }
    }
}

impl From<AllocationRecord> for AllocationView {
    fn from(allocation: AllocationRecord) -> Self {
        let keys = allocation.tenancy.keys.iter();
        Self {
            id: allocation.id.to_string(),
            status: allocation.status.to_string(),
            job: allocation.job.to_string(),
            keys: keys.map(PublicKey::fingerprint).collect(),
            tags: allocation.tags.map(Value::from),
            created_at: allocation.created_at.to_string(),
            started_at: allocation.started_at.map(|at| at.to_string()),
            ended_at: allocation.ended_at.map(|at| at.to_string()),
            reason: allocation.reason,
        }
    }
}
