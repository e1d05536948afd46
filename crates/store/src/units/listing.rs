//! Lists of units. What is not asked for is not in the query either, so that each question has the
//! index that it needs.

use std::fmt::Write;

use futures_util::{Stream, StreamExt};
use kloigos_model::compute_unit::UnitStatus;
use sqlx::{AssertSqlSafe, any::AnyRow, query};

use super::{attestation, ports, tags, unit};
use crate::{
    UnitFilter, UnitRecord, UnitSummary,
    cells::{Cells, plain},
    error::Error,
    tx::{Statement, Tx},
};

const RECORD: &str = concat!("SELECT ", record_columns!());

const SUMMARY: &str = "SELECT u.id, u.name, s.hostname, s.ip, s.region, s.zone, s.first_uid, \
    s.first_port, s.port_step, u.cpus, u.port_slot, u.user_name, u.memory_nodes, u.status, \
    u.reason, a.id AS allocation_id, a.started_at, a.tags, a.activity, t.at AS attested_at, \
    t.broken";

impl Tx<'_> {
    /// Units that match, by hostname and CPU; ended lives after the living.
    pub async fn list_units(&mut self, filter: &UnitFilter) -> Result<Vec<UnitRecord>, Error> {
        let rows = self.rows(select(RECORD, filter)).await?;
        rows.iter().map(unit).collect()
    }

    /// The same in short, each when it is asked for: neither those before nor those after it are
    /// held.
    pub fn stream_units(
        &mut self,
        filter: &UnitFilter,
    ) -> impl Stream<Item = Result<UnitSummary, Error>> + Send {
        self.stream(select(SUMMARY, filter))
            .map(|row| row.and_then(|row| summary(&row)))
    }
}

/// Server by server as far as the database can find the first ones without having read the last:
/// `CROSS JOIN` is what keeps `SQLite` from another order (see its page on the query planner). Where
/// few units are asked for by name or tag, they are found by that.
fn select(columns: &'static str, filter: &UnitFilter) -> Statement<'static> {
    let few = filter.compute_id.is_some() || filter.deployment_id.is_some();
    let join = if few { "," } else { " CROSS JOIN" };
    let (conditions, values) = conditions(filter);
    let sql = format!(
        "{columns} FROM servers s{join} units u{} WHERE u.server_id = s.id{conditions} \
         ORDER BY s.hostname, u.first_cpu, u.id",
        join_tenancy!()
    );
    let statement = query(AssertSqlSafe(sql));
    values
        .into_iter()
        .fold(statement, |statement, value| match value {
            Value::Text(text) => statement.bind(text),
            Value::Number(number) => statement.bind(number),
        })
}

enum Value {
    Text(String),
    Number(i64),
}

/// What the rows must fulfil, and the values that it speaks of.
fn conditions(filter: &UnitFilter) -> (String, Vec<Value>) {
    // Exactly the decommissioned units have an end, and the indexes are of those that have none.
    let mut conditions = match filter.status {
        Some(UnitStatus::Decommissioned) => String::new(),
        _ => " AND u.ended_at IS NULL".to_owned(),
    };
    let text = |text: &Option<String>| text.as_deref().map(plain).map(Value::Text);
    let status = filter.status.map(|status| status.as_str().to_owned());
    let asked = [
        ("u.name", text(&filter.compute_id)),
        ("s.hostname", text(&filter.hostname)),
        ("s.region", text(&filter.region)),
        ("s.zone", text(&filter.zone)),
        (
            "u.cpu_count",
            filter.cpu_count.map(|count| Value::Number(count.into())),
        ),
        ("a.deployment_id", text(&filter.deployment_id)),
        ("u.status", status.map(Value::Text)),
    ];
    let mut values = Vec::new();
    for (column, value) in asked {
        if let Some(value) = value {
            values.push(value);
            write!(conditions, " AND {column} = ${}", values.len())
                .expect("a string takes all that is written to it");
        }
    }
    (conditions, values)
}

fn summary(row: &AnyRow) -> Result<UnitSummary, Error> {
    let cells = Cells::new("units", row);
    Ok(UnitSummary {
        id: cells.parse("name")?,
        hostname: cells.parse("hostname")?,
        ip: cells.parse("ip")?,
        region: cells.parse("region")?,
        zone: cells.parse("zone")?,
        cpus: cells.parse("cpus")?,
        ports: ports(&cells)?,
        user: cells.parse("user_name")?,
        memory_nodes: cells.maybe("memory_nodes")?,
        status: cells.parse("status")?,
        reason: cells.maybe_text("reason")?,
        allocation: cells.maybe("allocation_id")?,
        started_at: cells.maybe_at("started_at")?,
        tags: tags(&cells)?,
        activity: cells.maybe("activity")?,
        attestation: attestation(&cells)?,
    })
}
