//! Durable work: the queue, who holds what, and what is written when a step is done.

mod log;
mod moving;
mod reading;

pub use self::{log::Voice, moving::Outcome};
use jiff::Timestamp;
use kloigos_model::ids::{JobId, ServerId, UnitKey};
use sqlx::{any::AnyRow, query};

use crate::{
    JobKind,
    cells::{Cells, micros},
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
    /// Whether an earlier holder died at this step, so that its work may have been done, in part
    /// or wholly.
    pub died: bool,
    /// Why it is to be taken back, if it is.
    pub cancel: Option<String>,
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
    /// The most servers that are worked on.
    pub servers: u32,
}

impl Tx<'_> {
    /// Adds a job, to be taken up at once: whatever the time is, also when clocks are set back.
    pub async fn insert_job(&mut self, new: &NewJob) -> Result<(), Error> {
        let statement = query(
            "INSERT INTO jobs (id, kind, state, step, status, server_id, unit_id, attempt, tries, \
             next_at, created_at, turn) VALUES ($1, $2, $3, $4, 'queued', $5, $6, 0, 0, \
             0, $7, (SELECT COALESCE(MAX(turn), 0) + 1 FROM jobs))",
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
             died = at_work, at_work = 1, started_at = COALESCE(started_at, $2) WHERE id = (SELECT j.id FROM jobs j \
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
             AND ((SELECT COUNT(DISTINCT w.server_id) FROM jobs w \
             WHERE w.status IN ('queued', 'running') AND w.status = 'running') < $5 \
             OR EXISTS (SELECT 1 FROM jobs h WHERE h.server_id = j.server_id \
             AND h.status IN ('queued', 'running') AND h.status = 'running')) \
             ORDER BY j.turn, j.id LIMIT 1) \
             RETURNING id, kind, state, step, server_id, unit_id, attempt, tries, died, cancel_at, \
             cancel_reason",
        )
        .bind(wanted.map(|id| id.to_string()))
        .bind(micros(rules.now))
        .bind(micros(rules.lease_until))
        .bind(i64::from(rules.per_server))
        .bind(i64::from(rules.servers));
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

    /// The oldest unfinished job that ends a tenancy of this scope, by itself or with its server.
    pub async fn ending_job(&mut self, scope: JobScope) -> Result<Option<JobId>, Error> {
        let statement = query(
            "SELECT id FROM jobs WHERE server_id = $1 AND status IN ('queued', 'running') \
             AND (unit_id IS NULL OR unit_id = $2) \
             AND kind IN ('deallocating', 'decommissioning') ORDER BY turn, id LIMIT 1",
        )
        .bind(scope.server.to_string())
        .bind(scope.unit.map(|unit| unit.to_string()));
        match self.row(statement).await? {
            Some(row) => Cells::new("jobs", &row).parse("id").map(Some),
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
        died: cells.number::<i64>("died")? == 1,
        cancel: cancelled(&cells)?,
    })
}

/// Why a job is to be taken back; `None` when it is not.
fn cancelled(cells: &Cells<'_>) -> Result<Option<String>, Error> {
    let asked = cells.maybe_at("cancel_at")?.is_some();
    let why = cells.maybe_text("cancel_reason")?;
    Ok(asked.then(|| why.unwrap_or_default()))
}
