//! What differs between database engines: how a write begins, which codes mean contention, and
//! what a connection is told first. `SQLite` for now; whatever cannot be said in one SQL text on all
//! engines belongs here, side by side.

use sqlx::{AnyConnection, Executor};

/// Takes the write lock at once, so that a transaction never finds out at its first write that
/// what it read is old.
pub(crate) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";
/// A read sees one state of the database however many statements it has.
pub(crate) const BEGIN_READ: &str = "BEGIN DEFERRED";

/// Whether running the transaction again may help: `SQLITE_BUSY` and `SQLITE_BUSY_SNAPSHOT`.
pub(crate) fn is_contention(error: &sqlx::Error) -> bool {
    let error = error.as_database_error();
    let code = error.and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("5" | "517"))
}

/// A commit is on the disk before it is answered (`FULL`); readers and the writer do not wait for
/// each other (`WAL`).
pub(crate) async fn prepare_writer(connection: &mut AnyConnection) -> sqlx::Result<()> {
    connection.execute("PRAGMA journal_mode = WAL").await?;
    connection.execute("PRAGMA synchronous = FULL").await?;
    connection.execute("PRAGMA foreign_keys = ON").await?;
    Ok(())
}

/// What reads cannot write.
pub(crate) async fn prepare_reader(connection: &mut AnyConnection) -> sqlx::Result<()> {
    connection.execute("PRAGMA query_only = ON").await?;
    Ok(())
}

/// The address of a database file, its path written so that no character of it means anything.
pub(crate) fn address(path: &std::path::Path) -> String {
    use std::{fmt::Write, os::unix::ffi::OsStrExt};
    let mut address = "sqlite://".to_owned();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            address.push(char::from(byte));
        } else {
            write!(address, "%{byte:02X}").expect("a string takes all that is written to it");
        }
    }
    address.push_str("?mode=rwc");
    address
}
