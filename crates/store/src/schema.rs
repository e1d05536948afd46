//! The schema: how old a database is, and how it is brought up to date.

use sqlx::{AnyConnection, Row, migrate::MigrateError, migrate::Migrator};

use crate::{
    database::Database,
    engine::{self, Engine},
    error::Error,
    store::Store,
};

/// What a migration came from, and where it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// The schema's number before; 0 for a database that was empty.
    pub from: i64,
    /// Its number now.
    pub to: i64,
}

/// Brings a database up to date; a file is made where there is none. A file must not be in use.
pub async fn migrate(database: &Database) -> Result<Migrated, Error> {
    let from = match database.connect_beside().await {
        Ok(mut connection) => version(database.engine(), &mut connection).await?,
        // A file that is not there yet; anything else is said again below.
        Err(_) => 0,
    };
    Store::open(database.clone()).await?.close().await;
    Ok(Migrated { from, to: newest() })
}

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The number of the schema that this program knows.
pub(crate) fn newest() -> i64 {
    let versions = MIGRATIONS.iter().map(|step| step.version);
    versions.max().unwrap_or_default()
}

/// The number of a database's schema; 0 for an empty database.
pub(crate) async fn version(engine: Engine, connection: &mut AnyConnection) -> Result<i64, Error> {
    let table = sqlx::query(engine.count_tables()).bind("_sqlx_migrations");
    let found: i64 = table.fetch_one(&mut *connection).await?.try_get("found")?;
    if found == 0 {
        return Ok(0);
    }
    let newest = sqlx::query("SELECT COALESCE(MAX(version), 0) AS newest FROM _sqlx_migrations");
    Ok(newest.fetch_one(connection).await?.try_get("newest")?)
}

/// Refuses a database that this program must not read: one of a newer version.
pub(crate) fn refuse_newer(version: i64) -> Result<(), Error> {
    if version > newest() {
        return Err(newer(version));
    }
    Ok(())
}

/// Refuses a database that this program cannot use as it is.
pub(crate) fn refuse_other(version: i64) -> Result<(), Error> {
    refuse_newer(version)?;
    if version < newest() {
        let reason = format!(
            "its schema is {version} and this kloigos needs {}; bring it up to date with: kloigos \
             db migrate",
            newest()
        );
        return Err(Error::Unavailable { reason });
    }
    Ok(())
}

/// Brings a database up to date. Of several at once one does it, and the others wait.
pub(crate) async fn bring_up(engine: Engine, connection: &mut AnyConnection) -> Result<(), Error> {
    bring_to(newest(), connection).await?;
    Ok(engine::after_migration(engine, connection).await?)
}

/// Brings a database to a schema that this program knows.
pub(crate) async fn bring_to(version: i64, connection: &mut AnyConnection) -> Result<(), Error> {
    match MIGRATIONS.run_to(version, connection).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(version)) => Err(newer(version)),
        Err(MigrateError::Execute(error)) => Err(Error::from(error)),
        Err(error) => Err(Error::Unavailable {
            reason: format!("its schema cannot be brought up to date: {error}"),
        }),
    }
}

fn newer(version: i64) -> Error {
    let known = newest();
    Error::Unavailable {
        reason: format!(
            "it was written by a newer kloigos (schema {version}; this one knows {known}); use \
             that version or a newer one"
        ),
    }
}
