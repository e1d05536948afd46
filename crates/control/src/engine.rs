//! Takes up jobs and runs them step by step.
//!
//! Nothing is remembered here that matters: who holds what, what is next and when it is tried again
//! is in the database, so that an engine that dies at any instruction loses no job.

mod queue;

use std::{
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kloigos_store::{Claim, Error};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
};

pub(crate) use self::queue::claim;
use self::queue::{GiveBack, NextDue, ReleaseClaims, TakeDue, TryAgain};
use crate::{
    core::Core,
    jobs::{Context, Fault, Standing, runner},
};

/// What a person reads when a fault of ours stops a job; the log has the cause.
const OUR_FAULT: &str = "something in kloigos itself went wrong; its log says what";

/// The workers of one control plane.
pub(crate) struct Engine {
    core: Arc<Core>,
    /// One permit for each job at work.
    turns: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
    /// Whether jobs of an earlier process are back in the queue. Nothing is claimed before.
    ready: AtomicBool,
    tasks: Mutex<JoinSet<()>>,
}

/// The right to work on a job, taken before the job is.
pub(crate) type Turn = OwnedSemaphorePermit;

impl Engine {
    /// Begins to take up jobs.
    pub(crate) fn start(core: Arc<Core>) -> Arc<Self> {
        let engine = Arc::new(Self {
            turns: Arc::new(Semaphore::new(core.settings.at_once as usize)),
            core,
            stopping: watch::Sender::new(false),
            ready: AtomicBool::new(false),
            tasks: Mutex::default(),
        });
        let main = engine.clone();
        engine.tasks().spawn(main.take_up());
        engine
    }

    /// Runs something beside the jobs until the engine stops.
    pub(crate) fn beside(self: &Arc<Self>, work: impl Future<Output = ()> + Send + 'static) {
        let mut stopping = self.stopping.subscribe();
        let until_the_stop = async move {
            tokio::select! {
                biased;
                () = work => {}
                _ = stopping.changed() => {}
            }
        };
        self.tasks().spawn(until_the_stop);
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        // A set of tasks is whole after any panic.
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many jobs are at work.
    pub(crate) fn running(&self) -> usize {
        (self.core.settings.at_once as usize).saturating_sub(self.turns.available_permits())
    }

    /// A turn, if one is to be had at once.
    pub(crate) fn turn(&self) -> Option<Turn> {
        if *self.stopping.borrow() || !self.ready.load(Ordering::Acquire) {
            return None;
        }
        self.turns.clone().try_acquire_owned().ok()
    }

    /// Works on a job that was claimed.
    pub(crate) fn work_on(self: &Arc<Self>, claim: Claim, turn: Turn) {
        let mut tasks = self.tasks();
        // What is over is let go of.
        while tasks.try_join_next().is_some() {}
        // Looked at while the tasks are held: a stop takes them after it has said so.
        if !*self.stopping.borrow() {
            tasks.spawn(self.clone().see_through(claim, turn));
        }
    }

    /// Begins no further step and waits for the running ones; then ends what is left in the middle
    /// of it. Their jobs stay as the database has them, for the next start.
    pub(crate) async fn stop(&self, within: Duration) {
        self.stopping.send_replace(true);
        let mut tasks = std::mem::take(&mut *self.tasks());
        tokio::select! {
            biased;
            () = async { while tasks.join_next().await.is_some() {} } => {}
            () = self.core.world.sleep(within) => {}
        }
        tasks.shutdown().await;
    }

    /// Ends everything where it is.
    pub(crate) fn kill(&self) {
        self.stopping.send_replace(true);
        self.tasks().abort_all();
    }

    /// The main loop: whatever is due is taken up, then it sleeps until something may be.
    async fn take_up(self: Arc<Self>) {
        let mut stopping = self.stopping.subscribe();
        self.release_claims().await;
        self.ready.store(true, Ordering::Release);
        while !*stopping.borrow() {
            // Listened to before the queue is looked at, so that no bell is missed between.
            let woken = self.core.wake.notified();
            let wait = match self.take_all_due().await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "queue not read");
                    self.core.settings.poll
                }
            };
            tokio::select! {
                biased;
                () = woken => {}
                () = self.core.world.sleep(wait) => {}
                _ = stopping.changed() => {}
            }
        }
    }

    /// Only one process can use the database, so whoever held a job before is dead.
    async fn release_claims(&self) {
        if !self.core.store.is_exclusive() {
            return;
        }
        match self.core.store.run(&ReleaseClaims).await {
            Ok(0) => {}
            Ok(jobs) => tracing::info!(jobs, "jobs of an earlier process are taken up again"),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "claims not released"
                );
            }
        }
    }

    /// Takes up what is due, and tells how long there is nothing more to do.
    async fn take_all_due(self: &Arc<Self>) -> Result<Duration, Error> {
        let poll = self.core.settings.poll;
        loop {
            // Without a turn there is nothing to take; a job that ends rings the bell.
            let Some(turn) = self.turn() else {
                return Ok(poll);
            };
            match self.core.store.run(&TakeDue(&self.core)).await? {
                Some(claim) => self.work_on(claim, turn),
                None => break,
            }
        }
        let due = self.core.store.view(&NextDue).await?;
        let left = due.map(|due| Duration::try_from(due - self.core.world.now()));
        // What is due and was not taken is in another's way; whatever ends then rings the bell.
        let left = left.and_then(Result::ok).filter(|left| !left.is_zero());
        Ok(left.map_or(poll, |left| left.min(poll)))
    }

    /// One job, step by step, until it is over or waits.
    async fn see_through(self: Arc<Self>, mut claim: Claim, turn: Turn) {
        let (id, stopping) = (claim.id, self.stopping.subscribe());
        loop {
            if *stopping.borrow() {
                self.give_back(&claim).await;
                break;
            }
            match self.step(&claim).await {
                Some(Standing::Going(state)) => {
                    claim.state = state;
                    claim.tries = 0;
                    claim.died = false;
                    claim.cancel = None;
                }
                Some(Standing::Waiting | Standing::Over) | None => break,
            }
        }
        drop(turn);
        self.core.ring(id);
        self.core.wake.notify_one();
    }

    /// A job that is left between two steps is anybody's at once, not only when its lease ends.
    async fn give_back(&self, claim: &Claim) {
        if let Err(error) = self.core.store.run(&GiveBack(claim)).await {
            tracing::warn!(job = %claim.id, error = &error as &dyn std::error::Error,
                "the job waits for the end of its lease");
        }
    }

    /// One step; a panic in it is a fault like any other. `None`: the job is left as it is.
    async fn step(&self, claim: &Claim) -> Option<Standing> {
        let advance = runner(claim.kind).advance;
        let (core, held) = (self.core.clone(), claim.clone());
        // In a task of its own, so that a panic ends no more than this step; dropped with us.
        let mut task = JoinSet::new();
        task.spawn(async move { advance(&core, &held).await });
        match task.join_next().await? {
            Ok(Ok(standing)) => Some(standing),
            Ok(Err(Fault::Fenced)) => {
                tracing::warn!(job = %claim.id, "the job was given to another worker");
                None
            }
            Ok(Err(Fault::Store(error))) if error.is_of_the_database() => {
                // Whether the step was written is not known, so that nothing is written over it:
                // the lease ends, and whoever takes the job up finds it where it is.
                tracing::error!(job = %claim.id, error = &error as &dyn std::error::Error, "job left");
                None
            }
            Ok(Err(fault)) => {
                tracing::error!(job = %claim.id, error = &fault as &dyn std::error::Error, "step failed");
                self.after_fault(claim).await
            }
            Err(panic) => {
                tracing::error!(job = %claim.id, %panic, "step panicked");
                self.after_fault(claim).await
            }
        }
    }

    /// A fault of ours is tried again like one of a server's, and no longer.
    async fn after_fault(&self, claim: &Claim) -> Option<Standing> {
        let patience = self.core.settings.repair;
        let cx = Context::new(&self.core, claim);
        let done = if cx.exhausted(&patience) {
            let give_up = runner(claim.kind).give_up;
            give_up(&self.core, claim, OUR_FAULT).await
        } else {
            self.core
                .store
                .run(&TryAgain {
                    cx: &cx,
                    reason: OUR_FAULT,
                })
                .await
        };
        match done {
            Ok(()) => Some(Standing::Waiting),
            Err(fault) => {
                // The lease ends, and somebody takes the job up again.
                tracing::error!(job = %claim.id, error = &fault as &dyn std::error::Error, "job left");
                None
            }
        }
    }
}
