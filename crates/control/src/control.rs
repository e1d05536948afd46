//! The control plane as its callers see it.

use std::{future::Future, sync::Arc, time::Duration};

use kloigos_model::{host::Request, ids::JobId, names::Hostname};
use kloigos_store::{
    JobDetail, JobFilter, JobRecord, JobStatus, Operation, ServerDetail, ServerRecord, Store,
    TokenHash, TokenRecord, Tx, UnitFilter, UnitRecord,
};

use crate::{
    clock::World,
    core::Core,
    engine::{Engine, Turn},
    ops::{
        self, Allocate, Begun, Deallocate, DecommissionServer, InitServer, Probe, Probed, Started,
    },
    queries,
    refusal::Refusal,
    reply::Reply,
    settings::Settings,
    target,
    transport::{Target, Transport, TransportError},
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
    /// Whether it has a host binary to upload.
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
            host_binary: self.core.settings.host_binary.is_some(),
            store: self.core.store.view(&queries::Ping).await.is_ok(),
            jobs_running: self.engine.running(),
        }
    }

    /// Reserves a unit and begins to make it ready.
    ///
    /// Refused with `NoCapacity` when none is free. On repeat with the same idempotency key the
    /// first one's job; a crash after the return loses nothing.
    pub async fn allocate(&self, op: Allocate) -> Result<Begun, Refusal> {
        let control = self.clone();
        self.through(async move {
            let turn = control.engine.turn();
            let reserve = ops::Reserve {
                op: &op,
                core: &control.core,
                take_up: turn.is_some(),
            };
            let started = control.core.store.run(&reserve).await?;
            Ok(control.go(started, turn))
        })
        .await
    }

    /// Begins to empty a unit. A repeat while it is being emptied is the same job.
    pub async fn deallocate(&self, op: Deallocate) -> Result<Begun, Refusal> {
        let control = self.clone();
        self.through(async move {
            let turn = control.engine.turn();
            let end = ops::End {
                op: &op,
                core: &control.core,
                take_up: turn.is_some(),
            };
            let started = control.core.store.run(&end).await?;
            Ok(control.go(started, turn))
        })
        .await
    }

    /// Lists a server's units as `initializing` and begins to prepare it. Nothing is changed on
    /// the server before its preflight found no fault.
    pub async fn init_server(&self, op: InitServer) -> Result<Begun, Refusal> {
        if !self.core.transport.simulated() && self.core.settings.host_binary.is_none() {
            return Err(Refusal::NoHostBinary);
        }
        let control = self.clone();
        self.through(async move {
            let turn = control.engine.turn();
            let begin = ops::Begin {
                op: &op,
                core: &control.core,
                take_up: turn.is_some(),
            };
            let started = control.core.store.run(&begin).await?;
            Ok(control.go(started, turn))
        })
        .await
    }

    /// Begins to return a server as it was. A repeat while that goes on is the same job.
    pub async fn decommission_server(&self, op: DecommissionServer) -> Result<Begun, Refusal> {
        let control = self.clone();
        self.through(async move {
            let turn = control.engine.turn();
            let give_back = ops::Return {
                op: &op,
                core: &control.core,
                take_up: turn.is_some(),
            };
            let started = control.core.store.run(&give_back).await?;
            Ok(control.go(started, turn))
        })
        .await
    }

    /// Carries an operation through even when its caller leaves: between its commit and its job
    /// being taken up nothing may be dropped.
    async fn through<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
    ) -> Result<T, Refusal> {
        match tokio::spawn(work).await {
            Ok(result) => result,
            Err(panic) => Err(Refusal::internal(&panic)),
        }
    }

    fn go(&self, started: Started, turn: Option<Turn>) -> Begun {
        match (started.claim, turn) {
            (Some(claim), Some(turn)) => self.engine.work_on(claim, turn),
            (_, turn) => {
                drop(turn);
                self.core.wake.notify_one();
            }
        }
        started.begun
    }

    /// Looks at a server. Nothing is changed on it, nothing is kept.
    pub async fn probe(&self, op: Probe) -> Result<Probed, Refusal> {
        let pinned = self.core.store.view(&Pinned(&op)).await?;
        let (given, settings) = (op.host_key.as_ref(), &self.core.settings);
        let target = Target {
            ip: op.ip,
            port: op.ssh_port,
            user: op.ssh_user.clone(),
            trusted: target::trusted(op.ip, op.ssh_port, given, pinned.as_ref(), settings),
            first_contact: settings.first_contact,
        };
        let transport = &self.core.transport;
        let result = transport.call(&target, &Request::Facts, &mut |_| {}).await;
        if result == Err(TransportError::HostBinaryMissing) {
            return Err(Refusal::NoHostBinary);
        }
        probed(Reply::of(result, &target, settings))
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
            JobStatus::Failed => Err(Refusal::NotReady {
                job,
                reason: record.reason.unwrap_or_default(),
            }),
        }
    }

    /// Units, by hostname and CPU.
    pub async fn list_units(&self, filter: &UnitFilter) -> Result<Vec<UnitRecord>, Refusal> {
        self.core.store.view(&queries::ListUnits(filter)).await
    }

    /// What an allocate's job made, as it was when it became ready; `None` when it is not ready
    /// or the job made no unit ready.
    pub async fn allocated_unit(&self, job: JobId) -> Result<Option<UnitRecord>, Refusal> {
        self.core.store.view(&queries::AllocatedUnit(job)).await
    }

    /// Servers that are not decommissioned, by name.
    pub async fn list_servers(&self) -> Result<Vec<ServerRecord>, Refusal> {
        self.core.store.view(&queries::ListServers).await
    }

    /// A server with its units and facts: the one that is living, else its latest life.
    pub async fn server(&self, hostname: &Hostname) -> Result<ServerDetail, Refusal> {
        self.core.store.view(&queries::FindServer(hostname)).await
    }

    /// Jobs, the newest first.
    pub async fn list_jobs(&self, filter: &JobFilter) -> Result<Vec<JobRecord>, Refusal> {
        self.core.store.view(&queries::ListJobs(filter)).await
    }

    /// A job with its log.
    pub async fn job(&self, id: JobId) -> Result<JobDetail, Refusal> {
        self.core.store.view(&queries::JobWithLog(id)).await
    }

    /// The token of this hash, if there is one.
    pub async fn token_by_hash(&self, hash: &TokenHash) -> Result<Option<TokenRecord>, Refusal> {
        self.core.store.view(&queries::TokenByHash(hash)).await
    }

    /// Stores a first token where there is none yet. True: it was stored, and its secret can be
    /// shown once. Of two at once, one is stored.
    pub async fn ensure_first_token(&self, hash: &TokenHash) -> Result<bool, Refusal> {
        let first = FirstToken {
            core: &self.core,
            hash,
        };
        self.core.store.run(&first).await
    }
}

fn probed(reply: Reply) -> Result<Probed, Refusal> {
    let reason = match reply {
        Reply::Settled(answer) => match answer.report.facts {
            Some(facts) => {
                return Ok(Probed {
                    facts: *facts,
                    host_key: answer.host_key,
                });
            }
            None => "the server told nothing of itself".to_owned(),
        },
        Reply::Untouched(untouched) => untouched.reason,
        Reply::Unknown(why) | Reply::Half(why, _) | Reply::Overtaken(why, _) => why,
    };
    Err(Refusal::Conflict { reason })
}

struct Pinned<'a>(&'a Probe);

impl Operation for Pinned<'_> {
    type Output = Option<kloigos_model::ssh::PublicKey>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        Ok(tx.host_key(self.0.ip, self.0.ssh_port).await?)
    }
}

struct FirstToken<'a> {
    core: &'a Core,
    hash: &'a TokenHash,
}

impl Operation for FirstToken<'_> {
    type Output = bool;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool, Refusal> {
        let world = &self.core.world;
        let added = tx.insert_first_token(world.token_id(), self.hash, "first", world.now());
        Ok(added.await?)
    }
}
