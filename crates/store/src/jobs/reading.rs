//! Jobs and their logs, as people see them.

use kloigos_model::ids::JobId;
use sqlx::{any::AnyRow, query};

use crate::{
    JobDetail, JobFilter, JobKind, JobRecord, JobStatus, LogLine,
    cells::{Cells, plain},
    error::Error,
    tx::Tx,
};

macro_rules! select_jobs {
    ($rest:literal) => {
        concat!(
            "SELECT j.id, j.kind, j.status, j.step, j.server_id, s.hostname, j.unit_id, u.name, \
             j.attempt, j.reason, j.created_at, j.started_at, j.ended_at, \
             CASE WHEN j.status = 'queued' AND j.tries > 0 THEN j.next_at END AS next_at \
             FROM jobs j JOIN servers s ON s.id = j.server_id \
             LEFT JOIN units u ON u.id = j.unit_id ",
            $rest
        )
    };
}

const MOST_LISTED: u32 = 1000;
const USUALLY_LISTED: u32 = 100;

impl Tx<'_> {
    /// A job.
    pub async fn load_job(&mut self, id: JobId) -> Result<Option<JobRecord>, Error> {
        let statement = query(select_jobs!("WHERE j.id = $1")).bind(id.to_string());
        let row = self.row(statement).await?;
        row.map(|row| job(&row)).transpose()
    }

    /// A job with its log.
    pub async fn load_job_detail(&mut self, id: JobId) -> Result<Option<JobDetail>, Error> {
        let Some(record) = self.load_job(id).await? else {
            return Ok(None);
        };
        let statement = query("SELECT seq, at, line FROM job_log WHERE job_id = $1 ORDER BY seq");
        let rows = self.rows(statement.bind(id.to_string())).await?;
        let log = rows.iter().map(line).collect::<Result<_, _>>()?;
        Ok(Some(JobDetail { record, log }))
    }

    /// Jobs that match, the newest first.
    pub async fn list_jobs(&mut self, filter: &JobFilter) -> Result<Vec<JobRecord>, Error> {
        let limit = filter.limit.unwrap_or(USUALLY_LISTED).min(MOST_LISTED);
        let statement = query(select_jobs!(
            "WHERE (CAST($1 AS TEXT) IS NULL OR j.kind = $1) \
             AND (CAST($2 AS TEXT) IS NULL OR j.status = $2) \
             AND (CAST($3 AS TEXT) IS NULL OR s.hostname = $3) \
             AND (CAST($4 AS TEXT) IS NULL OR u.name = $4) ORDER BY j.id DESC LIMIT $5"
        ))
        .bind(filter.kind.map(JobKind::as_str))
        .bind(filter.status.map(JobStatus::as_str))
        .bind(filter.hostname.as_deref().map(plain))
        .bind(filter.compute_id.as_deref().map(plain))
        .bind(i64::from(limit));
        let rows = self.rows(statement).await?;
        rows.iter().map(job).collect()
    }
}

fn job(row: &AnyRow) -> Result<JobRecord, Error> {
    let cells = Cells::new("jobs", row);
    Ok(JobRecord {
        id: cells.parse("id")?,
        kind: cells.parse("kind")?,
        status: cells.parse("status")?,
        server_key: cells.maybe("server_id")?,
        server: cells.maybe("hostname")?,
        unit_key: cells.maybe("unit_id")?,
        unit: cells.maybe("name")?,
        step: cells.text("step")?,
        attempts: cells.number("attempt")?,
        reason: cells.maybe_text("reason")?,
        created_at: cells.at("created_at")?,
        started_at: cells.maybe_at("started_at")?,
        ended_at: cells.maybe_at("ended_at")?,
        next_at: cells.maybe_at("next_at")?,
    })
}

fn line(row: &AnyRow) -> Result<LogLine, Error> {
    let cells = Cells::new("job_log", row);
    Ok(LogLine {
        seq: cells.number("seq")?,
        at: cells.at("at")?,
        line: cells.text("line")?,
    })
}
