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
        let kept = core.settings.events_kept;
        say("events", core.store.run(&Prune(kept)).await);
        let kept = core.settings.deliveries_kept;
        say(
            "messages to webhooks",
            core.store.run(&PruneDeliveries(kept)).await,
        );
    }
}

fn say(what: &'static str, forgotten: Result<u64, Error>) {
    match forgotten {
        Ok(0) => {}
        Ok(forgotten) => tracing::info!(what, forgotten, "the oldest are forgotten"),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(what, error, "not pruned");
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

/// Only so many messages to each webhook are kept.
pub(crate) struct PruneDeliveries(pub(crate) u64);

impl Operation for PruneDeliveries {
    type Output = u64;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Error> {
        tx.prune_deliveries(self.0).await
    }
}
