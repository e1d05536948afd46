//! A list that is handed on while it is read: only a small part of it is held at a time.
//!
//! All of it is of one state of the database, for which a transaction is open until the last unit
//! was read. So whoever takes it is not waited for without end.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::TryStreamExt;
use kloigos_store::{Operation, Tx, UnitFilter, UnitSummary};
use tokio::{
    sync::mpsc::{self, Receiver, Sender},
    task::JoinHandle,
};

use crate::{core::Core, refusal::Refusal};

/// How many units are handed on at once.
const BATCH: usize = 64;
/// How many batches wait for whoever takes them.
const WAITING: usize = 4;
/// How long nothing is taken before the list is left off.
const STANDSTILL: Duration = Duration::from_secs(30);
/// How long a list may take as a whole.
const LONGEST: Duration = Duration::from_mins(10);

/// Units, read as they are taken. Dropped, it is read no further.
pub struct UnitList {
    batches: Receiver<Vec<UnitSummary>>,
    reading: Option<JoinHandle<Result<(), Refusal>>>,
}

impl UnitList {
    /// Begins to read. Must be called within a tokio runtime.
    pub(crate) fn begin(core: Arc<Core>, filter: UnitFilter) -> Self {
        let (to, batches) = mpsc::channel(WAITING);
        let reading = tokio::spawn(async move {
            let reading = Reading {
                filter,
                to,
                begun: AtomicBool::new(false),
                core: &core,
            };
            core.store.view_paced(&reading).await
        });
        Self {
            batches,
            reading: Some(reading),
        }
    }

    /// The next ones. `None`: these were all. After a refusal there were more.
    pub async fn next(&mut self) -> Option<Result<Vec<UnitSummary>, Refusal>> {
        if let Some(batch) = self.batches.recv().await {
            return Some(Ok(batch));
        }
        let read = self.reading.take()?.await;
        match read {
            Ok(Ok(())) => None,
            Ok(Err(refusal)) => Some(Err(refusal)),
            Err(panic) => Some(Err(Refusal::internal(&panic))),
        }
    }
}

struct Reading<'a> {
    filter: UnitFilter,
    to: Sender<Vec<UnitSummary>>,
    /// Whether something was handed on, after which it cannot begin anew.
    begun: AtomicBool,
    core: &'a Core,
}

impl Operation for Reading<'_> {
    type Output = ();
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Refusal> {
        if self.begun.load(Ordering::Relaxed) {
            return Err(Refusal::Busy);
        }
        let end = self.core.world.after(LONGEST);
        let units = tx.stream_units(&self.filter).try_chunks(BATCH);
        let mut units = pin!(units);
        while let Some(batch) = units.try_next().await.map_err(|broken| broken.1)? {
            let end = end.min(self.core.world.after(STANDSTILL));
            tokio::select! {
                biased;
                sent = self.to.send(batch) => if sent.is_err() {
                    // Nobody takes the rest.
                    return Ok(());
                },
                () = self.core.world.sleep_until(end) => {
                    tracing::warn!("a list was left off, since it was taken too slowly");
                    return Err(Refusal::Busy);
                }
            }
            self.begun.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}
