//! What must be true of the rows: statements that find what is not, as one sentence a row.

use kloigos_model::{
    allocation::AllocationStatus,
    compute_unit::UnitStatus,
    event::EventKind,
    server::{DriftMode, Health, ServerStatus},
    webhook::DeliveryStatus,
};

use crate::{JobKind, JobStatus};

/// Every rule. Where one is broken its statement answers with a row that has the column `fault`.
pub(super) fn all() -> Vec<String> {
    let shared = SHARED.iter().map(|&(column, what)| twice(column, what));
    let words = words().map(|(table, column, known)| unknown(table, column, &known));
    let others = OTHERS.iter().map(|&rule| rule.to_owned());
    shared.chain(words).chain(others).collect()
}

/// What no two living units of a server share.
const SHARED: [(&str, &str); 5] = [
    ("name", "the name"),
    ("user_name", "the user"),
    ("uid", "the uid"),
    ("dir", "the directory"),
    ("port_slot", "the ports of slot"),
];

fn twice(column: &str, what: &str) -> String {
    format!(
        "SELECT '{what} ' || CAST({column} AS TEXT) || ' belongs to ' || CAST(COUNT(*) AS TEXT) \
         || ' units of server ' || server_id AS fault FROM units WHERE ended_at IS NULL \
         GROUP BY server_id, {column} HAVING COUNT(*) > 1"
    )
}

fn words() -> impl Iterator<Item = (&'static str, &'static str, Vec<&'static str>)> {
    let of = |table, column, known: Vec<&'static str>| (table, column, known);
    [
        of(
            "servers",
            "status",
            ServerStatus::ALL.iter().map(|word| word.as_str()).collect(),
        ),
        of(
            "servers",
            "health",
            Health::ALL.iter().map(|word| word.as_str()).collect(),
        ),
        of(
            "units",
            "status",
            UnitStatus::ALL.iter().map(|word| word.as_str()).collect(),
        ),
        of(
            "deliveries",
            "status",
            DeliveryStatus::ALL
                .iter()
                .map(|word| word.as_str())
                .collect(),
        ),
        of(
            "jobs",
            "kind",
            JobKind::ALL.iter().map(|word| word.as_str()).collect(),
        ),
        of(
            "jobs",
            "status",
            JobStatus::ALL.iter().map(|word| word.as_str()).collect(),
        ),
        of(
            "allocations",
            "status",
            AllocationStatus::ALL.iter().map(|w| w.as_str()).collect(),
        ),
        of(
            "servers",
            "mode",
            DriftMode::ALL.iter().map(|word| word.as_str()).collect(),
        ),
        of(
            "events",
            "kind",
            EventKind::ALL.iter().map(|word| word.as_str()).collect(),
        ),
    ]
    .into_iter()
}

fn unknown(table: &str, column: &str, known: &[&str]) -> String {
    format!(
        "SELECT '{table}.{column} of ' || CAST(id AS TEXT) || ' is the unknown word ' || {column} AS fault \
         FROM {table} WHERE {column} NOT IN ('{}')",
        known.join("', '")
    )
}

const OTHERS: &[&str] = &[
    "SELECT 'unit ' || unit_id || ' is in ' || CAST(COUNT(*) AS TEXT) || ' allocations' AS fault \
     FROM allocations WHERE status IN ('pending', 'active', 'ending') \
     GROUP BY unit_id HAVING COUNT(*) > 1",
    "SELECT 'unit ' || u.name || ' is free and in allocation ' || a.id AS fault FROM units u \
     JOIN allocations a ON a.unit_id = u.id AND a.status IN ('pending', 'active', 'ending') \
     WHERE u.status = 'free'",
    "SELECT 'unit ' || u.name || ' is allocated and in no allocation' AS fault FROM units u \
     WHERE u.status = 'allocated' AND NOT EXISTS (SELECT 1 FROM allocations a \
     WHERE a.unit_id = u.id AND a.status = 'active')",
    "SELECT 'unit ' || u.name || ' lives on a server whose life is over' AS fault FROM units u \
     JOIN servers s ON s.id = u.server_id WHERE u.ended_at IS NULL AND s.ended_at IS NOT NULL",
    "SELECT 'server ' || hostname || ' lives ' || CAST(COUNT(*) AS TEXT) || ' times' AS fault \
     FROM servers WHERE ended_at IS NULL GROUP BY hostname HAVING COUNT(*) > 1",
    "SELECT 'job ' || id || ' is running without a lease' AS fault FROM jobs \
     WHERE status = 'running' AND lease_until IS NULL",
    "SELECT 'job ' || id || ' is ' || status || ' and has no end' AS fault FROM jobs \
     WHERE status IN ('succeeded', 'failed', 'cancelled') AND ended_at IS NULL",
    "SELECT 'jobs ' || a.id || ' and ' || b.id || ' run on the same unit or server' AS fault \
     FROM jobs a JOIN jobs b ON b.server_id = a.server_id AND b.id > a.id \
     AND (a.unit_id IS NULL OR b.unit_id IS NULL OR a.unit_id = b.unit_id) \
     WHERE a.status = 'running' AND b.status = 'running'",
    "SELECT 'the epoch is missing' AS fault FROM (SELECT COUNT(*) AS found FROM meta \
     WHERE name = 'epoch') m WHERE m.found <> 1",
];
