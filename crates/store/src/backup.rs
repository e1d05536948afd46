//! Backups: one `SQLite` file with all rows of one moment, whatever engine they are from, so that it
//! is restored into either.

mod file;
mod restoring;

use std::path::Path;

use sqlx::{AnyConnection, Connection, Row};

use self::file::Part;
pub use self::restoring::{Restored, restore};
use crate::{database::Database, engine::Engine, error::Error, schema, tables::tables};

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// The number of its schema.
    pub schema: i64,
    /// How many rows it has.
    pub rows: u64,
}

/// Writes all rows, as they are at one moment, to a new file. Whoever uses the database goes on
/// meanwhile. The file is there as a whole or not at all, for its owner alone: it holds tenants'
/// keys.
pub async fn backup(database: &Database, to: &Path) -> Result<BackedUp, Error> {
    let part = Part::begin(to)?;
    let mut from = database.connect_beside().await?;
    let schema = schema::version(database.engine(), &mut from).await?;
    schema::refuse_newer(schema)?;
    match database.engine() {
        Engine::Sqlite => part.vacuum(&mut from).await?,
        Engine::Postgres => export(&mut from, schema, &part).await?,
    }
    from.close().await?;
    let rows = count(&part).await?;
    part.finish(to)?;
    Ok(BackedUp { schema, rows })
}

/// Copies what one transaction sees into an empty file of the same schema.
async fn export(from: &mut AnyConnection, schema: i64, part: &Part) -> Result<(), Error> {
    let mut file = part.connect().await?;
    schema::bring_to(schema, &mut file).await?;
    let mut snapshot = from.begin_with(Engine::Postgres.begin_read()).await?;
    copy_all(&mut snapshot, &mut file).await?;
    snapshot.rollback().await?;
    Ok(file.close().await?)
}

/// Fills an `SQLite` database with what another database has. What its migrations wrote goes.
async fn copy_all(from: &mut AnyConnection, file: &mut AnyConnection) -> Result<(), Error> {
    let tables = tables(file).await?;
    let mut transaction = file.begin().await?;
    for table in tables.iter().rev() {
        table.clear(&mut transaction).await?;
    }
    for table in &tables {
        table.copy(from, &mut transaction).await?;
    }
    Ok(transaction.commit().await?)
}

/// How many rows a written file has; refused when it cannot be read back.
async fn count(part: &Part) -> Result<u64, Error> {
    let mut file = part.connect().await?;
    sound(&mut file).await?;
    let mut rows = 0;
    for table in tables(&mut file).await? {
        rows += table.count(&mut file).await?.cast_unsigned();
    }
    file.close().await?;
    Ok(rows)
}

/// What `SQLite` itself says of a file.
pub(crate) async fn faults(file: &mut AnyConnection) -> Result<Vec<String>, Error> {
    let rows = sqlx::query("PRAGMA integrity_check")
        .fetch_all(file)
        .await?;
    let said = rows.iter().map(|row| row.try_get::<String, _>(0));
    let said: Vec<String> = said.collect::<Result<_, _>>()?;
    Ok(said.into_iter().filter(|line| line != "ok").collect())
}

async fn sound(file: &mut AnyConnection) -> Result<(), Error> {
    match faults(file).await?.into_iter().next() {
        None => Ok(()),
        Some(fault) => Err(Error::Unavailable {
            reason: format!("the file is damaged: {fault}"),
        }),
    }
}
