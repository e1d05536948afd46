//! What is done now and then so that the database does not grow for ever.

use std::{sync::Arc, time::Duration};

use kloigos_store::{Error, Operation, Tx};

use crate::core::Core;

/// How often.
const EVERY: Duration = Duration::from_mins(15);

/// Forgets what is kept for a while only. Ends with the task it runs in.
pub(crate) async fn go_on(core: Arc<Core>) {
    loop {
        core.world.sleep(EVERY).await;
        match core.store.run(&Prune(core.settings.events_kept)).await {
            Ok(0) => {}
            Ok(events) => tracing::info!(events, "old events are forgotten"),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "events not pruned"
                );
            }
        }
    }
}

/// Only so many events are kept.
pub(crate) struct Prune(pub(crate) u64);

impl Operation for Prune {
    type Output = u64;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Error> {
        tx.prune_events(self.0).await
    }
}
