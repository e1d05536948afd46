//! What differs between database engines: how a transaction begins, which codes mean contention or
//! a lost connection, and what a connection is told first. Whatever cannot be said in one SQL text
//! on all engines belongs here, side by side.

use sqlx::{AnyConnection, Executor};

/// Which engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// A file, one process.
    Sqlite,
    /// A server, many processes.
    Postgres,
}

impl Engine {
    /// Writers take turns, on both engines: each sees all that was committed before it, and none
    /// finds out at its end that what it read is old. [`take_turn`](Self::take_turn) comes next.
    pub(crate) const fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        }
    }

    /// What a transaction that writes does first. `SQLite` has given it its turn with its beginning.
    ///
    /// On `PostgreSQL` the turn is a lock on the table that every schema has. `LOCK TABLE` as the
    /// first statement is waited for before the transaction's snapshot is taken (lock(7) of
    /// `PostgreSQL`). Serializable transactions without it were 40001 more often than not, since
    /// small tables are scanned as a whole and every allocation reads the same few rows.
    ///
    /// It is no part of the beginning, which would save a round trip: when it is refused there, the
    /// driver knows of no transaction that it should end, and the connection is of no use any more.
    pub(crate) async fn take_turn(self, connection: &mut AnyConnection) -> sqlx::Result<()> {
        if self == Self::Postgres {
            let lock = "LOCK TABLE meta IN SHARE ROW EXCLUSIVE MODE";
            connection.execute(lock).await?;
        }
        Ok(())
    }

    /// A read sees one state of the database however many statements it has, waits for no writer
    /// and is in no writer's way.
    pub(crate) const fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN DEFERRED",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// What a connection that writes is told first. A commit is on the disk before it is answered.
    pub(crate) const fn prepare_writer(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[
                // Readers and the writer do not wait for each other.
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = ON",
            ],
            Self::Postgres => POSTGRES,
        }
    }

    /// What a connection that brings the schema up to date is told first. A migration that a power
    /// cut takes back runs again, so that the disk is waited for once, when the file is closed, and
    /// not at each of them.
    pub(crate) const fn prepare_migration(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = NORMAL",
                "PRAGMA foreign_keys = ON",
            ],
            Self::Postgres => &[],
        }
    }

    /// What a connection that reads is told first.
    pub(crate) const fn prepare_reader(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["PRAGMA query_only = ON"],
            Self::Postgres => POSTGRES,
        }
    }

    /// The names of all indexes that work.
    pub(crate) const fn list_indexes(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            }
            Self::Postgres => {
                "SELECT CAST(c.relname AS TEXT) AS name FROM pg_index i \
                 JOIN pg_class c ON c.oid = i.indexrelid \
                 JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE n.nspname = current_schema() AND i.indisvalid"
            }
        }
    }

    /// Whether there is a table of this name; one row with a number.
    pub(crate) const fn count_tables(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "SELECT COUNT(*) AS found FROM sqlite_master WHERE type = 'table' AND name = $1"
            }
            Self::Postgres => {
                "SELECT COUNT(*) AS found FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_name = $1"
            }
        }
    }
}

/// A control plane whose machine vanished in the middle of a transaction keeps its turn no longer
/// than the first of these; one that waits for its turn says so after the second. A server that is
/// set to answer before a commit is on its disk is asked for more, and one that is set to more
/// than that is left as it is.
const POSTGRES: &[&str] = &[
    "SET idle_in_transaction_session_timeout = '10s'",
    "SET lock_timeout = '20s'",
    "SET application_name = 'kloigos'",
    "SELECT set_config('synchronous_commit', 'on', false) \
     WHERE current_setting('synchronous_commit') = 'off'",
];

/// How many other connections of control planes a `PostgreSQL` database has; one row with a number.
pub(crate) const POSTGRES_IN_USE: &str = "SELECT COUNT(*) AS found FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name = 'kloigos' \
    AND pid <> pg_backend_pid()";

/// The server's clock in microseconds; one row with a number.
pub(crate) const POSTGRES_CLOCK: &str =
    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS now";

/// Compares texts byte by byte, as `SQLite` does, whatever language the database was made for:
/// both engines list in the same order, and an update of the system's locales cannot break an
/// index.
const POSTGRES_BYTEWISE: &str = "DO $$ DECLARE c record; BEGIN \
    FOR c IN SELECT k.table_name, k.column_name FROM information_schema.columns k \
    JOIN information_schema.tables t \
    ON t.table_schema = k.table_schema AND t.table_name = k.table_name \
    WHERE k.table_schema = current_schema() AND t.table_type = 'BASE TABLE' \
    AND k.data_type = 'text' AND k.collation_name IS DISTINCT FROM 'C' \
    AND EXISTS (SELECT 1 FROM information_schema.tables m \
    WHERE m.table_schema = current_schema() AND m.table_name = '_sqlx_migrations') \
    LOOP EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE TEXT COLLATE \"C\"', \
    c.table_name, c.column_name); END LOOP; END $$";

/// Tells a new connection what it is for.
pub(crate) async fn prepare(
    connection: &mut AnyConnection,
    statements: &'static [&'static str],
) -> sqlx::Result<()> {
    for &statement in statements {
        connection.execute(statement).await?;
    }
    Ok(())
}

/// What an engine needs after its schema was brought up to date.
pub(crate) async fn after_migration(
    engine: Engine,
    connection: &mut AnyConnection,
) -> sqlx::Result<()> {
    match engine {
        Engine::Sqlite => Ok(()),
        Engine::Postgres => sqlx::raw_sql(POSTGRES_BYTEWISE)
            .execute(connection)
            .await
            .map(drop),
    }
}

/// Whether running the transaction again may help: `SQLITE_BUSY` and `SQLITE_BUSY_SNAPSHOT`;
/// `serialization_failure`, `deadlock_detected` and `lock_not_available`.
pub(crate) fn is_contention(error: &sqlx::Error) -> bool {
    matches!(
        code(error).as_deref(),
        Some("5" | "517" | "40001" | "40P01" | "55P03")
    )
}

/// Whether the connection is gone, and with it the transaction unless it was being committed:
/// class 08, `admin_shutdown`, `crash_shutdown`, `cannot_connect_now`, and
/// `idle_in_transaction_session_timeout`.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => true,
        error => code(error).is_some_and(|code| {
            code.len() == 5 && code.starts_with("08")
                || matches!(code.as_str(), "57P01" | "57P02" | "57P03" | "25P03")
        }),
    }
}

fn code(error: &sqlx::Error) -> Option<String> {
    let error = error.as_database_error();
    let code = error.and_then(sqlx::error::DatabaseError::code);
    code.map(std::borrow::Cow::into_owned)
}

/// The address of a database file, its path written so that no character of it means anything.
pub(crate) fn file_address(path: &std::path::Path, mode: &str) -> String {
    use std::{fmt::Write, os::unix::ffi::OsStrExt};
    let mut address = "sqlite://".to_owned();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            address.push(char::from(byte));
        } else {
            write!(address, "%{byte:02X}").expect("a string takes all that is written to it");
        }
    }
    write!(address, "?mode={mode}").expect("a string takes all that is written to it");
    address
}
