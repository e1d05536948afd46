//! The database of one control plane.

use std::{path::Path, sync::Arc, time::Duration};

use sqlx::{
    AnyPool,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::{MigrateError, Migrator},
};

use crate::{
    engine,
    error::Error,
    lock::DirLock,
    tx::{Operation, Tx},
};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How many connections read at once.
const READERS: u32 = 8;
/// How often an operation is run that is in another's way.
const TRIES: u32 = 8;
/// How long an operation waits for its turn.
const TURN: Duration = Duration::from_secs(20);

/// An open database. Clones are the same one; the last one dropped lets go of the directory.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    writer: AnyPool,
    readers: AnyPool,
    lock: DirLock,
}

impl Store {
    /// Opens the database of a data directory, making both where they are not there.
    ///
    /// One process at a time: a second one is refused with the first one's pid. A database that
    /// a newer kloigos wrote is refused and not changed.
    pub async fn open(dir: &Path) -> Result<Self, Error> {
        install_default_drivers();
        let lock = DirLock::take(dir)?;
        let address = engine::address(&dir.join("kloigos.db"));
        let writer = writer(&address).await?;
        migrate(&writer).await?;
        let readers = readers(&address).await?;
        let inner = Inner {
            writer,
            readers,
            lock,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Ends all connections and lets go of the directory. Operations after it fail.
    pub async fn close(&self) {
        self.inner.readers.close().await;
        self.inner.writer.close().await;
        self.inner.lock.release();
    }

    /// Whether no other process can use the database while this one has it.
    pub const fn is_exclusive(&self) -> bool {
        true
    }

    /// Runs an operation in one serializable transaction: all of it happens, or nothing. It is run
    /// again, a bounded number of times, when it was in another's way.
    pub async fn run<O: Operation>(&self, operation: &O) -> Result<O::Output, O::Refusal> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.attempt(operation).await {
                Attempt::Over(result) => return result,
                Attempt::InTheWay if tries < TRIES => {
                    tokio::time::sleep(Duration::from_millis(5 << tries)).await;
                }
                Attempt::InTheWay => return Err(Error::Contention.into()),
            }
        }
    }

    async fn attempt<O: Operation>(&self, operation: &O) -> Attempt<O> {
        let begun = self.inner.writer.begin_with(engine::BEGIN_WRITE).await;
        let mut transaction = match begun {
            Ok(transaction) => transaction,
            Err(error) => return Attempt::after(Error::from(error)),
        };
        let mut tx = Tx::new(&mut transaction);
        let result = operation.run(&mut tx).await;
        if tx.is_contended() {
            return Attempt::InTheWay;
        }
        match result {
            Ok(output) => match transaction.commit().await {
                Ok(()) => Attempt::Over(Ok(output)),
                Err(error) => Attempt::after(Error::from(error)),
            },
            Err(refusal) => Attempt::Over(Err(refusal)),
        }
    }

    /// Runs an operation that only reads, beside any writer: it sees one committed state.
    pub async fn view<O: Operation>(&self, operation: &O) -> Result<O::Output, O::Refusal> {
        let begun = self.inner.readers.begin_with(engine::BEGIN_READ).await;
        let mut transaction = begun.map_err(Error::from)?;
        let output = operation.run(&mut Tx::new(&mut transaction)).await?;
        transaction.rollback().await.map_err(Error::from)?;
        Ok(output)
    }
}

/// How one run of an operation went.
enum Attempt<O: Operation> {
    Over(Result<O::Output, O::Refusal>),
    InTheWay,
}

impl<O: Operation> Attempt<O> {
    fn after(error: Error) -> Self {
        match error {
            Error::Contention => Self::InTheWay,
            error => Self::Over(Err(error.into())),
        }
    }
}

async fn writer(address: &str) -> Result<AnyPool, Error> {
    let options = AnyPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(TURN)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(|connection, _| Box::pin(engine::prepare_writer(connection)));
    options.connect(address).await.map_err(Error::from)
}

async fn readers(address: &str) -> Result<AnyPool, Error> {
    let options = AnyPoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(TURN)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(|connection, _| Box::pin(engine::prepare_reader(connection)));
    options.connect(address).await.map_err(Error::from)
}

async fn migrate(writer: &AnyPool) -> Result<(), Error> {
    let known = MIGRATIONS
        .iter()
        .map(|step| step.version)
        .max()
        .unwrap_or_default();
    match MIGRATIONS.run(writer).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(version)) => Err(Error::Unavailable {
            reason: format!(
                "it was written by a newer kloigos (schema {version}; this one knows {known}); \
                 use that version or a newer one"
            ),
        }),
        Err(MigrateError::Execute(error)) => Err(Error::from(error)),
        Err(error) => Err(Error::Unavailable {
            reason: format!("its schema cannot be brought up to date: {error}"),
        }),
    }
}

#[cfg(test)]
mod tests;
