//! Webhooks as their callers see them.

use std::{sync::Arc, time::Duration};

use kloigos_model::{
    ids::{DeliveryId, WebhookId},
    remark::Remark,
};
use kloigos_store::{DeliveryRecord, WebhookDetail};

use super::Control;
use crate::{
    housekeeping::PruneDeliveries,
    listening::something_else,
    ops::{CreateWebhook, UpdateWebhook},
    refusal::Refusal,
    webhooks::{
        self, Courier, DeliveryOf, EditWebhook, FindWebhook, ListDeliveries, ListWebhooks,
        MakeWebhook, Redeliver, RemoveWebhook, TestWebhook,
    },
};

impl Control {
    /// Begins to tell webhooks of events, by this courier, until the control plane stops.
    pub fn send_webhooks(&self, courier: Arc<dyn Courier>) {
        self.engine
            .beside(webhooks::go_on(self.core.clone(), courier));
    }

    /// The id of a webhook that is about to be made.
    pub fn webhook_id(&self) -> WebhookId {
        self.core.world.webhook_id()
    }

    /// Makes a webhook, which is told of what happens from now on.
    pub async fn create_webhook(&self, op: &CreateWebhook) -> Result<WebhookDetail, Refusal> {
        let core = &self.core;
        core.store.run(&MakeWebhook { op, core }).await
    }

    /// Edits a webhook. Messages that wait go to the new address, signed with the new secret.
    pub async fn update_webhook(&self, op: &UpdateWebhook) -> Result<WebhookDetail, Refusal> {
        let core = &self.core;
        core.store.run(&EditWebhook { op, core }).await
    }

    /// Removes a webhook and all its messages.
    pub async fn remove_webhook(
        &self,
        id: WebhookId,
        remark: Option<&Remark>,
    ) -> Result<(), Refusal> {
        let core = &self.core;
        core.store.run(&RemoveWebhook { id, remark, core }).await
    }

    /// All webhooks, by name.
    pub async fn list_webhooks(&self) -> Result<Vec<WebhookDetail>, Refusal> {
        self.core.store.view(&ListWebhooks).await
    }

    /// A webhook.
    pub async fn webhook(&self, id: WebhookId) -> Result<WebhookDetail, Refusal> {
        self.core.store.view(&FindWebhook(id)).await
    }

    /// Messages to a webhook, the newest first: those before this one, at most so many.
    pub async fn deliveries(
        &self,
        webhook: WebhookId,
        before: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<DeliveryRecord>, Refusal> {
        let list = ListDeliveries {
            webhook,
            before,
            limit,
        };
        self.core.store.view(&list).await
    }

    /// Sends a message that tells nothing, once, and tells how that went if it is over in time.
    pub async fn test_webhook(
        &self,
        webhook: WebhookId,
        courier: &dyn Courier,
        within: Duration,
    ) -> Result<DeliveryRecord, Refusal> {
        let core = &self.core;
        let test = TestWebhook {
            webhook,
            core,
            courier,
        };
        let message = core.store.run(&test).await?;
        self.attempted(message, within).await
    }

    /// Sends a message again now, and tells how that went if it is over in time.
    pub async fn redeliver(
        &self,
        webhook: WebhookId,
        delivery: DeliveryId,
        courier: &dyn Courier,
        within: Duration,
    ) -> Result<DeliveryRecord, Refusal> {
        let core = &self.core;
        let again = Redeliver {
            of: DeliveryOf { webhook, delivery },
            core,
            courier,
        };
        let before = core.store.run(&again).await?;
        self.attempted(before, within).await
    }

    /// The message after its next attempt, or as it is when the time is up.
    async fn attempted(
        &self,
        before: DeliveryRecord,
        within: Duration,
    ) -> Result<DeliveryRecord, Refusal> {
        let of = DeliveryOf {
            webhook: before.webhook,
            delivery: before.id,
        };
        let tried = |message: &DeliveryRecord| message.attempts.last().map(|last| last.number);
        let mut changes = self.core.store.changes();
        let end = self.core.world.after(within);
        loop {
            changes.mark_unchanged();
            let message = self.core.store.view(&of).await?;
            if tried(&message) != tried(&before) || self.core.world.now() >= end {
                return Ok(message);
            }
            something_else(&mut changes, &self.core).await;
        }
    }

    /// Forgets all but so many of the newest messages to each webhook, as is done now and then by
    /// itself.
    pub async fn prune_deliveries(&self, kept: u64) -> Result<u64, Refusal> {
        Ok(self.core.store.run(&PruneDeliveries(kept)).await?)
    }
}
