//! The control plane as its callers see it.

use std::{sync::Arc, time::Duration};

use kloigos_model::{ids::JobId, names::Hostname};
use kloigos_store::{
    JobDetail, JobFilter, JobRecord, ServerDetail, ServerRecord, Store, TokenHash, TokenRecord,
    UnitFilter, UnitRecord,
};

use crate::{
    clock::World,
    ops::{Allocate, Begun, Deallocate, DecommissionServer, InitServer, Probe, Probed},
    refusal::Refusal,
    settings::Settings,
    transport::Transport,
};

/// A running control plane. Clones are the same one.
#[derive(Clone)]
pub struct Control {
    inner: Arc<Inner>,
}

struct Inner {
    #[expect(dead_code, reason = "signatures first")]
    store: Store,
    transport: Arc<dyn Transport>,
    #[expect(dead_code, reason = "signatures first")]
    world: World,
    settings: Settings,
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

fn later<T>() -> Result<T, Refusal> {
    Err(Refusal::Internal("not built yet".to_owned()))
}

#[expect(clippy::unused_async, reason = "signatures first")]
impl Control {
    /// Takes up all unfinished jobs of the store and begins to work. Opens nothing by itself.
    /// Must be called within a tokio runtime.
    pub fn start(
        store: Store,
        transport: Arc<dyn Transport>,
        world: World,
        settings: Settings,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                store,
                transport,
                world,
                settings,
            }),
        }
    }

    /// Begins no further step and waits for the running ones; those that take longer are left
    /// off and taken up by the next start.
    pub async fn stop(&self, _within: Duration) {}

    /// How it stands.
    pub async fn health(&self) -> Standing {
        Standing {
            simulated: self.inner.transport.simulated(),
            host_binary: self.inner.settings.host_binary.is_some(),
            store: true,
            jobs_running: 0,
        }
    }

    /// Reserves a unit and begins to make it ready.
    ///
    /// Refused with `NoCapacity` when none is free. On repeat with the same idempotency key the
    /// first one's job; a crash after the return loses nothing.
    pub async fn allocate(&self, _op: Allocate) -> Result<Begun, Refusal> {
        later()
    }

    /// Begins to empty a unit. A repeat while it is being emptied is the same job.
    pub async fn deallocate(&self, _op: Deallocate) -> Result<Begun, Refusal> {
        later()
    }

    /// Lists a server's units as `initializing` and begins to prepare it.
    pub async fn init_server(&self, _op: InitServer) -> Result<Begun, Refusal> {
        later()
    }

    /// Begins to return a server as it was.
    pub async fn decommission_server(&self, _op: DecommissionServer) -> Result<Begun, Refusal> {
        later()
    }

    /// Looks at a server. Nothing is changed on it, nothing is kept.
    pub async fn probe(&self, _op: Probe) -> Result<Probed, Refusal> {
        later()
    }

    /// Waits until the job is over or the time is up, and tells how it stands then.
    pub async fn wait(&self, _job: JobId, _within: Duration) -> Result<JobRecord, Refusal> {
        later()
    }

    /// Waits until an allocate's unit is ready. `NotReady` when its job failed; `None` when the
    /// time is up and the job goes on.
    pub async fn wait_for_unit(
        &self,
        _job: JobId,
        _within: Duration,
    ) -> Result<Option<UnitRecord>, Refusal> {
        later()
    }

    /// Units, by hostname and CPU.
    pub async fn list_units(&self, _filter: &UnitFilter) -> Result<Vec<UnitRecord>, Refusal> {
        later()
    }

    /// What an allocate's job made, as it was when it became ready; `None` when it is not ready
    /// or the job made no unit ready.
    pub async fn allocated_unit(&self, _job: JobId) -> Result<Option<UnitRecord>, Refusal> {
        later()
    }

    /// Servers that are not decommissioned, by name.
    pub async fn list_servers(&self) -> Result<Vec<ServerRecord>, Refusal> {
        later()
    }

    /// A server with its units and facts: the one that is living, else its latest life.
    pub async fn server(&self, _hostname: &Hostname) -> Result<ServerDetail, Refusal> {
        later()
    }

    /// Jobs, the newest first.
    pub async fn list_jobs(&self, _filter: &JobFilter) -> Result<Vec<JobRecord>, Refusal> {
        later()
    }

    /// A job with its log.
    pub async fn job(&self, _id: JobId) -> Result<JobDetail, Refusal> {
        later()
    }

    /// The token of this hash, if there is one.
    pub async fn token_by_hash(&self, _hash: &TokenHash) -> Result<Option<TokenRecord>, Refusal> {
        later()
    }

    /// Stores a first token where there is none yet. True: it was stored, and its secret can be
    /// shown once. Of two at once, one is stored.
    pub async fn ensure_first_token(&self, _hash: &TokenHash) -> Result<bool, Refusal> {
        later()
    }
}
