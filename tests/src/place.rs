//! Where a test's rows are: on the engine that the run is for.
//!
//! The tests of the store and the stories are the same on both engines. `KLOIGOS_TEST_DATABASE` says
//! which one a run is for, `sqlite` (the default) or `postgres`.

use kloigos_store::{Database, Store};
use tempfile::TempDir;

use crate::postgres;

/// A database of a test's own; gone with the value.
pub enum Place {
    /// An `SQLite` file in a folder.
    File(TempDir),
    /// A database of the tests' `PostgreSQL` server.
    Postgres(postgres::Database),
}

impl Place {
    /// On the engine of this run.
    pub fn new() -> Self {
        if Self::is_shared() {
            Self::postgres()
        } else {
            Self::file()
        }
    }

    /// Whether this run is for the engine that many processes share.
    pub fn is_shared() -> bool {
        match std::env::var("KLOIGOS_TEST_DATABASE").as_deref() {
            Err(_) | Ok("sqlite") => false,
            Ok("postgres") => true,
            Ok(other) => panic!("KLOIGOS_TEST_DATABASE is {other:?}, not sqlite or postgres"),
        }
    }

    /// On `SQLite`.
    pub fn file() -> Self {
        Self::File(tempfile::tempdir().expect("a folder"))
    }

    /// On `PostgreSQL`.
    pub fn postgres() -> Self {
        Self::Postgres(postgres::Database::with_schema())
    }

    /// The database for the store.
    pub fn database(&self) -> Database {
        match self {
            Self::File(dir) => Database::from(dir),
            Self::Postgres(database) => {
                Database::Postgres(database.url().parse().expect("an address"))
            }
        }
    }

    /// As if so much time had gone by: where others may be alive, nothing but its lease tells that a
    /// control plane is dead.
    pub fn let_leases_end(&self) {
        if let Self::Postgres(database) = self {
            database.sql("UPDATE jobs SET lease_until = 0 WHERE status = 'running'");
            database.sql("UPDATE webhooks SET lease_until = 0");
        }
    }

    /// Opens it.
    pub async fn open(&self) -> Store {
        Store::open(self.database()).await.expect("a database")
    }
}

impl Default for Place {
    fn default() -> Self {
        Self::new()
    }
}
