//! Whoever carries messages to webhooks.

use async_trait::async_trait;
use jiff::Timestamp;
use kloigos_model::{
    event::EventId,
    ids::{DeliveryId, WebhookId},
    webhook::{WebhookName, WebhookUrl},
};
use kloigos_store::{EventRecord, SealedSecret};

/// What is told.
#[derive(Debug, Clone, Copy)]
pub enum Message<'a> {
    /// This event.
    Event(&'a EventRecord),
    /// That events after this one were forgotten before they could be sent.
    Gap(EventId),
    /// Nothing but that the webhook of this name works.
    Test(&'a WebhookName),
}

/// A message on its way.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Which; the same in every attempt.
    pub id: DeliveryId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// Where it goes.
    pub url: WebhookUrl,
    /// What it is signed with.
    pub secret: SealedSecret,
    /// What is sent, word for word.
    pub body: String,
}

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status of the answer, if there was one.
    pub status_code: Option<u16>,
    /// Why the message is not delivered; `None` when it is.
    pub error: Option<String>,
    /// How the answer's body begins.
    pub answer: Option<String>,
}

/// Writes messages, signs them and carries them.
#[async_trait]
pub trait Courier: Send + Sync {
    /// The name of the key that it opens secrets with; others' webhooks are left to others.
    fn key(&self) -> &str;

    /// What is sent to tell this, at this time.
    fn write(&self, message: Message<'_>, at: Timestamp) -> String;

    /// Sends a letter once, at this time. Comes back within half a minute, whatever the receiver
    /// does.
    async fn send(&self, letter: &Letter, at: Timestamp) -> Reply;
}
