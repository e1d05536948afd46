//! What a job says while it works.

use jiff::Timestamp;
use kloigos_model::ids::JobId;
use sqlx::query;

use crate::{
    JobProgress,
    cells::{micros, plain},
    error::Error,
    tx::Tx,
};

/// Where in a job something is said.
#[derive(Debug, Clone, Copy)]
pub struct Voice<'a> {
    /// Which job.
    pub job: JobId,
    /// At which step.
    pub step: &'a str,
    /// The how manieth time it was taken up.
    pub attempt: i64,
}

impl Tx<'_> {
    /// Adds lines to a job's log.
    pub async fn log_job(
        &mut self,
        voice: Voice<'_>,
        lines: &[(Timestamp, String)],
    ) -> Result<(), Error> {
        for (at, line) in lines {
            let statement = query(
                "INSERT INTO job_log (job_id, seq, at, line, step, attempt) VALUES ($1, \
                 (SELECT COALESCE(MAX(seq), 0) + 1 FROM job_log WHERE job_id = $1), $2, $3, $4, $5)",
            )
            .bind(voice.job.to_string())
            .bind(micros(*at))
            .bind(plain(line))
            .bind(voice.step.to_owned())
            .bind(voice.attempt);
            self.change_one("job_log", statement).await?;
        }
        Ok(())
    }

    /// Notes how far a job's step is. The next step has its own.
    pub async fn set_progress(&mut self, id: JobId, progress: &JobProgress) -> Result<(), Error> {
        let statement = query(
            "UPDATE jobs SET progress_done = $2, progress_of = $3, progress_what = $4 \
             WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(i64::from(progress.done))
        .bind(i64::from(progress.of))
        .bind(plain(&progress.what));
        self.change_one("jobs", statement).await
    }
}
