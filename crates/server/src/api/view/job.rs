//! A job.

use kloigos_control::{JobDetail, JobProgress, JobRecord, LogLine, recourse};
use serde::Serialize;
use utoipa::ToSchema;

/// Work on a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobView {
    /// Its id, as in the header `Kloigos-Job`.
    pub id: String,
    /// What it does: `initializing`, `decommissioning`, `allocating`, `deallocating`, `changing`,
    /// `attesting` or `repairing`.
    pub kind: String,
    /// How it stands: `queued`, `running`, `succeeded`, `failed` or `cancelled`.
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
    /// What hindered it last, or why it failed or was taken back.
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
    /// How often its step failed in a row.
    pub tries: u32,
    /// How far its step is; null where its server does not tell.
    #[schema(required = true)]
    pub progress: Option<ProgressView>,
    /// Since when it is to be taken back, which it is when its step is over.
    #[schema(required = true, format = DateTime)]
    pub cancel_at: Option<String>,
    /// Whether it can be taken back.
    pub can_cancel: bool,
    /// Whether it can be tried again: at once where it waits, else as another job.
    pub can_retry: bool,
    /// The job that it is another try of.
    #[schema(required = true)]
    pub retry_of: Option<String>,
    /// What a person should do next about it, if anything.
    #[schema(required = true)]
    pub next_action: Option<String>,
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProgressView {
    /// How many things are as they should be.
    pub done: u32,
    /// Of how many.
    pub of: u32,
    /// The same of a hundred.
    #[schema(maximum = 100)]
    pub percent: u32,
    /// Which one is in work, such as `u0-15 account`.
    pub what: String,
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
    /// The step that said it; null for lines of earlier versions.
    #[schema(required = true)]
    pub step: Option<String>,
    /// The how manieth time the job was taken up then; 0 before the first.
    #[schema(required = true)]
    pub attempt: Option<u32>,
}

impl From<JobRecord> for JobView {
    fn from(job: JobRecord) -> Self {
        Self {
            tries: job.tries,
            can_cancel: recourse::can_cancel(&job),
            can_retry: recourse::can_retry(&job),
            next_action: recourse::next_action(&job).map(str::to_owned),
            progress: job.progress.map(ProgressView::from),
            cancel_at: job.cancel_at.map(|at| at.to_string()),
            retry_of: job.retry_of.map(|id| id.to_string()),
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

impl From<JobProgress> for ProgressView {
    fn from(progress: JobProgress) -> Self {
        let JobProgress { done, of, what } = progress;
        let percent = (u64::from(done) * 100).checked_div(of.into());
        Self {
            done,
            of,
            percent: percent.map_or(100, |percent| percent.min(100) as u32),
            what,
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
            step: line.step,
            attempt: line.attempt,
        }
    }
}
