//! What only this room can do to a database.

use sqlx::{Executor, Row};

use super::*;
use crate::{JobFilter, UnitFilter, UnitRecord};

async fn tampered(statements: &[&'static str]) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Store::open(dir.path()).await.expect("a new database");
    for &statement in statements {
        let done = store.inner.writer.execute(statement).await;
        done.expect("a statement");
    }
    (dir, store)
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let (dir, store) = tampered(&["INSERT INTO _sqlx_migrations \
        (version, description, success, checksum, execution_time) VALUES (99, 'x', 1, '', 0)"])
    .await;
    store.close().await;
    let refused = Store::open(dir.path()).await;
    let Err(Error::Unavailable { reason }) = refused else {
        panic!("not refused: {refused:?}");
    };
    assert!(reason.contains("newer kloigos (schema 99"), "{reason}");
}

#[tokio::test]
async fn commits_are_durable_and_readers_wait_for_nobody() {
    let (_dir, store) = tampered(&[]).await;
    let pragma = |name: &'static str| {
        let writer = store.inner.writer.clone();
        async move {
            let row = sqlx::query(name).fetch_one(&writer).await.expect("a row");
            let text = row.try_get::<String, _>(0);
            text.or_else(|_| row.try_get::<i64, _>(0).map(|number| number.to_string()))
                .expect("a value")
        }
    };
    assert_eq!(pragma("PRAGMA journal_mode").await, "wal");
    assert_eq!(pragma("PRAGMA synchronous").await, "2");
    assert_eq!(pragma("PRAGMA foreign_keys").await, "1");
}

#[tokio::test]
async fn a_value_that_we_never_wrote_is_named() {
    let server = "INSERT INTO servers (id, hostname, ip, ssh_port, region, zone, first_uid, \
        first_port, port_step, warm, epoch, counter, status, health, health_since, touched, \
        created_at) VALUES ('0199c0de-0000-7000-8000-000000000001', 'h', '10.0.0.1', 22, 'r', \
        'z', 70001, 2000, 200, 1, 1, 1, 'ready', 'healthy', 0, 1, 0)";
    let unit = "INSERT INTO units (id, server_id, name, cpus, cpu_count, first_cpu, port_slot, \
        user_name, uid, dir, epoch, counter, status, created_at) VALUES \
        ('0199c0de-0000-7000-8000-000000000002', '0199c0de-0000-7000-8000-000000000001', \
        'h_0-3', '0-3', 4, 0, 0, 'root', 70001, 'c0-3', 1, 1, 'free', 0)";
    let (_dir, store) = tampered(&[server, unit]).await;
    let found = store.view(&AllUnits).await;
    let Err(Error::Corrupt { table, column, row }) = found else {
        panic!("read it: {found:?}");
    };
    assert_eq!((table, column), ("units", "user_name"));
    assert_eq!(row, "0199c0de-0000-7000-8000-000000000002");
    assert_eq!(store.view(&AllJobs).await.expect("no job").len(), 0);
}

struct AllUnits;

impl Operation for AllUnits {
    type Output = Vec<UnitRecord>;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Error> {
        tx.list_units(&UnitFilter::default()).await
    }
}

struct AllJobs;

impl Operation for AllJobs {
    type Output = Vec<crate::JobRecord>;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Error> {
        tx.list_jobs(&JobFilter::default()).await
    }
}
