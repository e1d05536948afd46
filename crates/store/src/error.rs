//! What the database meant, not what it said.

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
    /// A change hit another number of rows than it must.
    #[error("a change of {table} hit {rows} rows instead of one")]
    Missed {
        /// The table.
        table: &'static str,
        /// How many rows it hit.
        rows: u64,
    },
    /// Anything else the driver says.
    #[error("the database failed")]
    Driver(
        /// What it said.
        #[source]
        sqlx::Error,
    ),
}
