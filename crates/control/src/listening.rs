//! Listening to what happens, whichever control plane does it: a place among the events, and what
//! comes after it.

use std::sync::Arc;

use kloigos_model::{event::EventId, ids::JobId};
use kloigos_store::{EventFilter, EventPage, EventRecord, JobPage, JobRecord, Operation, Tx};
use tokio::sync::watch;

use crate::{core::Core, queries::no_job, refusal::Refusal};

/// The most events that are handed over at once.
const AT_ONCE: u32 = 200;

/// Somebody who wants to hear of events, each once, in their order.
pub struct EventWatch {
    core: Arc<Core>,
    filter: EventFilter,
    changes: watch::Receiver<()>,
}

impl EventWatch {
    /// From where the filter says, else from now on.
    pub(crate) async fn begin(core: Arc<Core>, filter: EventFilter) -> Result<Self, Refusal> {
        let changes = core.store.changes();
        let mut filter = filter;
        if filter.after.is_none() && filter.since.is_none() {
            filter.after = Some(core.store.view(&Newest).await?);
        }
        Ok(Self {
            core,
            filter,
            changes,
        })
    }

    /// Up to where everything was heard.
    pub fn place(&self) -> EventId {
        self.filter.after.unwrap_or(EventId::BEFORE_ALL)
    }

    /// Waits until there is something to hear, or until so much was passed over that a listener
    /// should know its new place.
    pub async fn next(&mut self) -> Result<EventPage, Refusal> {
        loop {
            // Marked before the look, so that a change between the two wakes.
            self.changes.mark_unchanged();
            let place = self.filter.after;
            let page = NextEvents(&self.filter);
            let mut page = self.core.store.view(&page).await?;
            // Without a place there is nothing that could have been missed.
            page.gap &= place.is_some_and(|place| place > EventId::BEFORE_ALL);
            self.filter.after = Some(page.seen);
            if page.gap || !page.events.is_empty() {
                return Ok(page);
            }
            something_else(&mut self.changes, &self.core).await;
        }
    }
}

/// Somebody who wants to hear of one job: every line of its log once, and how it stands.
pub struct JobWatch {
    core: Arc<Core>,
    job: JobId,
    heard: u64,
    stood: Option<JobRecord>,
    changes: watch::Receiver<()>,
}

impl JobWatch {
    /// From behind the line of this number.
    pub(crate) async fn begin(core: Arc<Core>, job: JobId, heard: u64) -> Result<Self, Refusal> {
        let changes = core.store.changes();
        core.store.view(&JobFrom(job, heard)).await?;
        Ok(Self {
            core,
            job,
            heard,
            stood: None,
            changes,
        })
    }

    /// The number of the last line that was heard.
    pub fn place(&self) -> u64 {
        self.heard
    }

    /// Waits for further lines, or until the job stands otherwise than it did. `None` after its
    /// end was heard.
    pub async fn next(&mut self) -> Result<Option<JobPage>, Refusal> {
        loop {
            if self.stood.as_ref().is_some_and(|job| job.status.is_over()) {
                return Ok(None);
            }
            self.changes.mark_unchanged();
            let page = self.core.store.view(&JobFrom(self.job, self.heard)).await?;
            let same = self.stood.as_ref() == Some(&page.record);
            self.heard = page.lines.last().map_or(self.heard, |line| line.seq);
            if page.more {
                // How it stands is told behind its last line.
                return Ok(Some(page));
            }
            if !same || !page.lines.is_empty() {
                self.stood = Some(page.record.clone());
                return Ok(Some(page));
            }
            something_else(&mut self.changes, &self.core).await;
        }
    }
}

struct JobFrom(JobId, u64);

impl Operation for JobFrom {
    type Output = JobPage;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<JobPage, Refusal> {
        let page = tx.load_job_from(self.0, self.1, AT_ONCE).await?;
        page.ok_or_else(|| no_job(self.0))
    }
}

/// Waits for a change, or for as long as another process's are not looked for.
pub(crate) async fn something_else(changes: &mut watch::Receiver<()>, core: &Core) {
    let poll = core.world.sleep(core.settings.poll);
    tokio::select! {
        biased;
        changed = changes.changed() => {
            if changed.is_err() {
                // The database is being closed; whoever listens is told at the next look.
                core.world.sleep(core.settings.poll).await;
            }
        }
        () = poll => {}
    }
}

struct Newest;

impl Operation for Newest {
    type Output = EventId;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<EventId, Refusal> {
        Ok(tx.newest_event().await?)
    }
}

struct NextEvents<'a>(&'a EventFilter);

impl Operation for NextEvents<'_> {
    type Output = EventPage;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<EventPage, Refusal> {
        Ok(tx.next_events(self.0, AT_ONCE).await?)
    }
}

/// The latest events.
pub(crate) struct ListEvents<'a>(pub(crate) &'a EventFilter, pub(crate) u32);

impl Operation for ListEvents<'_> {
    type Output = Vec<EventRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        Ok(tx.list_events(self.0, self.1).await?)
    }
}
