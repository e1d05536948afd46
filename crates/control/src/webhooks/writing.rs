//! The transactions of sending: what is due, whose turn it is, and how it went.

use jiff::Timestamp;
use kloigos_model::{
    ids::{DeliveryId, WebhookId},
    webhook::{DeliveryStatus, MessageKind},
};
use kloigos_store::{
    Attempt, DeliveryRecord, Error, EventFilter, EventPage, NewDelivery, Operation, Tx,
    WebhookClaim, WebhookRecord,
};

use super::{LEASE, Letter, Message, Post, Reply};

/// A webhook that passes over so many events without one for it has its new place kept.
const PASSED_OVER: u64 = 256;
/// How many attempts of a message are kept.
const ATTEMPTS: usize = 20;

/// What there is to send.
pub(super) struct Look<'a> {
    pub(super) now: Timestamp,
    pub(super) key: &'a str,
    /// When to look again if nothing is known to be tried before.
    pub(super) poll: Timestamp,
}

/// What there is to send now, and when there may be more.
pub(super) struct Found {
    /// To these webhooks, and nobody sends to them.
    pub(super) due: Vec<WebhookId>,
    pub(super) next: Timestamp,
}

impl Operation for Look<'_> {
    type Output = Found;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Found, Error> {
        let mut due = Vec::new();
        for webhook in tx.webhooks_at_rest(self.key, self.now).await? {
            let message = tx.due_delivery(webhook.id, webhook.enabled, self.now);
            let there = message.await?.is_some()
                || next_event(tx, &webhook).await?.is_some_and(|page| {
                    page.gap || !page.events.is_empty() || is_far(&page, &webhook)
                });
            if there {
                due.push(webhook.id);
            }
        }
        // What is due already and was not taken is in another's hands.
        let next = tx.next_delivery().await?;
        let next = next.filter(|next| *next > self.now);
        let next = next.map_or(self.poll, |next| next.min(self.poll));
        Ok(Found { due, next })
    }
}

/// The next event for a webhook; `None` when it is not its time.
async fn next_event(tx: &mut Tx<'_>, webhook: &WebhookRecord) -> Result<Option<EventPage>, Error> {
    if !webhook.enabled || tx.ordered_delivery(webhook.id).await?.is_some() {
        return Ok(None);
    }
    let filter = EventFilter {
        kinds: webhook.kinds.clone(),
        after: Some(webhook.place),
        ..EventFilter::default()
    };
    tx.next_events(&filter, 1).await.map(Some)
}

fn is_far(page: &EventPage, webhook: &WebhookRecord) -> bool {
    page.seen.number() >= webhook.place.number() + PASSED_OVER
}

/// Nobody sends for any webhook.
pub(super) struct Release;

impl Operation for Release {
    type Output = u64;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Error> {
        tx.release_webhooks().await
    }
}

/// A message that this control plane is to send now.
pub(super) struct Work {
    pub(super) claim: WebhookClaim,
    pub(super) letter: Letter,
}

/// Takes a webhook on, and finds its first message.
pub(super) struct TakeOn<'a> {
    pub(super) post: &'a Post,
    pub(super) webhook: WebhookId,
}

impl Operation for TakeOn<'_> {
    type Output = Option<Work>;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Error> {
        let world = &self.post.core.world;
        let until = world.after(LEASE);
        match tx.claim_webhook(self.webhook, world.now(), until).await? {
            Some(claim) => work(tx, self.post, claim).await,
            None => Ok(None),
        }
    }
}

/// Keeps how an attempt went, and finds the next message.
pub(super) struct Settle<'a> {
    pub(super) post: &'a Post,
    pub(super) claim: WebhookClaim,
    pub(super) message: DeliveryId,
    pub(super) begun: Timestamp,
    pub(super) ended: Timestamp,
    pub(super) reply: &'a Reply,
}

impl Operation for Settle<'_> {
    type Output = Option<Work>;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Error> {
        let until = self.post.core.world.after(LEASE);
        if !tx.hold_webhook(self.claim, until).await? {
            // Another one sends, or the webhook is gone: whatever was sent may be sent again.
            return Ok(None);
        }
        if let Some(mut message) = tx.load_delivery(self.message).await? {
            self.note(&mut message);
            tx.update_delivery(&message).await?;
        }
        work(tx, self.post, self.claim).await
    }
}

impl Settle<'_> {
    fn note(&self, message: &mut DeliveryRecord) {
        let tried = message.attempts.last().map_or(0, |last| last.number);
        let took = self.ended.duration_since(self.begun).as_millis();
        message.attempts.push(Attempt {
            number: tried + 1,
            at: self.begun,
            took_ms: u64::try_from(took).unwrap_or_default(),
            status_code: self.reply.status_code,
            error: self.reply.error.clone(),
            answer: self.reply.answer.clone(),
        });
        let surplus = message.attempts.len().saturating_sub(ATTEMPTS);
        message.attempts.drain(..surplus);
        message.tries_left = message.tries_left.saturating_sub(1);
        let failed = self.reply.error.is_some();
        message.next_at = (failed && message.tries_left > 0).then(|| self.next_try(message));
        message.status = match (failed, message.next_at) {
            (false, _) => DeliveryStatus::Delivered,
            (true, Some(_)) => DeliveryStatus::Waiting,
            (true, None) => DeliveryStatus::Failed,
        };
        message.ended_at = message.next_at.is_none().then_some(self.ended);
        if message.status == DeliveryStatus::Failed {
            tracing::warn!(webhook = %message.webhook, message = %message.id, "message given up");
        }
    }

    /// Waits double, and differ by up to a tenth, so that receivers are not called in step.
    fn next_try(&self, message: &DeliveryRecord) -> Timestamp {
        let core = &self.post.core;
        let patience = core.settings.delivery;
        let wait = patience.wait(patience.tries.saturating_sub(message.tries_left));
        core.world
            .after(wait.mul_f64(1.0 - core.world.fraction() / 10.0))
    }
}

/// The next message to a webhook that is ours to send for; `None` gives it back.
async fn work(tx: &mut Tx<'_>, post: &Post, claim: WebhookClaim) -> Result<Option<Work>, Error> {
    let Some(webhook) = tx.load_webhook(claim.id).await? else {
        return Ok(None);
    };
    let now = post.core.world.now();
    let mut message = tx.due_delivery(webhook.id, webhook.enabled, now).await?;
    if message.is_none() && write_next(tx, post, &webhook).await? {
        message = tx.ordered_delivery(webhook.id).await?;
    }
    let Some(message) = message.filter(|_| webhook.secret.key == post.courier.key()) else {
        tx.release_webhook(claim).await?;
        return Ok(None);
    };
    let letter = Letter {
        id: message.id,
        webhook: webhook.id,
        url: webhook.url,
        secret: webhook.secret,
        body: message.body,
    };
    Ok(Some(Work { claim, letter }))
}

/// Writes the message that is next in order, and moves the webhook's place behind what it tells.
/// Whether there was something to tell.
async fn write_next(tx: &mut Tx<'_>, post: &Post, webhook: &WebhookRecord) -> Result<bool, Error> {
    let Some(page) = next_event(tx, webhook).await? else {
        return Ok(false);
    };
    // A gap is told first, and moves the place to before the first event that is left.
    let (kind, message, event) = match page.events.first() {
        _ if page.gap => (MessageKind::Gap, Message::Gap(webhook.place), None),
        Some(event) => (
            MessageKind::Event(event.kind),
            Message::Event(event),
            Some(event.id),
        ),
        None => {
            if is_far(&page, webhook) {
                tx.move_webhook(webhook.id, page.seen).await?;
            }
            return Ok(false);
        }
    };
    let at = post.core.world.now();
    let new = NewDelivery {
        id: post.core.world.delivery_id(),
        webhook: webhook.id,
        kind,
        event,
        body: post.courier.write(message, at),
        ordered: true,
        at,
        tries: post.core.settings.delivery.tries.max(1),
    };
    tx.insert_delivery(&new).await?;
    let place = match event {
        Some(event) => event,
        None => tx.oldest_event().await?.before(),
    };
    tx.move_webhook(webhook.id, place).await?;
    Ok(true)
}
