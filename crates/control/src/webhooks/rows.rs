//! What is done to webhooks, and what is asked about them.

use kloigos_model::{
    event::EventKind,
    ids::{DeliveryId, WebhookId},
    remark::Remark,
    webhook::{MessageKind, WebhookName},
};
use kloigos_store::{
    DeliveryRecord, Error, NewDelivery, NewEvent, Operation, Tx, WebhookDetail, WebhookRecord,
};

use super::{Courier, Message};
use crate::{
    core::Core,
    ops::{CreateWebhook, UpdateWebhook},
    refusal::Refusal,
};

/// Tells that something was done to a webhook, and why.
async fn tell(
    tx: &mut Tx<'_>,
    core: &Core,
    (name, done): (&WebhookName, &str),
    why: Option<&Remark>,
) -> Result<(), Error> {
    let detail = match why {
        Some(why) => format!("webhook {name} is {done}; reason: {why}"),
        None => format!("webhook {name} is {done}"),
    };
    let event = NewEvent::of(EventKind::WebhookChanged, core.world.now(), detail);
    tx.tell(&event).await
}

/// Another one may have the name.
fn taken(error: Error, name: &WebhookName) -> Refusal {
    match error {
        Error::Conflict { .. } => Refusal::Conflict {
            reason: format!("there is another webhook {name}; choose another name"),
        },
        error => error.into(),
    }
}

fn no_webhook(id: WebhookId) -> Refusal {
    Refusal::NotFound {
        what: format!("there is no webhook {id}"),
    }
}

async fn found(tx: &mut Tx<'_>, id: WebhookId) -> Result<WebhookRecord, Refusal> {
    tx.load_webhook(id).await?.ok_or_else(|| no_webhook(id))
}

/// A webhook whose messages this control plane can sign.
async fn ours(
    tx: &mut Tx<'_>,
    id: WebhookId,
    courier: &dyn Courier,
) -> Result<WebhookRecord, Refusal> {
    let record = found(tx, id).await?;
    if record.secret.key == courier.key() {
        return Ok(record);
    }
    Err(Refusal::Conflict {
        reason: format!(
            "the secret of webhook {} was sealed with another key than this control plane's; \
             start it with that key, or give the webhook a new secret",
            record.name
        ),
    })
}

async fn detail(tx: &mut Tx<'_>, record: WebhookRecord) -> Result<WebhookDetail, Error> {
    let waiting = tx.ordered_delivery(record.id).await?;
    Ok(WebhookDetail { record, waiting })
}

/// A webhook is told of events from now on.
pub(crate) struct MakeWebhook<'a> {
    pub(crate) op: &'a CreateWebhook,
    pub(crate) core: &'a Core,
}

impl Operation for MakeWebhook<'_> {
    type Output = WebhookDetail;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<WebhookDetail, Refusal> {
        let Self { op, core } = self;
        let record = WebhookRecord {
            id: op.id,
            name: op.name.clone(),
            url: op.url.clone(),
            kinds: op.kinds.clone(),
            secret: op.secret.clone(),
            enabled: op.enabled,
            created_at: core.world.now(),
            place: tx.newest_event().await?,
        };
        let made = tx.insert_webhook(&record).await;
        made.map_err(|error| taken(error, &op.name))?;
        tell(tx, core, (&op.name, "made"), op.remark.as_ref()).await?;
        Ok(detail(tx, record).await?)
    }
}

/// A webhook is edited.
pub(crate) struct EditWebhook<'a> {
    pub(crate) op: &'a UpdateWebhook,
    pub(crate) core: &'a Core,
}

impl Operation for EditWebhook<'_> {
    type Output = WebhookDetail;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<WebhookDetail, Refusal> {
        let Self { op, core } = self;
        let before = found(tx, op.id).await?;
        let mut record = before.clone();
        record.name = op.name.clone().unwrap_or(record.name);
        record.url = op.url.clone().unwrap_or(record.url);
        record.kinds = op.kinds.clone().unwrap_or(record.kinds);
        record.secret = op.secret.clone().unwrap_or(record.secret);
        record.enabled = op.enabled.unwrap_or(record.enabled);
        if record != before {
            let kept = tx.update_webhook(&record).await;
            kept.map_err(|error| taken(error, &record.name))?;
            tell(tx, core, (&record.name, "edited"), op.remark.as_ref()).await?;
        }
        Ok(detail(tx, record).await?)
    }
}

/// A webhook is removed with its messages.
pub(crate) struct RemoveWebhook<'a> {
    pub(crate) id: WebhookId,
    pub(crate) remark: Option<&'a Remark>,
    pub(crate) core: &'a Core,
}

impl Operation for RemoveWebhook<'_> {
    type Output = ();
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Refusal> {
        let record = found(tx, self.id).await?;
        tx.remove_webhook(self.id).await?;
        Ok(tell(tx, self.core, (&record.name, "removed"), self.remark).await?)
    }
}

/// All webhooks.
pub(crate) struct ListWebhooks;

impl Operation for ListWebhooks {
    type Output = Vec<WebhookDetail>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        let mut details = Vec::new();
        for record in tx.list_webhooks().await? {
            details.push(detail(tx, record).await?);
        }
        Ok(details)
    }
}

/// One webhook.
pub(crate) struct FindWebhook(pub(crate) WebhookId);

impl Operation for FindWebhook {
    type Output = WebhookDetail;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<WebhookDetail, Refusal> {
        let record = found(tx, self.0).await?;
        Ok(detail(tx, record).await?)
    }
}

/// Messages to a webhook.
pub(crate) struct ListDeliveries {
    pub(crate) webhook: WebhookId,
    pub(crate) before: Option<DeliveryId>,
    pub(crate) limit: u32,
}

impl Operation for ListDeliveries {
    type Output = Vec<DeliveryRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        found(tx, self.webhook).await?;
        let list = tx.list_deliveries(self.webhook, self.before, self.limit);
        Ok(list.await?)
    }
}

/// A message to a webhook.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeliveryOf {
    pub(crate) webhook: WebhookId,
    pub(crate) delivery: DeliveryId,
}

impl Operation for DeliveryOf {
    type Output = DeliveryRecord;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<DeliveryRecord, Refusal> {
        let found = tx.load_delivery(self.delivery).await?;
        let found = found.filter(|found| found.webhook == self.webhook);
        found.ok_or_else(|| Refusal::NotFound {
            what: format!(
                "there is no message {} to webhook {}",
                self.delivery, self.webhook
            ),
        })
    }
}

/// A message is sent now, whatever came of it before.
pub(crate) struct Redeliver<'a> {
    pub(crate) of: DeliveryOf,
    pub(crate) core: &'a Core,
    pub(crate) courier: &'a dyn Courier,
}

impl Operation for Redeliver<'_> {
    /// The message as it was before.
    type Output = DeliveryRecord;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<DeliveryRecord, Refusal> {
        let before = self.of.run(tx).await?;
        ours(tx, before.webhook, self.courier).await?;
        tx.send_again(before.id, self.core.world.now()).await?;
        Ok(before)
    }
}

/// A message that tells nothing is sent once, past those that wait.
pub(crate) struct TestWebhook<'a> {
    pub(crate) webhook: WebhookId,
    pub(crate) core: &'a Core,
    pub(crate) courier: &'a dyn Courier,
}

impl Operation for TestWebhook<'_> {
    type Output = DeliveryRecord;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<DeliveryRecord, Refusal> {
        let record = ours(tx, self.webhook, self.courier).await?;
        let (world, id) = (&self.core.world, self.core.world.delivery_id());
        let at = world.now();
        let new = NewDelivery {
            id,
            webhook: record.id,
            kind: MessageKind::Test,
            event: None,
            body: self.courier.write(Message::Test(&record.name), at),
            ordered: false,
            at,
            tries: 1,
        };
        tx.insert_delivery(&new).await?;
        let of = DeliveryOf {
            webhook: record.id,
            delivery: id,
        };
        of.run(tx).await
    }
}
