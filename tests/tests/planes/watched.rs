//! A fleet that notices when two work on the same thing at once.

use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use kloigos_control::transport::{Answer, Target, Transport, TransportError};
use kloigos_model::host::{Progress, Request, ScopeName};
use kloigos_sim::fleet::SimFleet;

/// What is being changed at this moment, by all control planes together.
#[derive(Debug, Default)]
pub(super) struct Changes {
    now: BTreeSet<(IpAddr, ScopeName)>,
    /// What was changed by two at once.
    pub(super) twice: Vec<(IpAddr, ScopeName)>,
}

impl Changes {
    /// Lets go of what a control plane had under way that is no more.
    pub(super) fn forget(&mut self) {
        self.now.clear();
    }
}

/// The way of one control plane to the fleet.
pub(super) struct Watched {
    pub(super) fleet: SimFleet,
    pub(super) changes: Arc<Mutex<Changes>>,
    /// How many changes it asked for.
    pub(super) asked: Arc<Mutex<usize>>,
}

impl Watched {
    fn begin(&self, scopes: &[(IpAddr, ScopeName)]) {
        *self.asked.lock().expect("nobody panicked") += 1;
        let mut changes = self.changes.lock().expect("nobody panicked");
        for scope in scopes {
            if !changes.now.insert(scope.clone()) {
                changes.twice.push(scope.clone());
            }
        }
    }

    fn end(&self, scopes: &[(IpAddr, ScopeName)]) {
        let mut changes = self.changes.lock().expect("nobody panicked");
        for scope in scopes {
            changes.now.remove(scope);
        }
    }
}

#[async_trait]
impl Transport for Watched {
    async fn call(
        &self,
        target: &Target,
        request: &Request,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, TransportError> {
        let (Request::Apply { scopes } | Request::Remove { scopes }) = request else {
            return self.fleet.call(target, request, progress).await;
        };
        let scopes: Vec<_> = scopes
            .iter()
            .map(|scope| (target.ip, scope.scope()))
            .collect();
        self.begin(&scopes);
        // Long enough that another one would come between.
        tokio::task::yield_now().await;
        let answer = self.fleet.call(target, request, progress).await;
        self.end(&scopes);
        answer
    }

    fn simulated(&self) -> bool {
        true
    }
}
