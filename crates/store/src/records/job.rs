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
    /// How far that step is, where its server tells.
    pub progress: Option<JobProgress>,
    /// How often it was taken up.
    pub attempts: u32,
    /// How often the step failed in a row.
    pub tries: u32,
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
    /// Since when it is to be taken back.
    pub cancel_at: Option<Timestamp>,
    /// The job that it is another try of.
    pub retry_of: Option<JobId>,
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobProgress {
    /// How many things are as they should be.
    pub done: u32,
    /// Of how many.
    pub of: u32,
    /// Which one is in work, such as `u0-15 account`.
    pub what: String,
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
    /// The step that said it.
    pub step: Option<String>,
    /// The how manieth time the job was taken up then.
    pub attempt: Option<u32>,
}

/// A job, and what it said from a place on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobPage {
    /// The job.
    pub record: JobRecord,
    /// The next lines, oldest first.
    pub lines: Vec<LogLine>,
    /// Whether there may be more of them.
    pub more: bool,
}

/// A job with its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobDetail {
    /// The job.
    pub record: JobRecord,
    /// Its log, oldest first.
    pub log: Vec<LogLine>,
}

/// Which jobs; what is `None` or empty does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobFilter {
    /// That do one of these.
    pub kinds: Vec<JobKind>,
    /// That stand in one of these ways.
    pub statuses: Vec<JobStatus>,
    /// On the server of this name.
    pub hostname: Option<String>,
    /// On the unit of this name.
    pub compute_id: Option<String>,
    /// That were begun before this one.
    pub before: Option<JobId>,
    /// At most so many, the newest first; `None` is 100, and 1000 is the most.
    pub limit: Option<u32>,
}
