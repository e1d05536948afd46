//! What a control plane is asked, and the tokens of who may ask.

use kloigos_model::{
    ids::JobId,
    names::{Hostname, UnitId},
};
use kloigos_store::{
    AttestationRecord, EventFilter, EventRecord, JobDetail, JobFilter, JobRecord, Operation,
    ServerDetail, ServerRecord, Tallies, TokenHash, TokenRecord, Tx, UnitDetail, UnitFilter,
    UnitRecord,
};

use super::Control;
use crate::{
    core::Core,
    housekeeping::Prune,
    list::UnitList,
    listening::{self, EventWatch, JobWatch},
    queries,
    refusal::Refusal,
};

impl Control {
    /// Units, by hostname and CPU.
    pub async fn list_units(&self, filter: &UnitFilter) -> Result<Vec<UnitRecord>, Refusal> {
        self.core.store.view(&queries::ListUnits(filter)).await
    }

    /// The same in short, read while it is taken.
    pub fn stream_units(&self, filter: UnitFilter) -> UnitList {
        UnitList::begin(self.core.clone(), filter)
    }

    /// A unit with all that is known of it: the one that is living, else its latest life.
    pub async fn unit(&self, id: &UnitId) -> Result<UnitDetail, Refusal> {
        self.core.store.view(&queries::FindUnit(id)).await
    }

    /// What the kernel said of a unit's promises, the newest first, at most so many.
    pub async fn attestations_of_unit(
        &self,
        id: &UnitId,
        limit: u32,
    ) -> Result<Vec<AttestationRecord>, Refusal> {
        let query = queries::AttestationsOfUnit(id, limit);
        self.core.store.view(&query).await
    }

    /// What the kernel said of a server's own part, the newest first, at most so many.
    pub async fn attestations_of_server(
        &self,
        hostname: &Hostname,
        limit: u32,
    ) -> Result<Vec<AttestationRecord>, Refusal> {
        let query = queries::AttestationsOfServer(hostname, limit);
        self.core.store.view(&query).await
    }

    /// What an attest's job found out; `None` before.
    pub async fn attestation(&self, job: JobId) -> Result<Option<AttestationRecord>, Refusal> {
        self.core.store.view(&queries::AttestationOfJob(job)).await
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

    /// How much there is of what.
    pub async fn tallies(&self) -> Result<Tallies, Refusal> {
        self.core.store.view(&queries::Count).await
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

    /// The latest events that match, the newest first, at most so many.
    pub async fn list_events(
        &self,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<Vec<EventRecord>, Refusal> {
        let list = listening::ListEvents(filter, limit);
        self.core.store.view(&list).await
    }

    /// Begins to listen to the events that match: from where the filter says, else from now on.
    pub async fn watch_events(&self, filter: EventFilter) -> Result<EventWatch, Refusal> {
        EventWatch::begin(self.core.clone(), filter).await
    }

    /// Begins to listen to a job, from behind the line of its log that has this number.
    pub async fn watch_job(&self, id: JobId, heard: u64) -> Result<JobWatch, Refusal> {
        JobWatch::begin(self.core.clone(), id, heard).await
    }

    /// Forgets all but so many of the newest events, as is done now and then by itself.
    pub async fn prune_events(&self, kept: u64) -> Result<u64, Refusal> {
        Ok(self.core.store.run(&Prune(kept)).await?)
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
