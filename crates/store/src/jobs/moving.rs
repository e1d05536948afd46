//! What is written when a step is done, and how a job is left.
//!
//! `at_work` is 1 from the moment a job is claimed until its holder leaves it properly: whoever
//! claims a job of which it is 1 comes after somebody who died at its work.

use jiff::Timestamp;
use kloigos_model::ids::JobId;
use sqlx::query;

use super::{JobScope, JobState};
use crate::{
    JobStatus,
    cells::{Cells, micros, plain},
    error::Error,
    events::Happens,
    tx::Tx,
};

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// It did what it was for.
    Succeeded,
    /// It did not, for this reason.
    Failed(&'a str),
    /// It was taken back, for this reason.
    Cancelled(&'a str),
}

impl<'a> Outcome<'a> {
    fn told(self) -> (JobStatus, Happens, Option<&'a str>) {
        match self {
            Self::Succeeded => (JobStatus::Succeeded, Happens::Succeeded, None),
            Self::Failed(why) => (JobStatus::Failed, Happens::Failed, Some(why)),
            Self::Cancelled(why) => (JobStatus::Cancelled, Happens::Cancelled, Some(why)),
        }
    }
}

impl Tx<'_> {
    /// The next step is stored; the same holder goes on.
    pub async fn advance_job(
        &mut self,
        id: JobId,
        attempt: i64,
        state: &JobState,
        lease_until: Timestamp,
        now: Timestamp,
    ) -> Result<(), Error> {
        let statement = query(
            "UPDATE jobs SET state = $3, step = $4, lease_until = $5, tries = 0, reason = NULL, \
             progress_done = NULL, progress_of = NULL, progress_what = NULL \
             WHERE id = $1 AND attempt = $2 AND status = 'running'",
        )
        .bind(id.to_string())
        .bind(attempt)
        .bind(state.json.clone())
        .bind(state.step.clone())
        .bind(micros(lease_until));
        self.change_one("jobs", statement).await?;
        self.tell_job(id, Happens::Advanced, Some(&state.step), now)
            .await
    }

    /// The job goes on elsewhere: the next step is stored, and it waits for its turn there.
    pub async fn move_job(
        &mut self,
        id: JobId,
        attempt: i64,
        state: &JobState,
        scope: JobScope,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let statement = query(
            "UPDATE jobs SET state = $3, step = $4, server_id = $5, unit_id = $6, \
             status = 'queued', lease_until = NULL, tries = 0, reason = $7, at_work = 0, \
             progress_done = NULL, progress_of = NULL, progress_what = NULL \
             WHERE id = $1 AND attempt = $2 AND status = 'running'",
        )
        .bind(id.to_string())
        .bind(attempt)
        .bind(state.json.clone())
        .bind(state.step.clone())
        .bind(scope.server.to_string())
        .bind(scope.unit.map(|unit| unit.to_string()))
        .bind(plain(reason));
        self.change_one("jobs", statement).await?;
        self.tell_job(id, Happens::Advanced, Some(reason), now)
            .await
    }

    /// The step failed and is tried again later; where it goes on is stored.
    pub async fn retry_job(
        &mut self,
        id: JobId,
        attempt: i64,
        state: &JobState,
        next_at: Timestamp,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let statement = query(
            "UPDATE jobs SET state = $3, step = $4, status = 'queued', lease_until = NULL, \
             tries = tries + 1, next_at = $5, reason = $6, at_work = 0 \
             WHERE id = $1 AND attempt = $2 AND status = 'running'",
        )
        .bind(id.to_string())
        .bind(attempt)
        .bind(state.json.clone())
        .bind(state.step.clone())
        .bind(micros(next_at))
        .bind(plain(reason));
        self.change_one("jobs", statement).await?;
        self.tell_job(id, Happens::Waiting, Some(reason), now).await
    }

    /// The job is over. Idempotency keys of one that did not do what it was for are forgotten, so
    /// that the same request may be made again.
    pub async fn end_job(
        &mut self,
        id: JobId,
        attempt: i64,
        outcome: Outcome<'_>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (status, happens, why) = outcome.told();
        let statement = query(
            "UPDATE jobs SET status = $3, reason = $4, ended_at = $5, lease_until = NULL, \
             at_work = 0 WHERE id = $1 AND attempt = $2 AND status = 'running'",
        )
        .bind(id.to_string())
        .bind(attempt)
        .bind(status.as_str())
        .bind(why.map(plain))
        .bind(micros(now));
        self.change_one("jobs", statement).await?;
        self.tell_job(id, happens, why, now).await?;
        if why.is_some() {
            let forget = query("DELETE FROM idempotency WHERE job_id = $1").bind(id.to_string());
            self.change(forget).await?;
        }
        Ok(())
    }

    /// Asks for a job to be taken back, for this reason; whoever holds it finds that at the next
    /// step, and one that waits is due at once. `Missed` when it is over.
    pub async fn cancel_job(
        &mut self,
        id: JobId,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let statement = query(
            "UPDATE jobs SET cancel_at = COALESCE(cancel_at, $2), \
             cancel_reason = COALESCE(cancel_reason, $3), \
             next_at = CASE WHEN next_at > $2 THEN $2 ELSE next_at END \
             WHERE id = $1 AND status IN ('queued', 'running')",
        )
        .bind(id.to_string())
        .bind(micros(now))
        .bind(plain(reason));
        self.change_one("jobs", statement).await?;
        self.tell_job(id, Happens::Cancelling, Some(reason), now)
            .await
    }

    /// Why a job is to be taken back; `None` when it is not.
    pub async fn cancel_reason(&mut self, id: JobId) -> Result<Option<String>, Error> {
        let statement = query("SELECT id, cancel_at, cancel_reason FROM jobs WHERE id = $1");
        match self.row(statement.bind(id.to_string())).await? {
            Some(row) => super::cancelled(&Cells::new("jobs", &row)),
            None => Ok(None),
        }
    }

    /// A job is another try of an earlier one.
    pub async fn set_retry_of(&mut self, id: JobId, earlier: JobId) -> Result<(), Error> {
        let statement = query("UPDATE jobs SET retry_of = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(earlier.to_string());
        self.change_one("jobs", statement).await
    }

    /// A job that waits for its next try is due now. Whether there was one.
    pub async fn hurry_job(&mut self, id: JobId, now: Timestamp) -> Result<bool, Error> {
        let statement =
            query("UPDATE jobs SET next_at = $2 WHERE id = $1 AND status = 'queued' AND tries > 0")
                .bind(id.to_string())
                .bind(micros(now));
        Ok(self.change(statement).await? == 1)
    }

    /// Jobs that wait for a next try further ahead than anything waits are due now: a clock that was
    /// ahead wrote that. How many there were.
    pub async fn hurry_beyond(
        &mut self,
        farthest: Timestamp,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let statement = query(
            "UPDATE jobs SET next_at = $2 WHERE status IN ('queued', 'running') \
             AND status = 'queued' AND next_at > $1",
        );
        let statement = statement.bind(micros(farthest)).bind(micros(now));
        self.change(statement).await
    }

    /// Puts a job back into the queue that its holder leaves where it is.
    pub async fn release_job(&mut self, id: JobId, attempt: i64) -> Result<(), Error> {
        let statement = query(
            "UPDATE jobs SET status = 'queued', lease_until = NULL, at_work = 0 \
             WHERE id = $1 AND attempt = $2 AND status = 'running'",
        );
        let statement = statement.bind(id.to_string()).bind(attempt);
        self.change_one("jobs", statement).await
    }

    /// Puts every job that is held back into the queue. Only for a start when no other process
    /// can hold one.
    pub async fn release_claims(&mut self) -> Result<u64, Error> {
        let statement =
            query("UPDATE jobs SET status = 'queued', lease_until = NULL WHERE status = 'running'");
        self.change(statement).await
    }
}
