//! Listening to what happens, whichever control plane does it: a place among the events, and what
//! comes after it.

use std::sync::Arc;

use kloigos_model::event::EventId;
use kloigos_store::{EventFilter, EventPage, EventRecord, Operation, Tx};
use tokio::sync::watch;

use crate::{core::Core, refusal::Refusal};

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

/// Waits for a change, or for as long as another process's are not looked for.
pub(crate) async fn something_else(changes: &mut watch::Receiver<()>, core: &Core) {
    let poll = core.world.sleep(core.settings.poll);
    tokio::select! {
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
