//! Requests that may be repeated: which job a key stands for.

use jiff::Timestamp;
use kloigos_model::ids::JobId;
use sqlx::query;

use crate::{
    cells::{Cells, micros},
    error::Error,
    tx::Tx,
};

/// One key: of one caller, for one method and path.
#[derive(Debug, Clone, Copy)]
pub struct RepeatKey<'a> {
    /// Who asks.
    pub caller: &'a str,
    /// Method and path.
    pub scope: &'a str,
    /// The key.
    pub key: &'a str,
}

/// What was begun under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// The digest of the request's body.
    pub fingerprint: String,
    /// The job.
    pub job: JobId,
}

impl Tx<'_> {
    /// What was begun under this key, after forgetting all that is older than `since`.
    pub async fn repeated(
        &mut self,
        key: RepeatKey<'_>,
        since: Timestamp,
    ) -> Result<Option<Repeated>, Error> {
        let old = query("DELETE FROM idempotency WHERE created_at < $1").bind(micros(since));
        self.change(old).await?;
        let statement = query(
            "SELECT fingerprint, job_id FROM idempotency \
             WHERE caller = $1 AND scope = $2 AND key = $3",
        )
        .bind(key.caller.to_owned())
        .bind(key.scope.to_owned())
        .bind(key.key.to_owned());
        let Some(row) = self.row(statement).await? else {
            return Ok(None);
        };
        let cells = Cells::new("idempotency", &row);
        Ok(Some(Repeated {
            fingerprint: cells.text("fingerprint")?,
            job: cells.parse("job_id")?,
        }))
    }

    /// Keeps what was begun under a key.
    pub async fn keep_key(
        &mut self,
        key: RepeatKey<'_>,
        begun: &Repeated,
        now: Timestamp,
    ) -> Result<(), Error> {
        let statement = query(
            "INSERT INTO idempotency (caller, scope, key, fingerprint, job_id, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(key.caller.to_owned())
        .bind(key.scope.to_owned())
        .bind(key.key.to_owned())
        .bind(begun.fingerprint.clone())
        .bind(begun.job.to_string())
        .bind(micros(now));
        self.insert("the idempotency key", statement).await
    }
}
