//! Durable work: the queue, who holds what, and what is written when a step is done.

mod reading;

use jiff::Timestamp;
use kloigos_model::ids::{JobId, ServerId, UnitKey};
use sqlx::{any::AnyRow, query};

use crate::{
    JobKind, JobStatus,
    cells::{Cells, micros, plain},
    error::Error,
    events::Happens,
    tx::Tx,
};

/// A job that begins.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Which. Jobs of a scope run in the order in which they were added.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// Its first step.
    pub state: JobState,
    /// Where.
    pub scope: JobScope,
    /// When.
    pub created_at: Timestamp,
}

/// What a job works on: one unit, or a whole server and so all its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobScope {
    /// The server's life.
    pub server: ServerId,
    /// The unit's life; `None` for the whole server.
    pub unit: Option<UnitKey>,
}

/// Where a job is: the step's name for people, and all of it for the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobState {
    /// The step's name.
    pub step: String,
    /// The step with all that it needs, as JSON.
    pub json: String,
}

/// A job in the hands of one worker. Every change it makes to the job names the attempt, and hits
/// nothing once the job was given to somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Which.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// Where.
    pub scope: JobScope,
    /// Where it is.
    pub state: JobState,
    /// The fence.
    pub attempt: i64,
    /// How often this step failed so far.
    pub tries: u32,
}

/// How jobs are handed out.
#[derive(Debug, Clone, Copy)]
pub struct ClaimRules {
    /// Now.
    pub now: Timestamp,
    /// Until when the claim holds if nothing is heard.
    pub lease_until: Timestamp,
    /// The most jobs at work on one server.
    pub per_server: u32,
}

impl Tx<'_> {
    /// Adds a job, to be taken up at once.
    pub async fn insert_job(&mut self, new: &NewJob) -> Result<(), Error> {
        let statement = query(
            "INSERT INTO jobs (id, kind, state, step, status, server_id, unit_id, attempt, tries, \
             next_at, created_at, turn) VALUES ($1, $2, $3, $4, 'queued', $5, $6, 0, 0, $7, $7, \
             (SELECT COALESCE(MAX(turn), 0) + 1 FROM jobs))",
        )
        .bind(new.id.to_string())
        .bind(new.kind.as_str())
        .bind(new.state.json.clone())
        .bind(new.state.step.clone())
        .bind(new.scope.server.to_string())
        .bind(new.scope.unit.map(|unit| unit.to_string()))
        .bind(micros(new.created_at));
        self.insert("the job", statement).await?;
        self.tell_job(new.id, Happens::Queued, None, new.created_at)
            .await
    }

    /// Takes a job that is due and in nobody's way: this one, or the oldest there is.
    ///
    /// Of one scope only one job runs, in the order they were begun; a job of a whole server runs
    /// alone on it. A job whose holder was not heard of since its lease ended is due.
    pub async fn claim(
        &mut self,
        wanted: Option<JobId>,
        rules: &ClaimRules,
    ) -> Result<Option<Claim>, Error> {
        let statement = query(
            "UPDATE jobs SET status = 'running', attempt = attempt + 1, lease_until = $3, \
             started_at = COALESCE(started_at, $2) WHERE id = (SELECT j.id FROM jobs j \
             WHERE j.status IN ('queued', 'running') \
             AND ((j.status = 'queued' AND j.next_at <= $2) \
             OR (j.status = 'running' AND j.lease_until < $2)) \
             AND (CAST($1 AS TEXT) IS NULL OR j.id = $1) \
             AND NOT EXISTS (SELECT 1 FROM jobs b WHERE b.server_id = j.server_id \
             AND b.status IN ('queued', 'running') AND b.id <> j.id \
             AND (b.unit_id IS NULL OR j.unit_id IS NULL OR b.unit_id = j.unit_id) \
             AND (b.status = 'running' OR (b.turn, b.id) < (j.turn, j.id))) \
             AND (SELECT COUNT(*) FROM jobs r WHERE r.server_id = j.server_id \
             AND r.status IN ('queued', 'running') AND r.status = 'running' AND r.id <> j.id) < $4 \
             ORDER BY j.turn, j.id LIMIT 1) \
             RETURNING id, kind, state, step, server_id, unit_id, attempt, tries",
        )
        .bind(wanted.map(|id| id.to_string()))
        .bind(micros(rules.now))
        .bind(micros(rules.lease_until))
        .bind(i64::from(rules.per_server));
        let row = self.row(statement).await?;
        let Some(claim) = row.map(|row| claim(&row)).transpose()? else {
            return Ok(None);
        };
        self.tell_job(claim.id, Happens::Started, None, rules.now)
            .await?;
        Ok(Some(claim))
    }

    /// Says that the holder is alive. `Missed` when the job is somebody else's by now.
    pub async fn renew(
        &mut self,
        id: JobId,
        attempt: i64,
        lease_until: Timestamp,
    ) -> Result<(), Error> {
        let statement = query(
            "UPDATE jobs SET lease_until = $3 \
             WHERE id = $1 AND attempt = $2 AND status = 'running'",
        )
        .bind(id.to_string())
        .bind(attempt)
        .bind(micros(lease_until));
        self.change_one("jobs", statement).await?;
        self.is_of_job(id);
        Ok(())
    }

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
            "UPDATE jobs SET state = $3, step = $4, lease_until = $5, tries = 0, reason = NULL \
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
             status = 'queued', lease_until = NULL, tries = 0, reason = $7 \
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
             tries = tries + 1, next_at = $5, reason = $6 \
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

    /// The job is over. Idempotency keys of a failed one are forgotten, so that the same request
    /// may be made again.
    pub async fn end_job(
        &mut self,
        id: JobId,
        attempt: i64,
        failure: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let status = match failure {
            Some(_) => JobStatus::Failed,
            None => JobStatus::Succeeded,
        };
        let statement = query(
            "UPDATE jobs SET status = $3, reason = $4, ended_at = $5, lease_until = NULL \
             WHERE id = $1 AND attempt = $2 AND status = 'running'",
        )
        .bind(id.to_string())
        .bind(attempt)
        .bind(status.as_str())
        .bind(failure.map(plain))
        .bind(micros(now));
        self.change_one("jobs", statement).await?;
        let happens = match failure {
            Some(_) => Happens::Failed,
            None => Happens::Succeeded,
        };
        self.tell_job(id, happens, failure, now).await?;
        if failure.is_some() {
            let forget = query("DELETE FROM idempotency WHERE job_id = $1").bind(id.to_string());
            self.change(forget).await?;
        }
        Ok(())
    }

    /// Puts a job back into the queue that its holder leaves where it is.
    pub async fn release_job(&mut self, id: JobId, attempt: i64) -> Result<(), Error> {
        let statement = query(
            "UPDATE jobs SET status = 'queued', lease_until = NULL \
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

    /// When the next waiting job is due, or a silent holder's lease ends; `None` when all is done.
    pub async fn next_due(&mut self) -> Result<Option<Timestamp>, Error> {
        let statement = query(
            "SELECT MIN(CASE WHEN status = 'queued' THEN next_at ELSE lease_until END) AS due \
             FROM jobs WHERE status IN ('queued', 'running')",
        );
        match self.row(statement).await? {
            Some(row) => Cells::new("jobs", &row).maybe_at("due"),
            None => Ok(None),
        }
    }

    /// The oldest unfinished job of this scope or of the whole server.
    pub async fn unfinished_job(&mut self, scope: JobScope) -> Result<Option<JobId>, Error> {
        let statement = query(
            "SELECT id FROM jobs WHERE server_id = $1 AND status IN ('queued', 'running') \
             AND (unit_id IS NULL OR unit_id = $2) ORDER BY turn, id LIMIT 1",
        )
        .bind(scope.server.to_string())
        .bind(scope.unit.map(|unit| unit.to_string()));
        match self.row(statement).await? {
            Some(row) => Cells::new("jobs", &row).parse("id").map(Some),
            None => Ok(None),
        }
    }

    /// Adds lines to a job's log.
    pub async fn log_job(&mut self, id: JobId, lines: &[(Timestamp, String)]) -> Result<(), Error> {
        for (at, line) in lines {
            let statement = query(
                "INSERT INTO job_log (job_id, seq, at, line) VALUES ($1, \
                 (SELECT COALESCE(MAX(seq), 0) + 1 FROM job_log WHERE job_id = $1), $2, $3)",
            )
            .bind(id.to_string())
            .bind(micros(*at))
            .bind(plain(line));
            self.change_one("job_log", statement).await?;
        }
        Ok(())
    }
}

fn claim(row: &AnyRow) -> Result<Claim, Error> {
    let cells = Cells::new("jobs", row);
    Ok(Claim {
        id: cells.parse("id")?,
        kind: cells.parse("kind")?,
        scope: JobScope {
            server: cells.parse("server_id")?,
            unit: cells.maybe("unit_id")?,
        },
        state: JobState {
            step: cells.text("step")?,
            json: cells.text("state")?,
        },
        attempt: cells.number("attempt")?,
        tries: cells.number("tries")?,
    })
}
