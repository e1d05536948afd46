//! The tables as the schema itself tells them, and rows as they are copied from one engine to the
//! other. A table or column that is added later is copied without a change here.

use std::collections::BTreeSet;

use sqlx::{Any, AnyConnection, AssertSqlSafe, Row, any::AnyArguments, any::AnyRow, query::Query};

use crate::error::Error;

/// How many rows are read at once.
const PAGE: usize = 500;
/// How many values a statement takes at most: `SQLITE_MAX_VARIABLE_NUMBER` is 32766.
const VALUES: usize = 30_000;

/// A table of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// The columns of its primary key, in the key's order.
    pub(crate) key: Vec<String>,
    /// What its rows refer to.
    pub(crate) references: Vec<Reference>,
}

/// A column; the schema has two types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) is_text: bool,
}

/// A column that names a row of another table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) column: String,
    pub(crate) table: String,
    pub(crate) key: String,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(Option<String>),
    Number(Option<i64>),
}

/// All tables of an `SQLite` database of ours, those that others refer to before those others.
pub(crate) async fn tables(sqlite: &mut AnyConnection) -> Result<Vec<Table>, Error> {
    let names = sqlx::query(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' \
         ESCAPE '\\' AND name <> '_sqlx_migrations' ORDER BY name",
    );
    let mut tables = Vec::new();
    for row in names.fetch_all(&mut *sqlite).await? {
        tables.push(table(row.try_get("name")?, sqlite).await?);
    }
    in_order(tables)
}

async fn table(name: String, sqlite: &mut AnyConnection) -> Result<Table, Error> {
    let described = sqlx::query("SELECT name, type, pk FROM pragma_table_info($1)");
    let (mut columns, mut key) = (Vec::new(), Vec::new());
    for row in described.bind(name.clone()).fetch_all(&mut *sqlite).await? {
        let column: String = row.try_get("name")?;
        let place: i64 = row.try_get("pk")?;
        if place > 0 {
            key.push((place, column.clone()));
        }
        let is_text = row.try_get::<String, _>("type")? == "TEXT";
        columns.push(Column {
            name: column,
            is_text,
        });
    }
    key.sort();
    let foreign = sqlx::query(
        "SELECT \"from\" AS source, \"table\" AS parent, \"to\" AS target \
         FROM pragma_foreign_key_list($1)",
    );
    let mut references = Vec::new();
    for row in foreign.bind(name.clone()).fetch_all(sqlite).await? {
        references.push(Reference {
            column: row.try_get("source")?,
            table: row.try_get("parent")?,
            key: row.try_get("target")?,
        });
    }
    let key = key.into_iter().map(|(_, column)| column).collect();
    Ok(Table {
        name,
        columns,
        key,
        references,
    })
}

/// A table comes after all that it refers to, itself excepted.
fn in_order(mut left: Vec<Table>) -> Result<Vec<Table>, Error> {
    let (mut done, mut ordered) = (BTreeSet::new(), Vec::new());
    while !left.is_empty() {
        let ready = left.iter().position(|table| {
            let others = table.references.iter().filter(|to| to.table != table.name);
            others
                .map(|to| &to.table)
                .all(|parent| done.contains(parent))
        });
        let Some(ready) = ready else {
            let names: Vec<&str> = left.iter().map(|table| table.name.as_str()).collect();
            let reason = format!(
                "its tables refer to each other in a circle: {}",
                names.join(", ")
            );
            return Err(Error::Unavailable { reason });
        };
        let table = left.remove(ready);
        done.insert(table.name.clone());
        ordered.push(table);
    }
    Ok(ordered)
}

impl Table {
    /// Copies all rows, and tells how many there are.
    pub(crate) async fn copy(
        &self,
        from: &mut AnyConnection,
        to: &mut AnyConnection,
    ) -> Result<u64, Error> {
        let (mut copied, mut last) = (0, None);
        loop {
            let rows = self.page(from, last.as_deref()).await?;
            let Some(end) = rows.last() else {
                return Ok(copied);
            };
            last = Some(self.key_of(end));
            let at_once = (VALUES / self.columns.len()).max(1);
            for some in rows.chunks(at_once) {
                self.insert(to, some).await?;
            }
            copied += rows.len() as u64;
        }
    }

    /// How many rows there are.
    pub(crate) async fn count(&self, connection: &mut AnyConnection) -> Result<i64, Error> {
        let count = format!("SELECT COUNT(*) AS found FROM {}", self.name);
        let row = sqlx::query(AssertSqlSafe(count))
            .fetch_one(connection)
            .await?;
        Ok(row.try_get("found")?)
    }

    /// Removes all rows.
    pub(crate) async fn clear(&self, connection: &mut AnyConnection) -> Result<(), Error> {
        let delete = format!("DELETE FROM {}", self.name);
        sqlx::query(AssertSqlSafe(delete))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// The rows after this key, in the key's order.
    async fn page(
        &self,
        from: &mut AnyConnection,
        after: Option<&[Value]>,
    ) -> Result<Vec<Vec<Value>>, Error> {
        let columns: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
        let key = self.key.join(", ");
        let places: Vec<String> = (1..=self.key.len()).map(|n| format!("${n}")).collect();
        let after_key = match after {
            Some(_) => format!("WHERE ({key}) > ({})", places.join(", ")),
            None => String::new(),
        };
        let select = format!(
            "SELECT {} FROM {} {after_key} ORDER BY {key} LIMIT {PAGE}",
            columns.join(", "),
            self.name
        );
        let values = after.unwrap_or_default().iter().cloned();
        let select = values.fold(sqlx::query(AssertSqlSafe(select)), bind);
        let rows = select.fetch_all(from).await?;
        rows.iter().map(|row| self.row(row)).collect()
    }

    fn row(&self, row: &AnyRow) -> Result<Vec<Value>, Error> {
        let cells = self.columns.iter().map(|column| {
            let name = column.name.as_str();
            let value = if column.is_text {
                row.try_get(name).map(Value::Text)
            } else {
                row.try_get(name).map(Value::Number)
            };
            Ok(value?)
        });
        cells.collect()
    }

    fn key_of(&self, row: &[Value]) -> Vec<Value> {
        let place = |key: &String| self.columns.iter().position(|column| column.name == *key);
        let places = self.key.iter().filter_map(place);
        places.map(|place| row[place].clone()).collect()
    }

    async fn insert(&self, to: &mut AnyConnection, rows: &[Vec<Value>]) -> Result<(), Error> {
        let width = self.columns.len();
        let columns: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
        let row = |number: usize| {
            let places: Vec<String> = (1..=width)
                .map(|place| format!("${}", number * width + place))
                .collect();
            format!("({})", places.join(", "))
        };
        let places: Vec<String> = (0..rows.len()).map(row).collect();
        let insert = format!(
            "INSERT INTO {} ({}) VALUES {}",
            self.name,
            columns.join(", "),
            places.join(", ")
        );
        let values = rows.iter().flatten().cloned();
        let insert = values.fold(sqlx::query(AssertSqlSafe(insert)), bind);
        insert.execute(to).await?;
        Ok(())
    }
}

fn bind(query: Query<'_, Any, AnyArguments>, value: Value) -> Query<'_, Any, AnyArguments> {
    match value {
        Value::Text(text) => query.bind(text),
        Value::Number(number) => query.bind(number),
    }
}
