//! Webhooks: events are sent to whoever asked to be told of them, in their order, each until it
//! arrived or was given up.
//!
//! A message is written beside the webhook's place among the events, in one transaction, before it
//! is sent; how that went is written after. Whoever dies between the two leaves a message that is
//! sent again under the same id: each arrives at least once. One control plane at a time sends for
//! a webhook, under a lease. How a message looks and travels is the [`Courier`]'s business.

mod courier;
mod rows;
mod writing;

use std::{sync::Arc, time::Duration};

use kloigos_model::ids::WebhookId;
use kloigos_store::Error;
use tokio::task::JoinSet;

pub use self::courier::{Courier, Letter, Message, Reply};
pub(crate) use self::rows::{
    DeliveryOf, EditWebhook, FindWebhook, ListDeliveries, ListWebhooks, MakeWebhook, Redeliver,
    RemoveWebhook, TestWebhook,
};
use self::writing::{Found, Look, Release, Settle, TakeOn, Work};
use crate::{core::Core, listening::something_else};

/// How many webhooks are sent to at once.
const AT_ONCE: usize = 16;
/// Changes come in flocks; one look after a few of them is enough.
const FLOCK: Duration = Duration::from_millis(20);
/// How long one control plane sends for a webhook without a sign of life. A [`Courier`] gives up
/// long before.
const LEASE: Duration = Duration::from_mins(1);

/// Sends what is to be sent. Ends with the task it runs in.
pub(crate) async fn go_on(core: Arc<Core>, courier: Arc<dyn Courier>) {
    let post = Post { core, courier };
    let mut changes = post.core.store.changes();
    let mut rounds = JoinSet::new();
    post.release_all().await;
    loop {
        // Marked before the look, so that a change between the two wakes.
        changes.mark_unchanged();
        while rounds.try_join_next().is_some() {}
        let found = post.look().await;
        for webhook in found.due {
            if rounds.len() < AT_ONCE {
                rounds.spawn(post.clone().round(webhook));
            }
        }
        tokio::select! {
            biased;
            () = something_else(&mut changes, &post.core) => post.core.world.sleep(FLOCK).await,
            () = post.core.world.sleep_until(found.next) => {}
            Some(_) = rounds.join_next() => {}
        }
    }
}

/// Sends for webhooks.
#[derive(Clone)]
struct Post {
    core: Arc<Core>,
    courier: Arc<dyn Courier>,
}

impl Post {
    /// Only one process can use the database, so whoever sent before is dead.
    async fn release_all(&self) {
        if self.core.store.is_exclusive()
            && let Err(error) = self.core.store.run(&Release).await
        {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "webhooks wait for the end of their leases");
        }
    }

    /// What there is to send, and when to look again.
    async fn look(&self) -> Found {
        let now = self.core.world.now();
        let key = self.courier.key();
        let poll = self.core.world.after(self.core.settings.poll);
        match self.core.store.view(&Look { now, key, poll }).await {
            Ok(found) => found,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "webhooks not read");
                let due = Vec::new();
                Found { due, next: poll }
            }
        }
    }

    /// Sends to a webhook as long as there is something to send now.
    async fn round(self, webhook: WebhookId) {
        if let Err(error) = self.send_to(webhook).await {
            // The lease ends, and whoever takes the webhook on finds it where it is.
            let error = &error as &dyn std::error::Error;
            tracing::error!(%webhook, error, "webhook left");
        }
    }

    async fn send_to(&self, webhook: WebhookId) -> Result<(), Error> {
        let (core, post) = (&self.core, self);
        let mut work = core.store.run(&TakeOn { post, webhook }).await?;
        while let Some(Work { claim, letter }) = work {
            let begun = core.world.now();
            let reply = self.courier.send(&letter, begun).await;
            let settle = Settle {
                post,
                claim,
                message: letter.id,
                begun,
                ended: core.world.now(),
                reply: &reply,
            };
            work = core.store.run(&settle).await?;
        }
        Ok(())
    }
}
