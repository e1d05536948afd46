//! A job.

use kloigos_control::{JobDetail, JobRecord, LogLine};
use serde::Serialize;
use utoipa::ToSchema;

/// Work on a server.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JobView {
    /// Its id, as in the header `Kloigos-Job`.
    pub id: String,
    /// What it does: `initializing`, `decommissioning`, `allocating`, `deallocating`, `changing` or
    /// `attesting`.
    pub kind: String,
    /// How it stands: `queued`, `running`, `succeeded` or `failed`.
    pub status: String,
    /// The server it works on.
    #[schema(required = true)]
    pub hostname: Option<String>,
    /// The unit it works on; null for work on a whole server.
    #[schema(required = true)]
    pub compute_id: Option<String>,
    /// The step it is at.
    pub step: String,
    /// How often it was taken up.
    pub attempts: u32,
    /// What hindered it last, or why it failed.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was taken up first.
    #[schema(required = true, format = DateTime)]
    pub started_at: Option<String>,
    /// When it ended.
    #[schema(required = true, format = DateTime)]
    pub ended_at: Option<String>,
    /// When it is tried next, while it waits for that.
    #[schema(required = true, format = DateTime)]
    pub next_at: Option<String>,
}

/// A job with its log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JobDetailView {
    /// The job.
    #[serde(flatten)]
    pub job: JobView,
    /// Its log, oldest first.
    pub log: Vec<LogLineView>,
}

/// One line of a job's log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LogLineView {
    /// Its number within the job, from 1.
    pub seq: u64,
    /// When it was written.
    #[schema(format = DateTime)]
    pub at: String,
    /// What it says.
    pub line: String,
}

impl From<JobRecord> for JobView {
    fn from(job: JobRecord) -> Self {
        Self {
            id: job.id.to_string(),
            kind: job.kind.to_string(),
            status: job.status.to_string(),
            hostname: job.server.map(|name| name.to_string()),
            compute_id: job.unit.map(|name| name.to_string()),
            step: job.step,
            attempts: job.attempts,
            reason: job.reason,
            created_at: job.created_at.to_string(),
            started_at: job.started_at.map(|at| at.to_string()),
            ended_at: job.ended_at.map(|at| at.to_string()),
            next_at: job.next_at.map(|at| at.to_string()),
        }
    }
}

impl From<JobDetail> for JobDetailView {
    fn from(detail: JobDetail) -> Self {
        Self {
            job: detail.record.into(),
            log: detail.log.into_iter().map(LogLineView::from).collect(),
        }
    }
}

impl From<LogLine> for LogLineView {
    fn from(line: LogLine) -> Self {
        Self {
            seq: line.seq,
            at: line.at.to_string(),
            line: line.line,
        }
    }
}
