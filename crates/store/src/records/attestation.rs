//! What the kernel said of a promise, at one moment.

use jiff::Timestamp;
use kloigos_model::{
    host::Attestation,
    ids::{AllocationId, AttestationId, JobId},
};

/// An attestation; kept as history for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationRecord {
    /// Which.
    pub id: AttestationId,
    /// The tenancy that its unit was in; `None` when it was in none, and for a server's own part.
    pub allocation: Option<AllocationId>,
    /// The job that made it.
    pub job: JobId,
    /// When.
    pub at: Timestamp,
    /// Every check.
    pub report: Attestation,
}

/// An attestation in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationSummary {
    /// When it was made.
    pub at: Timestamp,
    /// The promises that were broken, in words, each with what was looked at; none when all hold.
    pub broken: Vec<String>,
}
