//! A fleet as rows, written by hand: what a hundred thousand inits would leave of what lists read.
//! Nothing of it is on any server, simulated or not, and no visit is due.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use kloigos_store::Store;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

/// The units of a server.
pub const PER_SERVER: u32 = 16;

/// The database below a data directory of a simulated fleet.
pub fn file(dir: &Path) -> PathBuf {
    dir.join("simulated").join("kloigos.db")
}

/// A connection of the plain driver.
pub async fn connect(file: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(false);
    let connected = SqliteConnection::connect_with(&options).await;
    connected.with_context(|| format!("failed to open {}", file.display()))
}

/// Makes a database with so many units below this folder.
pub async fn fill(dir: &Path, units: u32) -> Result<()> {
    let file = file(dir);
    let folder = file.parent().context("the file lies in a folder")?;
    std::fs::create_dir_all(folder)?;
    Store::open(folder).await?.close().await;
    let mut connection = connect(&file).await?;
    for statement in [SERVERS, UNITS, ALLOCATIONS, ATTESTATIONS] {
        let done = sqlx::query(statement)
            .bind(units.div_ceil(PER_SERVER))
            .bind(units)
            .execute(&mut connection)
            .await;
        done.context("failed to write the fleet")?;
    }
    connection.close().await?;
    Ok(())
}

const SERVERS: &str = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n \
    WHERE i + 1 < $1) \
    INSERT INTO servers (id, hostname, ip, ssh_port, region, zone, first_uid, first_port, \
    port_step, warm, epoch, counter, status, health, health_since, touched, created_at, \
    next_visit) SELECT printf('0199c0de-0000-7000-8000-%012x', i), printf('host%05d', i), \
    printf('10.%d.%d.%d', i / 65536, i / 256 % 256, i % 256), 22, 'region' || (i % 5), \
    'zone' || (i % 3), 70001, 2000, 200, 1, 1, 1, 'ready', 'healthy', 1763800000000000, 1, \
    1763800000000000, (unixepoch() + 86400) * 1000000 FROM n WHERE $2 > 0";

/// What a control plane over it is told, so that it does not visit: a visit planned for later than it
/// could have been is due.
pub(super) const NO_VISITS: &[&str] = &["--visit-every", "86400"];

/// Every second one is free, and one of a hundred is unavailable.
const UNITS: &str = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n \
    WHERE i + 1 < $2) \
    INSERT INTO units (id, server_id, name, cpus, cpu_count, first_cpu, port_slot, user_name, \
    uid, dir, memory_nodes, memory_bytes, limits, epoch, counter, status, reason, created_at) \
    SELECT printf('0199c0de-0001-7000-8000-%012x', i), \
    printf('0199c0de-0000-7000-8000-%012x', i / 16), \
    printf('host%05d_%d-%d', i / 16, i % 16 * 4, i % 16 * 4 + 3), \
    printf('%d-%d', i % 16 * 4, i % 16 * 4 + 3), 4, i % 16 * 4, i % 16, \
    printf('u%d-%d', i % 16 * 4, i % 16 * 4 + 3), 70001 + i % 16, \
    printf('c%d-%d', i % 16 * 4, i % 16 * 4 + 3), CASE WHEN i % 16 < 8 THEN '0' ELSE '1' END, \
    17179869184, '{\"memory_max\":17179869184,\"tasks_max\":4096}', 1, 3, \
    CASE WHEN i % 2 = 1 THEN 'allocated' WHEN i % 100 = 0 THEN 'unavailable' ELSE 'free' END, \
    CASE WHEN i % 100 = 0 THEN 'its server \"does not answer\"' END, 1763800000000000 + i \
    FROM n WHERE $1 > 0";

const ALLOCATIONS: &str = "INSERT INTO allocations (id, unit_id, job_id, status, keys, tags, \
    deployment_id, created_at, started_at) \
    SELECT '0199c0de-0002' || substr(u.id, 14), u.id, '0199c0de-0003' || substr(u.id, 14), \
    'active', 'ssh-ed25519 AAAA', '{\"deployment_id\":\"web-' || (u.created_at / 2 % 500) || \
    '\",\"team\":\"storage\",\"groups\":[\"db\",\"eu\"]}', 'web-' || (u.created_at / 2 % 500), \
    u.created_at, u.created_at + 2500000 FROM units u \
    WHERE u.status = 'allocated' AND $1 > 0 AND $2 > 0";

const ATTESTATIONS: &str = "INSERT INTO attestations (id, server_id, unit_id, allocation_id, \
    job_id, generation, at, holds, broken, report) \
    SELECT '0199c0de-0004' || substr(u.id, 14), u.server_id, u.id, \
    '0199c0de-0002' || substr(u.id, 14), '0199c0de-0005' || substr(u.id, 14), '1.3', \
    u.created_at + 3000000, 1, '[]', '{}' FROM units u \
    WHERE u.status = 'allocated' AND $1 > 0 AND $2 > 0";
