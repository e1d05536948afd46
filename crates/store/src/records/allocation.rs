//! One tenancy of a unit.

use jiff::Timestamp;
use kloigos_model::{
    allocation::AllocationStatus,
    ids::{AllocationId, JobId, UnitKey},
    ssh::AuthorizedKeys,
    tags::Tags,
};

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
    /// Who may log in.
    pub keys: AuthorizedKeys,
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
