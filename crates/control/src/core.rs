//! What every part of the control plane shares.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kloigos_model::ids::JobId;
use kloigos_store::Store;
use tokio::sync::Notify;

use crate::{clock::World, settings::Settings, transport::Transport};

/// Store, servers, world and settings, and the two bells: work is there, and a job is over.
pub(crate) struct Core {
    pub(crate) store: Store,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) world: World,
    pub(crate) settings: Settings,
    /// Rung when there may be a job to take up.
    pub(crate) wake: Notify,
    ends: Mutex<HashMap<JobId, Arc<Notify>>>,
}

impl Core {
    pub(crate) fn new(
        store: Store,
        transport: Arc<dyn Transport>,
        world: World,
        settings: Settings,
    ) -> Self {
        Self {
            store,
            transport,
            world,
            settings,
            wake: Notify::new(),
            ends: Mutex::default(),
        }
    }

    /// The bell that is rung when this job is over or waits for its next try. Listen before you
    /// look at the job, else the bell may have been rung between.
    pub(crate) fn bell(&self, job: JobId) -> Arc<Notify> {
        self.ends().entry(job).or_default().clone()
    }

    /// Rings it.
    pub(crate) fn ring(&self, job: JobId) {
        if let Some(bell) = self.ends().remove(&job) {
            bell.notify_waiters();
        }
    }

    /// Lets go of a bell that nobody else listens to: the map and the caller have it.
    pub(crate) fn forget(&self, job: JobId, bell: &Arc<Notify>) {
        let mut ends = self.ends();
        if ends.contains_key(&job) && Arc::strong_count(bell) == 2 {
            ends.remove(&job);
        }
    }

    fn ends(&self) -> MutexGuard<'_, HashMap<JobId, Arc<Notify>>> {
        // A map of bells is whole after any panic.
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
