//! An attestation.

use kloigos_control::{AttestationRecord, AttestationSummary};
use kloigos_model::host::Check;
use serde::Serialize;
use utoipa::ToSchema;

/// What the kernel says of what was promised, at one moment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttestationView {
    /// Its id.
    pub id: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub at: String,
    /// The tenancy that the unit was in; null when it was in none, and for a server's own part.
    #[schema(required = true)]
    pub allocation_id: Option<String>,
    /// The unit's user, or `server`.
    pub scope: String,
    /// The desired state that it was compared with.
    pub generation: String,
    /// Whether nothing is broken.
    pub holds: bool,
    /// Every check made.
    pub checks: Vec<CheckView>,
}

/// One promise, looked at in one way.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckView {
    /// Which promise, such as `cpu` or `ports`.
    pub promise: String,
    /// What was looked at, such as `cpuset.cpus.effective`.
    pub check: String,
    /// What it should say.
    pub wanted: String,
    /// What it says.
    pub found: String,
    /// `kept`, `broken`, `degraded` or `not_promised`.
    pub verdict: String,
    /// Where that was read, or what was tried.
    pub evidence: String,
}

/// An attestation in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttestationSummaryView {
    /// When it was made.
    #[schema(format = DateTime)]
    pub at: String,
    /// Whether nothing is broken.
    pub holds: bool,
    /// What is broken: promise and what was looked at.
    pub broken: Vec<String>,
}

impl From<AttestationRecord> for AttestationView {
    fn from(record: AttestationRecord) -> Self {
        let report = record.report;
        Self {
            id: record.id.to_string(),
            at: record.at.to_string(),
            allocation_id: record.allocation.map(|id| id.to_string()),
            scope: report.scope.to_string(),
            generation: report.generation.to_string(),
            holds: report.holds(),
            checks: report.checks.into_iter().map(CheckView::from).collect(),
        }
    }
}

impl From<Check> for CheckView {
    fn from(check: Check) -> Self {
        Self {
            promise: check.promise.to_string(),
            check: check.check,
            wanted: check.wanted,
            found: check.found,
            verdict: check.verdict.to_string(),
            evidence: check.evidence,
        }
    }
}

impl From<AttestationSummary> for AttestationSummaryView {
    fn from(summary: AttestationSummary) -> Self {
        Self {
            at: summary.at.to_string(),
            holds: summary.broken.is_empty(),
            broken: summary.broken,
        }
    }
}
