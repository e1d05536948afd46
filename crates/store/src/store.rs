//! The database of control planes: one file and one process, or one server and many.

use std::{fmt, sync::Arc, time::Duration};

use jiff::Timestamp;
use sqlx::{
    Any, AnyPool, Connection, Row,
    any::{AnyPoolOptions, install_default_drivers},
    pool::PoolConnection,
};

use tokio::{
    runtime::Handle,
    sync::{Semaphore, watch},
    time::timeout,
};

use crate::{
    database::{Database, connect},
    engine::{self, Engine},
    error::Error,
    lock::DirLock,
    schema,
    simulated::{Door, Passage},
    tx::{Operation, Tx},
};

/// How many connections read at once.
const READERS: u32 = 8;
/// How many of them at most wait for whoever takes what they read.
const PACED: usize = READERS as usize / 2;
/// How often an operation is run that is in another's way, or whose connection was lost.
const TRIES: u32 = 8;
/// How long an operation waits for its turn.
const TURN: Duration = Duration::from_secs(20);

/// An open database. Clones are the same one; the last one dropped lets go of it.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
    door: Door,
}

struct Inner {
    engine: Engine,
    writer: AnyPool,
    readers: AnyPool,
    paced: Semaphore,
    lock: Option<DirLock>,
    changes: watch::Sender<()>,
}

/// The pools know the address, which may hold a password.
impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("engine", &self.engine)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a database and brings its schema up to date; a file is made where there is none.
    ///
    /// A file has one process at a time: a second one is refused with the first one's pid. A
    /// database that a newer kloigos wrote is refused and not changed.
    pub async fn open(database: impl Into<Database>) -> Result<Self, Error> {
        let database = database.into();
        let lock = lock(&database)?;
        let mut connection = connect(&database.address(), &database).await?;
        engine::prepare(&mut connection, database.engine().prepare_migration()).await?;
        schema::bring_up(database.engine(), &mut connection).await?;
        connection.close().await?;
        Self::over(&database, lock).await
    }

    /// Opens a database whose schema is up to date already, and refuses any other.
    pub async fn open_as_it_is(database: impl Into<Database>) -> Result<Self, Error> {
        let database = database.into();
        let lock = lock(&database)?;
        let mut connection = connect(&database.address(), &database).await?;
        schema::refuse_other(schema::version(database.engine(), &mut connection).await?)?;
        connection.close().await?;
        Self::over(&database, lock).await
    }

    async fn over(database: &Database, lock: Option<DirLock>) -> Result<Self, Error> {
        let (engine, address) = (database.engine(), database.address());
        let writer = pool(1, engine.prepare_writer()).connect(&address).await?;
        let readers = pool(READERS, engine.prepare_reader());
        let readers = readers.connect(&address).await?;
        let inner = Inner {
            engine,
            writer,
            readers,
            paced: Semaphore::new(PACED),
            lock,
            changes: watch::Sender::new(()),
        };
        Ok(Self {
            inner: Arc::new(inner),
            door: Door::default(),
        })
    }

    /// The same database, with this between it and its callers.
    #[must_use]
    pub fn behind(&self, passage: Arc<dyn Passage>) -> Self {
        let mut store = self.clone();
        store.door.passage = Some(passage);
        store
    }

    /// The same database, every operation on which is carried out as a whole while its caller's
    /// thread stands still; the driver's own threads are in this runtime, where it was opened.
    #[must_use]
    pub fn at_once(&self, threads: Handle) -> Self {
        let mut store = self.clone();
        store.door.threads = Some(threads);
        store
    }

    /// Ends all connections and lets go of the database. Operations after it fail.
    pub async fn close(&self) {
        self.inner.readers.close().await;
        self.inner.writer.close().await;
        if let Some(lock) = &self.inner.lock {
            lock.release();
        }
    }

    /// The connection that writes, for what is no operation.
    pub(crate) async fn writer(&self) -> Result<PoolConnection<Any>, Error> {
        Ok(self.inner.writer.acquire().await?)
    }

    /// Told of whatever this process commits from here on; another process's changes are only seen
    /// by looking.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.inner.changes.subscribe()
    }

    /// Whether no other process can use the database while this one has it.
    pub fn is_exclusive(&self) -> bool {
        self.inner.lock.is_some() && self.door.is_alone()
    }

    /// What time it is for the database; `None` where it has no clock but this machine's.
    pub async fn clock(&self) -> Result<Option<Timestamp>, Error> {
        if self.inner.engine == Engine::Sqlite {
            return Ok(None);
        }
        let row = sqlx::query(engine::POSTGRES_CLOCK)
            .fetch_one(&self.inner.readers)
            .await?;
        Ok(Timestamp::from_microsecond(row.try_get("now")?).ok())
    }

    /// Runs an operation in one serializable transaction: all of it happens, or nothing. It is run
    /// again, a bounded number of times, when it was in another's way or the connection was lost
    /// before its end. `InDoubt` when the connection was lost at its end.
    pub async fn run<O: Operation>(&self, operation: &O) -> Result<O::Output, O::Refusal> {
        self.door.pass(true, self.run_now(operation)).await
    }

    async fn run_now<O: Operation>(&self, operation: &O) -> Result<O::Output, O::Refusal> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.attempt(operation).await {
                Attempt::Over(result) => return result,
                Attempt::Again(_) if tries < TRIES => pause(tries).await,
                Attempt::Again(error) => return Err(error.into()),
            }
        }
    }

    async fn attempt<O: Operation>(&self, operation: &O) -> Attempt<O> {
        let begin = self.inner.engine.begin_write();
        let mut transaction = match self.inner.writer.begin_with(begin).await {
            Ok(transaction) => transaction,
            Err(error) => return Attempt::after(Error::from(error)),
        };
        if let Err(error) = self.inner.engine.take_turn(&mut transaction).await {
            return Attempt::after(Error::from(error));
        }
        let mut tx = Tx::new(&mut transaction);
        let result = operation.run(&mut tx).await;
        if let Some(error) = tx.interrupted() {
            return Attempt::Again(error);
        }
        match result {
            Ok(output) => match transaction.commit().await {
                Ok(()) => {
                    self.inner.changes.send_replace(());
                    Attempt::Over(Ok(output))
                }
                Err(error) if engine::is_lost(&error) => Attempt::Over(Err(Error::InDoubt.into())),
                Err(error) => Attempt::after(Error::from(error)),
            },
            Err(refusal) => Attempt::Over(Err(refusal)),
        }
    }

    /// Runs an operation that only reads, beside any writer: it sees one committed state.
    pub async fn view<O: Operation>(&self, operation: &O) -> Result<O::Output, O::Refusal> {
        self.door.pass(false, self.view_now(operation)).await
    }

    /// The same, for an operation that hands on what it reads and so lasts as long as whoever takes
    /// that likes: those cannot have all connections, and wait for their turn among themselves.
    pub async fn view_paced<O: Operation>(&self, operation: &O) -> Result<O::Output, O::Refusal> {
        let turn = timeout(TURN, self.inner.paced.acquire()).await;
        let Ok(Ok(_turn)) = turn else {
            return Err(Error::Contention.into());
        };
        self.view(operation).await
    }

    async fn view_now<O: Operation>(&self, operation: &O) -> Result<O::Output, O::Refusal> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.look(operation).await {
                Attempt::Over(result) => return result,
                Attempt::Again(_) if tries < TRIES => pause(tries).await,
                Attempt::Again(error) => return Err(error.into()),
            }
        }
    }

    async fn look<O: Operation>(&self, operation: &O) -> Attempt<O> {
        let begin = self.inner.engine.begin_read();
        let mut transaction = match self.inner.readers.begin_with(begin).await {
            Ok(transaction) => transaction,
            Err(error) => return Attempt::after(Error::from(error)),
        };
        let mut tx = Tx::new(&mut transaction);
        let result = operation.run(&mut tx).await;
        if let Some(error) = tx.interrupted() {
            return Attempt::Again(error);
        }
        // What was read stays true whatever becomes of the connection.
        transaction.rollback().await.ok();
        Attempt::Over(result)
    }
}

/// How one run of an operation went.
enum Attempt<O: Operation> {
    Over(Result<O::Output, O::Refusal>),
    Again(Error),
}

impl<O: Operation> Attempt<O> {
    fn after(error: Error) -> Self {
        match error {
            Error::Contention | Error::Lost { .. } => Self::Again(error),
            error => Self::Over(Err(error.into())),
        }
    }
}

async fn pause(tries: u32) {
    tokio::time::sleep(Duration::from_millis(5 << tries)).await;
}

fn lock(database: &Database) -> Result<Option<DirLock>, Error> {
    match database {
        Database::File(dir) => DirLock::take(dir).map(Some),
        Database::Postgres(_) => Ok(None),
    }
}

fn pool(connections: u32, first: &'static [&'static str]) -> AnyPoolOptions {
    install_default_drivers();
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(TURN)
        .idle_timeout(None)
        .max_lifetime(None)
        // A connection that died while it was idle costs one more try, and no other one a ping.
        .test_before_acquire(false)
        .after_connect(move |connection, _| Box::pin(engine::prepare(connection, first)))
}

#[cfg(test)]
mod tests;
