//! The bare loop that a list is compared with: the same rows, read by the plain driver, written as
//! the same JSON by hand. Nothing is checked, nothing is sent.

use anyhow::{Context, Result};
use futures_util::TryStreamExt;
use jiff::Timestamp;
use kloigos_model::compute_unit::UnitStatus;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

/// Before the conditions of a list.
const SELECT: &str = "SELECT u.name, s.hostname, s.ip, u.cpus, s.region, s.zone, u.status, \
    a.started_at, a.tags, s.first_port, s.port_step, u.port_slot, a.id, u.user_name, \
    u.memory_nodes, u.reason, a.activity, t.at, t.broken";

/// The tables; between servers and units goes the join.
const TENANCY: &str = " LEFT JOIN allocations a ON a.unit_id = u.id \
    AND a.status IN ('pending', 'active', 'ending') \
    LEFT JOIN attestations t ON t.id = (SELECT MAX(l.id) FROM attestations l \
    WHERE l.unit_id = u.id) AND COALESCE(t.allocation_id, '') = COALESCE(a.id, '') \
    WHERE u.server_id = s.id";

/// The text of the list with these conditions; into the same memory each time.
pub(super) async fn list(
    connection: &mut SqliteConnection,
    condition: &Condition,
    text: &mut Vec<u8>,
) -> Result<()> {
    let Condition { join, sql, value } = condition;
    let sql = format!(
        "{SELECT} FROM servers s{join} units u{TENANCY}{sql} \
         ORDER BY s.hostname, u.first_cpu, u.id"
    );
    text.clear();
    text.push(b'[');
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(*value);
    let mut rows = query.fetch(connection);
    while let Some(row) = rows.try_next().await? {
        if text.len() > 1 {
            text.push(b',');
        }
        write(&row, text)?;
    }
    text.push(b']');
    Ok(())
}

/// Which units, as the store asks for them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Condition {
    pub(super) join: &'static str,
    pub(super) sql: &'static str,
    /// What `$1` is, where there is one.
    pub(super) value: &'static str,
}

fn write(row: &SqliteRow, text: &mut Vec<u8>) -> Result<()> {
    let cpus: &str = row.try_get(3)?;
    let (first, last) = cpus.split_once('-').context("a range of CPUs")?;
    let (first, last): (u32, u32) = (first.parse()?, last.parse()?);
    let status: &str = row.try_get(6)?;
    let allocation: Option<&str> = row.try_get(12)?;
    quoted(text, "{\"compute_id\":", row.try_get(0)?)?;
    quoted(text, ",\"hostname\":", row.try_get(1)?)?;
    quoted(text, ",\"ip\":", row.try_get(2)?)?;
    number(text, ",\"cpu_count\":", last - first + 1)?;
    quoted(text, ",\"cpu_range\":", Some(cpus))?;
    quoted(text, ",\"region\":", row.try_get(4)?)?;
    quoted(text, ",\"zone\":", row.try_get(5)?)?;
    quoted(text, ",\"status\":", Some(status))?;
    time(text, ",\"started_at\":", row.try_get(7)?)?;
    text.extend_from_slice(b",\"tags\":");
    let tags: Option<&str> = row.try_get(8)?;
    let none = if allocation.is_some() { "null" } else { "{}" };
    text.extend_from_slice(tags.unwrap_or(none).as_bytes());
    text.extend_from_slice(b",\"cpu_list\":\"");
    for cpu in first..=last {
        let comma = if cpu == first { "" } else { "," };
        number(text, comma, cpu)?;
    }
    let (port, step, slot): (u32, u32, u32) = (row.try_get(9)?, row.try_get(10)?, row.try_get(11)?);
    number(text, "\",\"ports_range\":\"", port + slot * step)?;
    number(text, "-", port + (slot + 1) * step)?;
    quoted(text, "\",\"allocation_id\":", allocation)?;
    quoted(text, ",\"user\":", row.try_get(13)?)?;
    quoted(text, ",\"memory_nodes\":", row.try_get(14)?)?;
    quoted(text, ",\"reason\":", row.try_get(15)?)?;
    quoted(text, ",\"activity\":", row.try_get(16)?)?;
    let (at, broken): (Option<i64>, Option<&str>) = (row.try_get(17)?, row.try_get(18)?);
    if let Some(broken) = broken {
        time(text, ",\"attestation\":{\"at\":", at)?;
        let holds: &[u8] = if broken == "[]" { b"true" } else { b"false" };
        text.extend_from_slice(b",\"holds\":");
        text.extend_from_slice(holds);
        text.extend_from_slice(b",\"broken\":");
        text.extend_from_slice(broken.as_bytes());
        text.push(b'}');
    } else {
        text.extend_from_slice(b",\"attestation\":null");
    }
    let status: UnitStatus = status.parse()?;
    quoted(text, ",\"next_action\":", status.next_action())?;
    text.push(b'}');
    Ok(())
}

fn quoted(text: &mut Vec<u8>, name: &str, value: Option<&str>) -> Result<()> {
    text.extend_from_slice(name.as_bytes());
    Ok(serde_json::to_writer(text, &value)?)
}

fn number(text: &mut Vec<u8>, name: &str, value: u32) -> Result<()> {
    text.extend_from_slice(name.as_bytes());
    Ok(serde_json::to_writer(text, &value)?)
}

fn time(text: &mut Vec<u8>, name: &str, micros: Option<i64>) -> Result<()> {
    let at = micros.map(Timestamp::from_microsecond).transpose()?;
    let at = at.map(|at| at.to_string());
    quoted(text, name, at.as_deref())
}
