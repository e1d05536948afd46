//! One transaction, and what is run in one.

use futures_util::{Stream, StreamExt};
use kloigos_model::ids::JobId;
use sqlx::{
    Any, AnyConnection,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use crate::{engine, error::Error};

/// One intention, run inside one transaction. May be run more than once, so it has no effect but
/// through the transaction.
pub trait Operation: Sync {
    /// What it gives.
    type Output: Send;
    /// Why it gives nothing; then nothing is changed.
    type Refusal: From<Error> + Send;

    /// Does it.
    fn run(
        &self,
        tx: &mut Tx<'_>,
    ) -> impl Future<Output = Result<Self::Output, Self::Refusal>> + Send;
}

/// An open transaction: every query and change is one of its methods.
pub struct Tx<'t> {
    connection: &'t mut AnyConnection,
    interrupted: Option<Error>,
    job: Option<JobId>,
}

pub(crate) type Statement<'q> = Query<'q, Any, AnyArguments>;

impl<'t> Tx<'t> {
    pub(crate) fn new(connection: &'t mut AnyConnection) -> Self {
        Self {
            connection,
            interrupted: None,
            job: None,
        }
    }

    /// All that happens from here on is this job's doing.
    pub(crate) fn is_of_job(&mut self, job: JobId) {
        self.job = Some(job);
    }

    /// The job that this is the doing of.
    pub(crate) fn job(&self) -> Option<JobId> {
        self.job
    }

    /// Why the transaction is worth another run, whatever the operation made of that: a statement
    /// was in another's way, or the connection was lost.
    pub(crate) fn interrupted(&mut self) -> Option<Error> {
        self.interrupted.take()
    }

    pub(crate) async fn rows(&mut self, statement: Statement<'_>) -> Result<Vec<AnyRow>, Error> {
        let rows = statement.fetch_all(&mut *self.connection).await;
        rows.map_err(|error| self.fault(error))
    }

    /// Rows, each when it is asked for.
    pub(crate) fn stream<'a>(
        &'a mut self,
        statement: Statement<'a>,
    ) -> impl Stream<Item = Result<AnyRow, Error>> + Send + 'a {
        let interrupted = &mut self.interrupted;
        let rows = statement.fetch(&mut *self.connection);
        rows.map(move |row| row.map_err(|error| fault(interrupted, error)))
    }

    pub(crate) async fn row(&mut self, statement: Statement<'_>) -> Result<Option<AnyRow>, Error> {
        let row = statement.fetch_optional(&mut *self.connection).await;
        row.map_err(|error| self.fault(error))
    }

    /// Carries out a change and tells how many rows it hit.
    pub(crate) async fn change(&mut self, statement: Statement<'_>) -> Result<u64, Error> {
        let done = statement.execute(&mut *self.connection).await;
        done.map(|done| done.rows_affected())
            .map_err(|error| self.fault(error))
    }

    /// Carries out a change that must hit one row.
    pub(crate) async fn change_one(
        &mut self,
        table: &'static str,
        statement: Statement<'_>,
    ) -> Result<(), Error> {
        match self.change(statement).await? {
            1 => Ok(()),
            rows => Err(Error::Missed { table, rows }),
        }
    }

    /// Adds a row; `what` is taken when a constraint forbids it.
    pub(crate) async fn insert(
        &mut self,
        what: &'static str,
        statement: Statement<'_>,
    ) -> Result<(), Error> {
        let done = statement.execute(&mut *self.connection).await;
        let unique = |error: &sqlx::Error| {
            error
                .as_database_error()
                .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
        };
        match done {
            Ok(_) => Ok(()),
            Err(error) if unique(&error) => Err(Error::Conflict { what }),
            Err(error) => Err(self.fault(error)),
        }
    }

    fn fault(&mut self, error: sqlx::Error) -> Error {
        fault(&mut self.interrupted, error)
    }
}

/// What an error means, and whether the transaction is worth another run.
fn fault(interrupted: &mut Option<Error>, error: sqlx::Error) -> Error {
    let again = match &error {
        error if engine::is_contention(error) => Some(Error::Contention),
        error if engine::is_lost(error) => Some(Error::Lost {
            why: error.to_string(),
        }),
        _ => None,
    };
    *interrupted = again.or(interrupted.take());
    Error::from(error)
}
