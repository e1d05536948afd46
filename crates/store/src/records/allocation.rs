//! One tenancy of a unit.

use jiff::Timestamp;
use kloigos_model::{
    allocation::AllocationStatus,
    host::Activity,
    ids::{AllocationId, JobId, UnitKey},
    limits::Limits,
    ssh::AuthorizedKeys,
    tags::Tags,
};
use serde::{Deserialize, Serialize};

/// An allocation; kept as history for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocationRecord {
    /// Which.
    pub id: AllocationId,
    /// The unit it has, or had last.
    pub unit: UnitKey,
    /// The job that makes or made it.
    pub job: JobId,
    /// How it stands.
    pub status: AllocationStatus,
    /// What it runs with.
    pub tenancy: Tenancy,
    /// What the tenant wrote on it; `None` when it gave `null`.
    pub tags: Option<Tags>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it became ready.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended as it did, where there is more to say.
    pub reason: Option<String>,
}

/// What of a tenancy may be changed while it lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenancy {
    /// Who may log in.
    pub keys: AuthorizedKeys,
    /// What its unit may use.
    pub limits: Limits,
    /// Whether it runs.
    pub activity: Activity,
    /// How often it was reset.
    pub resets: u32,
}
