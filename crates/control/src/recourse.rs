//! What a person can do about a job, and about what it left.

use kloigos_store::{JobKind, JobRecord, JobStatus};

/// Whether a kind of work can be taken back, or why not.
pub(crate) const fn can_be_taken_back(kind: JobKind) -> Result<(), &'static str> {
    match kind {
        JobKind::Initializing
        | JobKind::Allocating
        | JobKind::Changing
        | JobKind::Attesting
        | JobKind::Repairing => Ok(()),
        JobKind::Deallocating => Err("the tenancy is over, and its unit has to be emptied"),
        JobKind::Decommissioning => {
            Err("a server that is half returned is of no use; let it end, then init it again")
        }
    }
}

/// Whether it may be asked for that this job is taken back.
pub fn can_cancel(job: &JobRecord) -> bool {
    !job.status.is_over() && job.cancel_at.is_none() && can_be_taken_back(job.kind).is_ok()
}

/// Whether it may be asked for that this job is tried again: it waits for its next try, or it did
/// not do what it was for. What it was for may have been settled otherwise since, and is then
/// refused.
pub fn can_retry(job: &JobRecord) -> bool {
    match job.status {
        JobStatus::Queued => job.next_at.is_some(),
        JobStatus::Failed | JobStatus::Cancelled => true,
        JobStatus::Running | JobStatus::Succeeded => false,
    }
}

/// What a person should do next about this job; `None` when nothing needs to be done.
pub fn next_action(job: &JobRecord) -> Option<&'static str> {
    match (job.status, job.kind) {
        (JobStatus::Failed, JobKind::Initializing) => {
            Some("put right what the reason says, then try the job again or init the server anew")
        }
        (JobStatus::Failed, JobKind::Allocating) => {
            Some("try the job again, or allocate anew; a unit that it left in quarantine says more")
        }
        (JobStatus::Failed, JobKind::Deallocating) => Some(
            "put right what the reason says, then try the job again; the unit is in quarantine",
        ),
        (
            JobStatus::Failed,
            JobKind::Decommissioning | JobKind::Changing | JobKind::Attesting | JobKind::Repairing,
        ) => Some("put right what the reason says, then try the job again"),
        (JobStatus::Queued, _) if job.next_at.is_some() => {
            Some("it is tried again by itself at next_at, or at once when you try it again")
        }
        (
            JobStatus::Queued | JobStatus::Running | JobStatus::Succeeded | JobStatus::Cancelled,
            _,
        ) => None,
    }
}
