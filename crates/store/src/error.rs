//! What the database meant, not what it said.

use kloigos_model::server::Forbidden;

use crate::engine;

/// Why a query or change gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A constraint of the schema forbids it: it is there already.
    #[error("{what} is taken")]
    Conflict {
        /// What is there already.
        what: &'static str,
    },
    /// It was in another's way, and stayed so for all tries.
    #[error("the database is in too much demand")]
    Contention,
    /// The database cannot be used.
    #[error("the database cannot be used: {reason}")]
    Unavailable {
        /// Why and what to do.
        reason: String,
    },
    /// A value that this program would never have written.
    #[error("the database holds a value that cannot be read in {table}.{column}, row {row}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
    },
    /// A change hit another number of rows than it must: somebody else was there before.
    #[error("a change of {table} hit {rows} rows instead of one")]
    Missed {
        /// The table.
        table: &'static str,
        /// How many rows it hit.
        rows: u64,
    },
    /// A status was to be left by a way that it does not have.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The connection to the database was lost; nothing was changed.
    #[error("the connection to the database was lost: {why}")]
    Lost {
        /// What the driver says.
        why: String,
    },
    /// The connection was lost while a change was being committed.
    #[error(
        "the connection to the database was lost at the end of a change, which may have been made"
    )]
    InDoubt,
    /// A file beside the database could not be read or written.
    #[error("failed to {what} {}: {why}", path.display())]
    File {
        /// What was to be done.
        what: &'static str,
        /// The file.
        path: std::path::PathBuf,
        /// Why it was not.
        why: String,
    },
    /// Anything else the driver says.
    #[error("the database failed")]
    Driver(#[source] sqlx::Error),
}

impl Error {
    /// Whether it says nothing of what was asked, only of the database's state: the same may go
    /// well later, and of the last change it may not be known whether it was made.
    pub const fn is_of_the_database(&self) -> bool {
        match self {
            Self::Contention | Self::Unavailable { .. } | Self::Lost { .. } | Self::InDoubt => true,
            Self::Conflict { .. }
            | Self::Corrupt { .. }
            | Self::Missed { .. }
            | Self::Forbidden(_)
            | Self::File { .. }
            | Self::Driver(_) => false,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            error if engine::is_contention(&error) => Self::Contention,
            error if engine::is_lost(&error) => Self::Lost {
                why: error.to_string(),
            },
            sqlx::Error::PoolTimedOut => Self::Contention,
            sqlx::Error::PoolClosed => Self::Unavailable {
                reason: "it was closed".to_owned(),
            },
            error => Self::Driver(error),
        }
    }
}
