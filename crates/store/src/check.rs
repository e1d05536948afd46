//! Whether a database is sound: what its engine says of it, and that what the schema forbids is
//! really not there. Nothing is taken from the constraints, for they are what is checked.

mod rules;

use std::collections::{BTreeMap, BTreeSet};

use kloigos_model::cpu::CpuSet;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row, query};

use crate::{
    backup::faults,
    cells::Cells,
    database::{Database, connect},
    engine::Engine,
    error::Error,
    schema,
    tables::{Table, tables},
};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The number of the schema.
    pub schema: i64,
    /// How many rows there are.
    pub rows: u64,
    /// What is wrong, one sentence each; empty when the database is sound.
    pub faults: Vec<String>,
}

/// Looks at everything, as it is at one moment. Whoever uses the database goes on meanwhile, and
/// nothing is changed.
pub async fn check(database: &Database) -> Result<Checked, Error> {
    let engine = database.engine();
    let mut connection = database.connect_beside().await?;
    let schema = schema::version(engine, &mut connection).await?;
    schema::refuse_other(schema)?;
    let model = Model::new().await?;
    let mut look = connection.begin_with(engine.begin_read()).await?;
    let mut faults = match engine {
        Engine::Sqlite => faults(&mut look).await?,
        // It reads every row below, which finds what its checksums find.
        Engine::Postgres => Vec::new(),
    };
    faults.extend(lost_indexes(engine, &model, &mut look).await?);
    let mut rows = 0;
    for table in &model.tables {
        rows += table.count(&mut look).await?.cast_unsigned();
        faults.extend(orphans(table, &mut look).await?);
    }
    for rule in rules::all() {
        faults.extend(broken(rule, &mut look).await?);
    }
    faults.extend(shared_cpus(&mut look).await?);
    look.rollback().await?;
    connection.close().await?;
    Ok(Checked {
        schema,
        rows,
        faults,
    })
}

/// The schema as it should be.
struct Model {
    tables: Vec<Table>,
    indexes: BTreeSet<String>,
}

impl Model {
    /// Of an empty database in memory.
    async fn new() -> Result<Self, Error> {
        let mut empty = connect("sqlite::memory:", "a database in memory").await?;
        schema::bring_up(Engine::Sqlite, &mut empty).await?;
        let tables = tables(&mut empty).await?;
        let indexes = indexes(Engine::Sqlite, &mut empty).await?;
        Ok(Self { tables, indexes })
    }
}

async fn indexes(
    engine: Engine,
    connection: &mut AnyConnection,
) -> Result<BTreeSet<String>, Error> {
    let rows = query(engine.list_indexes()).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(row.try_get("name")?)).collect()
}

async fn lost_indexes(
    engine: Engine,
    model: &Model,
    look: &mut AnyConnection,
) -> Result<Vec<String>, Error> {
    let there = indexes(engine, look).await?;
    let lost = model.indexes.difference(&there);
    let say = |name: &String| format!("the index {name} is gone or not valid, and what it forbids");
    Ok(lost.map(say).collect())
}

async fn orphans(table: &Table, look: &mut AnyConnection) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for to in &table.references {
        let (name, column) = (&table.name, &to.column);
        let count = format!(
            "SELECT COUNT(*) AS found FROM {name} c WHERE c.{column} IS NOT NULL AND NOT EXISTS \
             (SELECT 1 FROM {} p WHERE p.{} = c.{column})",
            to.table, to.key
        );
        let row = query(AssertSqlSafe(count)).fetch_one(&mut *look).await?;
        let orphans: i64 = row.try_get("found")?;
        if orphans > 0 {
            let parent = &to.table;
            found.push(format!(
                "{orphans} rows of {name} name a row of {parent} that is not there"
            ));
        }
    }
    Ok(found)
}

async fn broken(rule: String, look: &mut AnyConnection) -> Result<Vec<String>, Error> {
    let rows = query(AssertSqlSafe(rule)).fetch_all(look).await?;
    rows.iter().map(|row| Ok(row.try_get("fault")?)).collect()
}

/// CPUs of living units by what the units say, against each other and against the table that
/// gives each CPU to one unit.
async fn shared_cpus(look: &mut AnyConnection) -> Result<Vec<String>, Error> {
    let given = query("SELECT server_id, cpu, unit_id AS id FROM unit_cpus");
    let mut given_to = BTreeMap::new();
    for row in given.fetch_all(&mut *look).await? {
        let cells = Cells::new("unit_cpus", &row);
        let place = (cells.text("server_id")?, cells.number::<u32>("cpu")?);
        given_to.insert(place, cells.text("id")?);
    }
    let living = query("SELECT id, server_id, name, cpus FROM units WHERE ended_at IS NULL");
    let (mut faults, mut owners) = (Vec::new(), BTreeMap::new());
    for row in living.fetch_all(look).await? {
        let cells = Cells::new("units", &row);
        let (id, name) = (cells.text("id")?, cells.text("name")?);
        let Ok(cpus) = cells.parse::<CpuSet>("cpus") else {
            faults.push(format!("the CPUs of unit {name} cannot be read"));
            continue;
        };
        for cpu in cpus.iter() {
            let place = (cells.text("server_id")?, cpu);
            if given_to.remove(&place).as_ref() != Some(&id) {
                faults.push(format!("CPU {cpu} of unit {name} is not given to it"));
            }
            if let Some(other) = owners.insert(place, name.clone()) {
                faults.push(format!("CPU {cpu} is unit {name}'s and unit {other}'s"));
            }
        }
    }
    let nobodys = given_to.into_iter();
    faults.extend(nobodys.map(|((server, cpu), unit)| {
        format!("CPU {cpu} of server {server} is given to {unit}, which has it not")
    }));
    Ok(faults)
}

#[cfg(test)]
mod tests;
