//! What a job's step may use: the store, the server it works on, its own log.

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use kloigos_model::{
    event::EventId,
    host::Request,
    ids::{ServerId, UnitKey},
    remark::Remark,
};
use kloigos_store::{
    AllocationRecord, Claim, Error, JobProgress, Operation, ServerRecord, Tx, UnitRecord, Voice,
};

use super::{
    Fault,
    said::{Said, Written},
};
use crate::{core::Core, reply, reply::Reply, settings::Patience, target};

/// The surroundings of one step.
pub(crate) struct Context<'a> {
    pub(crate) core: &'a Arc<Core>,
    pub(crate) claim: &'a Claim,
    said: Mutex<Said>,
}

/// A server with its units and their open tenancies, as they were at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    /// The newest event at that moment.
    pub(crate) seen: EventId,
    pub(crate) server: ServerRecord,
    pub(crate) units: Vec<(UnitRecord, Option<AllocationRecord>)>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(core: &'a Arc<Core>, claim: &'a Claim) -> Self {
        Self {
            core,
            claim,
            said: Mutex::default(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.core.world.now()
    }

    /// Adds a line to the job's log; it is stored with what the step writes.
    pub(crate) fn say(&self, line: impl Into<String>) {
        let line = line.into();
        tracing::info!(job = %self.claim.id, kind = %self.claim.kind, "{line}");
        self.locked().say(self.now(), line);
    }

    /// Adds why somebody wants it.
    pub(crate) fn say_reason(&self, remark: Option<&Remark>) {
        if let Some(remark) = remark {
            self.say(format!("reason: {remark}"));
        }
    }

    /// Writes the lines that are not written yet. May be run more than once: they count as written
    /// only when the step is over, or when [`Self::keep`] was told so.
    pub(crate) async fn write_lines(&self, tx: &mut Tx<'_>) -> Result<usize, Error> {
        let (lines, count) = self.locked().unwritten();
        let voice = Voice {
            job: self.claim.id,
            step: &self.claim.state.step,
            attempt: self.claim.attempt,
        };
        tx.log_job(voice, &lines).await?;
        Ok(count)
    }

    fn locked(&self) -> MutexGuard<'_, Said> {
        // What was said is whole after any panic.
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one more failure of this step is one too many.
    pub(crate) fn exhausted(&self, patience: &Patience) -> bool {
        self.claim.tries + 1 >= patience.tries
    }

    /// When the step is tried again: the wait, shortened by up to a quarter at random, so that
    /// jobs that failed together do not come back together.
    pub(crate) fn next_try(&self, patience: &Patience) -> Timestamp {
        let wait = patience.wait(self.claim.tries + 1);
        let jitter = 1.0 - self.core.world.fraction() / 4.0;
        self.core.world.after(wait.mul_f64(jitter))
    }

    pub(crate) fn lease_until(&self) -> Timestamp {
        self.core.world.after(self.core.settings.lease)
    }

    /// Makes sure that the job is still ours; every write of a step begins with it.
    pub(crate) async fn hold(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let held = tx.renew(self.claim.id, self.claim.attempt, self.lease_until());
        held.await.map_err(fenced)
    }

    /// Works, and writes meanwhile that the worker is alive, what it says and how far it is. When
    /// the job is somebody else's by then the work is left off: the other one repeats it.
    pub(crate) async fn alive_during<T>(
        &self,
        work: impl Future<Output = Result<T, Fault>> + Send,
    ) -> Result<T, Fault> {
        let mut work = pin!(work);
        let settings = &self.core.settings;
        let pause = settings.tell.min(settings.lease / 3);
        let mut renew_at = self.core.world.after(settings.lease / 3);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = self.core.world.sleep(pause) => {}
            }
            let due = self.now() >= renew_at;
            if due || self.locked().has_news() {
                self.keep(due).await?;
                renew_at = self.core.world.after(settings.lease / 3);
            }
        }
    }

    /// Holds the job, and writes what was said since. Where that was only to be told, a database
    /// that is away for a moment is no reason to leave the work.
    async fn keep(&self, due: bool) -> Result<(), Fault> {
        match self.core.store.run(&Keep(self)).await {
            Ok(written) => {
                self.locked().written(written);
                Ok(())
            }
            Err(Fault::Store(error)) if !due && error.is_of_the_database() => {
                tracing::warn!(job = %self.claim.id, error = &error as &dyn std::error::Error,
                    "what the job says is written later");
                Ok(())
            }
            Err(fault) => Err(fault),
        }
    }

    /// Asks the server's host binary and keeps in the job's log what it did.
    pub(crate) async fn ask(&self, server: &ServerRecord, request: &Request) -> Reply {
        let target = target::of_server(server, &self.core.settings);
        let mut progress = |at: kloigos_model::host::Progress| {
            tracing::debug!(job = %self.claim.id, server = %server.hostname, scope = %at.scope,
                resource = %at.resource, done = at.done, of = at.of, "host works");
            self.locked().is_at(JobProgress {
                done: at.done,
                of: at.of,
                what: format!("{} {}", at.scope, at.resource),
            });
        };
        let result = self.core.transport.call(&target, request, &mut progress);
        let result = result.await;
        if let Ok(answer) = &result {
            for line in reply::log_lines(&answer.report) {
                self.say(line);
            }
        }
        let reply = Reply::of(result, &target, &self.core.settings);
        match &reply {
            Reply::Settled(_) => {}
            Reply::Untouched(untouched) => {
                self.say(format!("{}: {}", server.hostname, untouched.reason));
            }
            Reply::Unknown(why) | Reply::Half(why, _) | Reply::Overtaken(why, _) => {
                self.say(format!("{}: {why}", server.hostname));
            }
        }
        reply
    }

    /// The server and its living units as they are now.
    pub(crate) async fn scene(&self, server: ServerId) -> Result<Scene, Fault> {
        scene(self.core, server).await
    }

    /// A unit, its server and its open tenancy as they are now.
    pub(crate) async fn unit_scene(
        &self,
        unit: UnitKey,
    ) -> Result<(ServerRecord, UnitRecord, Option<AllocationRecord>), Fault> {
        self.core.store.view(&LookAtUnit { unit }).await
    }
}

/// The server and its living units as they are now.
pub(crate) async fn scene(core: &Core, server: ServerId) -> Result<Scene, Fault> {
    core.store.view(&Look { server }).await
}

fn fenced(error: Error) -> Fault {
    match error {
        Error::Missed { table: "jobs", .. } => Fault::Fenced,
        error => Fault::Store(error),
    }
}

struct Keep<'a>(&'a Context<'a>);

impl Operation for Keep<'_> {
    type Output = Written;
    type Refusal = Fault;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Written, Fault> {
        self.0.hold(tx).await?;
        let progress = self.0.locked().progress();
        if let Some(progress) = &progress {
            tx.set_progress(self.0.claim.id, progress).await?;
        }
        let lines = self.0.write_lines(tx).await?;
        Ok(Written { lines, progress })
    }
}

struct Look {
    server: ServerId,
}

impl Operation for Look {
    type Output = Scene;
    type Refusal = Fault;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Scene, Fault> {
        let server = tx.load_server(self.server).await?;
        let server = server.ok_or(Fault::Gone("the server"))?;
        let mut units = Vec::new();
        for unit in tx.units_of(self.server).await? {
            let open = tx.open_allocation(unit.key).await?;
            units.push((unit, open));
        }
        let seen = tx.newest_event().await?;
        Ok(Scene {
            seen,
            server,
            units,
        })
    }
}

struct LookAtUnit {
    unit: UnitKey,
}

impl Operation for LookAtUnit {
    type Output = (ServerRecord, UnitRecord, Option<AllocationRecord>);
    type Refusal = Fault;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Fault> {
        let unit = tx.load_unit(self.unit).await?;
        let unit = unit.ok_or(Fault::Gone("the unit"))?;
        let server = tx.load_server(unit.server).await?;
        let server = server.ok_or(Fault::Gone("the server"))?;
        let open = tx.open_allocation(unit.key).await?;
        Ok((server, unit, open))
    }
}
