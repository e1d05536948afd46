//! Jobs and their logs, as people see them.

use kloigos_model::ids::JobId;
use sqlx::{any::AnyRow, query};

use crate::{
    JobDetail, JobFilter, JobPage, JobProgress, JobRecord, LogLine,
    cells::{Cells, any_of, plain},
    error::Error,
    tx::Tx,
};

macro_rules! select_jobs {
    ($rest:literal) => {
        concat!(
            "SELECT j.id, j.kind, j.status, j.step, j.server_id, s.hostname, j.unit_id, u.name, \
             j.progress_done, j.progress_of, j.progress_what, j.attempt, j.tries, j.cancel_at, \
             j.retry_of, j.reason, j.created_at, j.started_at, j.ended_at, \
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

    /// The latest other try of a job.
    pub async fn latest_retry(&mut self, id: JobId) -> Result<Option<JobRecord>, Error> {
        let statement = query(select_jobs!(
            "WHERE j.retry_of = $1 AND j.turn > (SELECT turn FROM jobs WHERE id = $1) \
             ORDER BY j.turn DESC LIMIT 1"
        ));
        let row = self.row(statement.bind(id.to_string())).await?;
        row.map(|row| job(&row)).transpose()
    }

    /// A job's step with all that it needs, as JSON: where it is, or where it ended.
    pub async fn load_job_state(&mut self, id: JobId) -> Result<Option<String>, Error> {
        let statement = query("SELECT id, state FROM jobs WHERE id = $1").bind(id.to_string());
        match self.row(statement).await? {
            Some(row) => Cells::new("jobs", &row).text("state").map(Some),
            None => Ok(None),
        }
    }

    /// A job with its log.
    pub async fn load_job_detail(&mut self, id: JobId) -> Result<Option<JobDetail>, Error> {
        let Some(record) = self.load_job(id).await? else {
            return Ok(None);
        };
        let statement = query(
            "SELECT seq, at, line, step, attempt FROM job_log WHERE job_id = $1 ORDER BY seq",
        );
        let rows = self.rows(statement.bind(id.to_string())).await?;
        let log = rows.iter().map(line).collect::<Result<_, _>>()?;
        Ok(Some(JobDetail { record, log }))
    }

    /// A job with what it said after the line of this number, at most so many lines.
    pub async fn load_job_from(
        &mut self,
        id: JobId,
        after: u64,
        limit: u32,
    ) -> Result<Option<JobPage>, Error> {
        let Some(record) = self.load_job(id).await? else {
            return Ok(None);
        };
        let statement = query(
            "SELECT seq, at, line, step, attempt FROM job_log WHERE job_id = $1 AND seq > $2 \
             ORDER BY seq LIMIT $3",
        )
        .bind(id.to_string())
        .bind(i64::try_from(after).unwrap_or(i64::MAX))
        .bind(i64::from(limit));
        let rows = self.rows(statement).await?;
        let lines: Vec<LogLine> = rows.iter().map(line).collect::<Result<_, _>>()?;
        let more = lines.len() >= limit as usize;
        Ok(Some(JobPage {
            record,
            lines,
            more,
        }))
    }

    /// Jobs that match, the newest first.
    pub async fn list_jobs(&mut self, filter: &JobFilter) -> Result<Vec<JobRecord>, Error> {
        let limit = filter.limit.unwrap_or(USUALLY_LISTED).min(MOST_LISTED);
        let statement = query(select_jobs!(
            "WHERE (CAST($1 AS TEXT) IS NULL OR $1 LIKE '%,' || j.kind || ',%') \
             AND (CAST($2 AS TEXT) IS NULL OR $2 LIKE '%,' || j.status || ',%') \
             AND (CAST($3 AS TEXT) IS NULL OR s.hostname = $3) \
             AND (CAST($4 AS TEXT) IS NULL OR u.name = $4) \
             AND (CAST($5 AS TEXT) IS NULL OR j.id < $5) ORDER BY j.id DESC LIMIT $6"
        ))
        .bind(any_of(filter.kinds.iter().map(|kind| kind.as_str())))
        .bind(any_of(filter.statuses.iter().map(|status| status.as_str())))
        .bind(filter.hostname.as_deref().map(plain))
        .bind(filter.compute_id.as_deref().map(plain))
        .bind(filter.before.map(|id| id.to_string()))
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
        progress: progress(&cells)?,
        attempts: cells.number("attempt")?,
        tries: cells.number("tries")?,
        reason: cells.maybe_text("reason")?,
        created_at: cells.at("created_at")?,
        started_at: cells.maybe_at("started_at")?,
        ended_at: cells.maybe_at("ended_at")?,
        next_at: cells.maybe_at("next_at")?,
        cancel_at: cells.maybe_at("cancel_at")?,
        retry_of: cells.maybe("retry_of")?,
    })
}

fn progress(cells: &Cells<'_>) -> Result<Option<JobProgress>, Error> {
    let Some(done) = cells.maybe_number("progress_done")? else {
        return Ok(None);
    };
    Ok(Some(JobProgress {
        done,
        of: cells.number("progress_of")?,
        what: cells.text("progress_what")?,
    }))
}

fn line(row: &AnyRow) -> Result<LogLine, Error> {
    let cells = Cells::new("job_log", row);
    Ok(LogLine {
        seq: cells.number("seq")?,
        at: cells.at("at")?,
        line: cells.text("line")?,
        step: cells.maybe_text("step")?,
        attempt: cells.maybe_number("attempt")?,
    })
}
