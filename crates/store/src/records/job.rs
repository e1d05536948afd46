//! Durable work.

use jiff::Timestamp;
use kloigos_model::{
    ids::{JobId, ServerId, UnitKey},
    names::{Hostname, UnitId},
};

use crate::words::{JobKind, JobStatus};

/// One job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// Which.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// How it stands. One that waits for its next try is queued, with `next_at`.
    pub status: JobStatus,
    /// The server it works on, this life of it.
    pub server_key: Option<ServerId>,
    /// That server's name.
    pub server: Option<Hostname>,
    /// The unit it works on, this life of it; `None` for work on a whole server.
    pub unit_key: Option<UnitKey>,
    /// That unit's name.
    pub unit: Option<UnitId>,
    /// The step it is at.
    pub step: String,
    /// How often it was taken up.
    pub attempts: u32,
    /// What hindered it last, or why it failed.
    pub reason: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was taken up first.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When it is tried next, while it waits for that.
    pub next_at: Option<Timestamp>,
}

/// One line of a job's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its number within the job, from 1.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What it says; never a secret.
    pub line: String,
}

/// A job with its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobDetail {
    /// The job.
    pub record: JobRecord,
    /// Its log, oldest first.
    pub log: Vec<LogLine>,
}

/// Which jobs; what is `None` does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobFilter {
    /// That do this.
    pub kind: Option<JobKind>,
    /// That stand so.
    pub status: Option<JobStatus>,
    /// On the server of this name.
    pub hostname: Option<String>,
    /// On the unit of this name.
    pub compute_id: Option<String>,
    /// At most so many, the newest first; `None` is 100, and 1000 is the most.
    pub limit: Option<u32>,
}
