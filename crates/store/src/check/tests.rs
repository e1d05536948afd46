//! Every fault that a check is for is made by hand, and found.

use sqlx::Executor;

use super::*;
use crate::{Store, engine};

const SERVER: &str = "INSERT INTO servers (id, hostname, ip, ssh_port, region, zone, first_uid, \
    first_port, port_step, warm, epoch, counter, status, health, health_since, touched, \
    created_at) VALUES ('s1', 'h', '10.0.0.1', 22, 'r', 'z', 70001, 2000, 200, 1, 1, 1, 'ready', \
    'healthy', 0, 1, 0)";
const UNITS: &str = "INSERT INTO units (id, server_id, name, cpus, cpu_count, first_cpu, port_slot, \
    user_name, uid, dir, epoch, counter, status, created_at) VALUES \
    ('u1', 's1', 'h_0-1', '0-1', 2, 0, 0, 'u0-1', 70001, 'c0-1', 1, 1, 'free', 0), \
    ('u2', 's1', 'h_2-3', '2-3', 2, 2, 1, 'u2-3', 70002, 'c2-3', 1, 1, 'allocated', 0)";
const CPUS: &str = "INSERT INTO unit_cpus (server_id, cpu, unit_id) VALUES \
    ('s1', 0, 'u1'), ('s1', 1, 'u1'), ('s1', 2, 'u2'), ('s1', 3, 'u2')";
const JOBS: &str = "INSERT INTO jobs (id, kind, state, step, status, server_id, unit_id, attempt, \
    tries, lease_until, next_at, created_at, ended_at) VALUES \
    ('j1', 'allocating', '{}', 'x', 'succeeded', 's1', 'u2', 1, 0, NULL, 0, 0, 1), \
    ('j2', 'deallocating', '{}', 'x', 'running', 's1', 'u2', 1, 0, 9, 0, 0, NULL)";
const TENANCY: &str = "INSERT INTO allocations (id, unit_id, job_id, status, keys, created_at) \
    VALUES ('a1', 'u2', 'j1', 'active', 'k', 0)";

/// What is found after these statements, written past all constraints.
async fn found(statements: &[&'static str]) -> Vec<String> {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Store::open(dir.path()).await.expect("a new database");
    store.close().await;
    let file = engine::file_address(&dir.path().join("kloigos.db"), "rw");
    let mut by_hand = connect(&file, "the file").await.expect("the file");
    let sound = [
        "PRAGMA foreign_keys = OFF",
        SERVER,
        UNITS,
        CPUS,
        JOBS,
        TENANCY,
    ];
    for statement in sound.iter().chain(statements) {
        by_hand.execute(*statement).await.expect("a statement");
    }
    by_hand.close().await.expect("it is written");
    check(&dir.path().into()).await.expect("a check").faults
}

#[tokio::test]
async fn what_is_sound_is_called_sound() {
    assert_eq!(found(&[]).await, [""; 0]);
}

#[tokio::test]
async fn each_fault_is_found_and_named() {
    let cases: &[(&[&str], &str)] = &[
        (
            &["UPDATE units SET cpus = '1-2' WHERE id = 'u1'"],
            "CPU 2 is unit h_2-3's and unit h_0-1's",
        ),
        (
            &["UPDATE units SET cpus = 'x' WHERE id = 'u1'"],
            "cannot be read",
        ),
        (
            &["DELETE FROM unit_cpus WHERE cpu = 3"],
            "CPU 3 of unit h_2-3 is not given to it",
        ),
        (
            &["INSERT INTO unit_cpus VALUES ('s1', 9, 'u1')"],
            "CPU 9 of server s1 is given to u1",
        ),
        (
            &[
                "DROP INDEX units_living_uid",
                "UPDATE units SET uid = 70001",
            ],
            "the uid 70001 belongs to 2 units",
        ),
        (
            &[
                "DROP INDEX units_living_port_slot",
                "UPDATE units SET port_slot = 0",
            ],
            "the ports of slot 0 belongs to 2 units",
        ),
        (
            &["DROP INDEX allocations_open"],
            "the index allocations_open is gone",
        ),
        (
            &[
                "DROP INDEX allocations_open",
                "INSERT INTO allocations (id, unit_id, job_id, status, keys, created_at) \
                 VALUES ('a2', 'u2', 'j2', 'pending', 'k', 0)",
            ],
            "unit u2 is in 2 allocations",
        ),
        (
            &["UPDATE units SET status = 'free'"],
            "unit h_2-3 is free and in allocation a1",
        ),
        (
            &["UPDATE allocations SET status = 'ended'"],
            "h_2-3 is allocated and in no allocation",
        ),
        (
            &["UPDATE units SET status = 'Free' WHERE id = 'u1'"],
            "unknown word Free",
        ),
        (
            &["UPDATE jobs SET kind = 'mining' WHERE id = 'j2'"],
            "unknown word mining",
        ),
        (
            &["UPDATE servers SET ended_at = 1"],
            "lives on a server whose life is over",
        ),
        (
            &["DELETE FROM servers"],
            "rows of units name a row of servers that is not there",
        ),
        (
            &["DELETE FROM jobs WHERE id = 'j1'"],
            "rows of allocations name a row of jobs",
        ),
        (
            &["UPDATE jobs SET lease_until = NULL"],
            "job j2 is running without a lease",
        ),
        (
            &["UPDATE jobs SET ended_at = NULL"],
            "job j1 is succeeded and has no end",
        ),
        (
            &["UPDATE jobs SET status = 'running', lease_until = 9"],
            "jobs j1 and j2 run on the same",
        ),
        (&["DELETE FROM meta"], "the epoch is missing"),
    ];
    for (statements, what) in cases {
        let faults = found(statements).await;
        assert!(
            faults.iter().any(|fault| fault.contains(what)),
            "{what}: {faults:?}"
        );
    }
}

#[tokio::test]
async fn a_damaged_file_is_found() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Store::open(dir.path()).await.expect("a new database");
    store.close().await;
    let path = dir.path().join("kloigos.db");
    let mut bytes = std::fs::read(&path).expect("the file");
    // The inside of a page that holds an index or a table, not the file's first one.
    let page = 4096 * 6;
    bytes[page..page + 64].fill(0xA5);
    std::fs::write(&path, bytes).expect("the file");
    match check(&dir.path().into()).await {
        Ok(checked) => assert!(!checked.faults.is_empty(), "{checked:?}"),
        Err(error) => assert!(matches!(error, Error::Driver(_)), "{error}"),
    }
}
