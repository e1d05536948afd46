//! The control plane as its callers see it.

mod asking;
mod probing;
mod sessions;
mod tenancies;
mod webhooks;

pub use self::probing::examine;

use std::{sync::Arc, time::Duration};

use kloigos_model::{ids::JobId, names::Hostname};
use kloigos_store::{JobRecord, JobStatus, Operation, ServerDetail, Store, UnitRecord};

use crate::{
    clock::World,
    core::Core,
    engine::Engine,
    housekeeping,
    ops::{
        self, Allocate, Attest, Begun, CancelJob, ChangeUnit, Deallocate, DecommissionServer,
        InitServer, RetryJob, Started, TendServer,
    },
    queries,
    refusal::Refusal,
    settings::Settings,
    transport::Transport,
    visits,
};

/// A running control plane. Clones are the same one; when the last is dropped it ends where it is,
/// as if it had been killed, and [`Control::stop`] is the gentle way.
#[derive(Clone)]
pub struct Control {
    core: Arc<Core>,
    engine: Arc<Engine>,
    #[expect(dead_code, reason = "it is there to be dropped")]
    alive: Arc<Alive>,
}

/// The workers hold the engine, and so do the clones; only this tells the last of these.
struct Alive(Arc<Engine>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.kill();
    }
}

/// How the control plane itself stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether its servers are simulated ones.
    pub simulated: bool,
    /// Whether it has the host binary its servers need; simulated ones need none uploaded.
    pub host_binary: bool,
    /// Whether the database answers.
    pub store: bool,
    /// How many jobs it works on now.
    pub jobs_running: usize,
}

impl Control {
    /// Takes up all unfinished jobs of the store and begins to work. Opens nothing by itself.
    /// Must be called within a tokio runtime.
    pub fn start(
        store: Store,
        transport: Arc<dyn Transport>,
        world: World,
        settings: Settings,
    ) -> Self {
        let core = Arc::new(Core::new(store, transport, world, settings));
        let engine = Engine::start(core.clone());
        engine.beside(visits::go_round(core.clone()));
        engine.beside(housekeeping::go_on(core.clone()));
        let alive = Arc::new(Alive(engine.clone()));
        Self {
            core,
            engine,
            alive,
        }
    }

    /// Begins no further step and waits for the running ones; those that take longer are left
    /// off and taken up by the next start.
    pub async fn stop(&self, within: Duration) {
        self.engine.stop(within).await;
    }

    /// How it stands.
    pub async fn health(&self) -> Standing {
        Standing {
            simulated: self.core.transport.simulated(),
            host_binary: self.has_host_binary(),
            store: self.core.store.view(&queries::Ping).await.is_ok(),
            jobs_running: self.engine.running(),
        }
    }

    fn has_host_binary(&self) -> bool {
        self.core.transport.simulated() || self.core.settings.host_binary.is_some()
    }

    /// Reserves a unit and begins to make it ready.
    ///
    /// Refused with `NoCapacity` when none is free. On repeat with the same idempotency key the
    /// first one's job; a crash after the return loses nothing.
    pub async fn allocate(&self, op: Allocate) -> Result<Begun, Refusal> {
        self.begin(|core, take_up| ops::Reserve { op, core, take_up })
            .await
    }

    /// Begins to empty a unit. A repeat while it is being emptied is the same job.
    pub async fn deallocate(&self, op: Deallocate) -> Result<Begun, Refusal> {
        self.begin(|core, take_up| ops::End { op, core, take_up })
            .await
    }

    /// Begins to change what an allocated unit's tenancy runs with.
    pub async fn change_unit(&self, op: ChangeUnit) -> Result<Begun, Refusal> {
        self.begin(|core, take_up| ops::BeginChange { op, core, take_up })
            .await
    }

    /// Begins to ask a server's kernel whether it keeps what was promised.
    pub async fn attest(&self, op: Attest) -> Result<Begun, Refusal> {
        self.begin(|core, take_up| ops::Ask { op, core, take_up })
            .await
    }

    /// Lists a server's units as `initializing` and begins to prepare it. Nothing is changed on
    /// the server before its preflight found no fault.
    pub async fn init_server(&self, op: InitServer) -> Result<Begun, Refusal> {
        if !self.has_host_binary() {
            return Err(Refusal::NoHostBinary);
        }
        self.begin(|core, take_up| ops::Begin { op, core, take_up })
            .await
    }

    /// Begins to return a server as it was. A repeat while that goes on is the same job.
    pub async fn decommission_server(&self, op: DecommissionServer) -> Result<Begun, Refusal> {
        self.begin(|core, take_up| ops::Return { op, core, take_up })
            .await
    }

    /// Does something about a server as a whole; the jobs that were begun for it.
    pub async fn tend_server(&self, op: TendServer) -> Result<Vec<JobId>, Refusal> {
        let core = self.core.clone();
        let jobs = self.core.store.run(&ops::Tending { op, core }).await?;
        self.core.wake.notify_one();
        Ok(jobs)
    }

    /// Looks at a server as a whole now, and compares it with what it should be.
    pub async fn check_server(&self, hostname: &Hostname) -> Result<ServerDetail, Refusal> {
        let found = self.core.store.view(&queries::Checkable(hostname)).await?;
        visits::visit(&self.core, found).await?;
        self.server(hostname).await
    }

    /// Asks for a job to be taken back: at once where it waits, else when its step is over.
    pub async fn cancel_job(&self, op: CancelJob) -> Result<(), Refusal> {
        let core = self.core.clone();
        self.core.store.run(&ops::Cancel { op, core }).await?;
        self.core.wake.notify_one();
        Ok(())
    }

    /// Tries a job again that waits or failed; the job that does it.
    pub async fn retry_job(&self, op: RetryJob) -> Result<Begun, Refusal> {
        self.begin(|core, take_up| ops::Retry { op, core, take_up })
            .await
    }

    /// Runs an operation and sees to its job: it is claimed in the same transaction where a
    /// worker stands ready, else it goes through the queue.
    ///
    /// It is carried through even when its caller leaves: between its commit and its job being
    /// taken up nothing may be dropped.
    async fn begin<O>(&self, op: impl FnOnce(Arc<Core>, bool) -> O) -> Result<Begun, Refusal>
    where
        O: Operation<Output = Started, Refusal = Refusal> + Send + 'static,
    {
        let control = self.clone();
        let turn = self.engine.turn();
        let op = op(self.core.clone(), turn.is_some());
        let carried = tokio::spawn(async move {
            let started = control.core.store.run(&op).await?;
            match (started.claim, turn) {
                (Some(claim), Some(turn)) => control.engine.work_on(claim, turn),
                (_, turn) => {
                    drop(turn);
                    control.core.wake.notify_one();
                }
            }
            Ok(started.begun)
        });
        carried
            .await
            .unwrap_or_else(|panic| Err(Refusal::internal(&panic)))
    }

    /// Waits until the job is over or the time is up, and tells how it stands then.
    pub async fn wait(&self, job: JobId, within: Duration) -> Result<JobRecord, Refusal> {
        let end = self.core.world.after(within);
        loop {
            let bell = self.core.bell(job);
            let rung = bell.notified();
            tokio::pin!(rung);
            // Registered before the look, so that an end between the two is heard.
            rung.as_mut().enable();
            let record = self.core.store.view(&queries::FindJob(job)).await;
            let now = self.core.world.now();
            match record {
                Ok(record) if !record.status.is_over() && now < end => {}
                over => {
                    self.core.forget(job, &bell);
                    return over;
                }
            }
            // Another process may end it, whose bell is not heard here.
            let look_again = end.min(self.core.world.after(self.core.settings.poll));
            tokio::select! {
                biased;
                () = rung => {}
                () = self.core.world.sleep_until(look_again) => {}
            }
        }
    }

    /// Waits until an allocate's unit is ready. `NotReady` when its job failed; `None` when the
    /// time is up and the job goes on.
    pub async fn wait_for_unit(
        &self,
        job: JobId,
        within: Duration,
    ) -> Result<Option<UnitRecord>, Refusal> {
        let record = self.wait(job, within).await?;
        match record.status {
            JobStatus::Succeeded => self.allocated_unit(job).await,
            JobStatus::Queued | JobStatus::Running => Ok(None),
            JobStatus::Failed | JobStatus::Cancelled => Err(Refusal::NotReady {
                job,
                reason: record.reason.unwrap_or_default(),
            }),
        }
    }
}
