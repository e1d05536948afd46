//! A backup becomes the database.

use std::{path::Path, time::Duration};

use jiff::Timestamp;
use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    event::EventKind,
    server::{ServerStatus, ServerVerb},
};
use sqlx::{AnyConnection, Connection, Row, query};

use super::{file::Part, sound};
use crate::{
    cells::micros,
    database::Database,
    engine::{Engine, POSTGRES_IN_USE},
    error::Error,
    schema,
    store::Store,
    tables::{Table, tables},
};

/// What was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// How many rows the backup had.
    pub rows: u64,
    /// The epoch from now on.
    pub epoch: i64,
}

/// How many events a second are never written for long.
const EVENTS_A_SECOND: i64 = 1000;

/// What a server's health says until the first visit after a restore.
const NOT_VISITED: &str = "restored from a backup and not visited since";
/// What is said of what was on its way to something else in the backup.
const CUT_SHORT: &str = "it was under way in the backup that was restored, and what became of it \
    is not known; look at the server first";

/// Puts a backup in the place of all rows, in one transaction. Nobody may use the database
/// meanwhile, and a database that has rows is refused unless they are to be replaced.
///
/// The servers may be ahead of the backup. Therefore the epoch is raised above every one that was
/// ever in use: it is the time of the restore in seconds. What was under way has failed, and nothing
/// is changed on a server before a visit has compared it. What a server has that is newer than what
/// the backup says of it is refused there as long as the row is what it was in the backup.
pub async fn restore(
    database: &Database,
    from: &Path,
    replace: bool,
    now: Timestamp,
) -> Result<Restored, Error> {
    let part = Part::copy_of(from)?;
    let mut backup = part
        .connect()
        .await
        .map_err(|error| no_backup(from, &error))?;
    prepare(&mut backup, from).await?;
    refuse_in_use(database).await?;
    // Takes the lock of a file, and brings the schema up to date.
    let store = Store::open(database.clone()).await?;
    let mut connection = store.writer().await?;
    let begin = database.engine().begin_write();
    let mut transaction = connection.begin_with(begin).await?;
    database.engine().take_turn(&mut transaction).await?;
    let tables = tables(&mut backup).await?;
    refuse_full(&tables, replace, &mut transaction).await?;
    let epoch = epoch(&mut transaction, &mut backup, now).await?;
    let mut rows = 0;
    for table in tables.iter().rev() {
        table.clear(&mut transaction).await?;
    }
    for table in &tables {
        rows += table.copy(&mut backup, &mut transaction).await?;
    }
    settle(&mut transaction, epoch, now).await?;
    transaction.commit().await?;
    drop(connection);
    store.close().await;
    backup.close().await?;
    Ok(Restored { rows, epoch })
}

/// A backup of an older version is brought up to date; the copy is, not the backup.
async fn prepare(backup: &mut AnyConnection, from: &Path) -> Result<(), Error> {
    let version = schema::version(Engine::Sqlite, backup).await;
    match version.map_err(|error| no_backup(from, &error))? {
        0 => return Err(no_backup(from, &"it has none of our tables")),
        version => schema::refuse_newer(version)?,
    }
    sound(backup)
        .await
        .map_err(|error| no_backup(from, &error))?;
    schema::bring_up(Engine::Sqlite, backup).await
}

fn no_backup(from: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::File {
        what: "restore",
        path: from.to_owned(),
        why: format!("it is no backup of kloigos: {why}"),
    }
}

/// How often it is looked who is connected, and how long between: the server notices a moment
/// later that somebody is gone.
const LOOKS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(200);

/// Of a file its lock tells; of a server, who is connected to it.
async fn refuse_in_use(database: &Database) -> Result<(), Error> {
    if database.engine() == Engine::Sqlite {
        return Ok(());
    }
    let mut connection = database.connect_beside().await?;
    let mut connections: i64 = 0;
    for _ in 0..LOOKS {
        let row = query(POSTGRES_IN_USE).fetch_one(&mut connection).await?;
        connections = row.try_get("found")?;
        if connections == 0 {
            return Ok(connection.close().await?);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(Error::Unavailable {
        reason: format!(
            "control planes use it ({connections} connections); stop them all before a restore"
        ),
    })
}

async fn refuse_full(
    tables: &[Table],
    replace: bool,
    target: &mut AnyConnection,
) -> Result<(), Error> {
    for table in tables
        .iter()
        .filter(|table| table.name != "meta" && !replace)
    {
        let rows = table.count(target).await?;
        if rows > 0 {
            let reason = format!(
                "it is not empty ({} rows in {}); --replace puts the backup in the place of all \
                 that it has",
                rows, table.name
            );
            return Err(Error::Unavailable { reason });
        }
    }
    Ok(())
}

/// Later than any epoch that servers may have seen: those of both databases, and those of any
/// other restore of the same backup, which happened at another time.
async fn epoch(
    target: &mut AnyConnection,
    backup: &mut AnyConnection,
    now: Timestamp,
) -> Result<i64, Error> {
    let mut known = now.as_second();
    for connection in [target, backup] {
        let newest = "SELECT COALESCE(MAX(value), 0) AS epoch FROM meta WHERE name = 'epoch'";
        let row = query(newest).fetch_one(connection).await?;
        known = known.max(row.try_get::<i64, _>("epoch")? + 1);
    }
    Ok(known)
}

/// What the servers did since the backup is not known. So nothing of it goes on by itself: what was
/// on its way to something else ends as a failure that an operator looks at, and what stood still is
/// compared before anything is done about it.
async fn settle(target: &mut AnyConnection, epoch: i64, now: Timestamp) -> Result<(), Error> {
    let raise = query("UPDATE meta SET value = $1 WHERE name = 'epoch'").bind(epoch);
    raise.execute(&mut *target).await?;
    end_what_was_under_way(target, now).await?;
    let unseen = query(
        "UPDATE servers SET health = 'unreachable', health_since = $1, health_reason = $2, \
         next_visit = 0 WHERE ended_at IS NULL",
    );
    unseen
        .bind(micros(now))
        .bind(NOT_VISITED)
        .execute(&mut *target)
        .await?;
    for status in ServerStatus::ALL.iter().filter(|s| s.is_comparable()) {
        let wait = query("UPDATE servers SET restored_at = $1 WHERE status = $2");
        let wait = wait.bind(micros(now)).bind(status.as_str());
        wait.execute(&mut *target).await?;
    }
    let unseen = query(
        "UPDATE units SET status = 'unavailable', reason = $1 \
         WHERE status = 'free' AND ended_at IS NULL",
    );
    unseen.bind(NOT_VISITED).execute(&mut *target).await?;
    tell(target, epoch, now).await
}

/// Jobs, and the units, servers and tenancies that they were at. The fence of a job too: whoever
/// held one of them before the restore has nothing to say any more.
async fn end_what_was_under_way(target: &mut AnyConnection, now: Timestamp) -> Result<(), Error> {
    // As with any job that failed: who repeats the request is not answered with that.
    let forget = query(
        "DELETE FROM idempotency WHERE job_id IN \
         (SELECT id FROM jobs WHERE status IN ('queued', 'running'))",
    );
    forget.execute(&mut *target).await?;
    let jobs = query(
        "UPDATE jobs SET status = 'failed', reason = $1, ended_at = $2, lease_until = NULL, \
         at_work = 0, attempt = attempt + 1 WHERE status IN ('queued', 'running')",
    );
    let jobs = jobs.bind(CUT_SHORT).bind(micros(now));
    jobs.execute(&mut *target).await?;
    let tenancies = query(
        "UPDATE allocations SET status = 'failed', reason = $1, ended_at = $2 \
         WHERE status = 'pending'",
    );
    let tenancies = tenancies.bind(CUT_SHORT).bind(micros(now));
    tenancies.execute(&mut *target).await?;
    for from in UnitStatus::ALL {
        if let Ok(to) = from.after(UnitVerb::Fail) {
            let units = query("UPDATE units SET status = $1, reason = $2 WHERE status = $3");
            let units = units.bind(to.as_str()).bind(CUT_SHORT).bind(from.as_str());
            units.execute(&mut *target).await?;
        }
    }
    for from in ServerStatus::ALL {
        if let Ok(to) = from.after(ServerVerb::Fail) {
            let servers = query("UPDATE servers SET status = $1, reason = $2 WHERE status = $3");
            let servers = servers
                .bind(to.as_str())
                .bind(CUT_SHORT)
                .bind(from.as_str());
            servers.execute(&mut *target).await?;
        }
    }
    Ok(())
}

/// Streams that had gone further than the backup miss nothing: the numbers of events go on behind
/// all that were ever given, with the epoch in thousands.
async fn tell(target: &mut AnyConnection, epoch: i64, now: Timestamp) -> Result<(), Error> {
    let restored = query(
        "INSERT INTO events (id, at, kind, detail) SELECT CASE WHEN m.newest < $1 THEN $1 \
         ELSE m.newest + 1 END, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT) \
         FROM (SELECT COALESCE(MAX(id), 0) AS newest FROM events) m",
    );
    restored
        .bind(epoch.saturating_mul(EVENTS_A_SECOND))
        .bind(micros(now))
        .bind(EventKind::DatabaseRestored.as_str())
        .bind(NOT_VISITED)
        .execute(target)
        .await?;
    Ok(())
}
