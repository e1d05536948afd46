//! Receivers of events, and the messages to them.

use std::fmt;

use jiff::Timestamp;
use kloigos_model::{
    event::{EventId, EventKind},
    ids::{DeliveryId, WebhookId},
    webhook::{DeliveryStatus, MessageKind, WebhookName, WebhookUrl},
};
use serde::{Deserialize, Serialize};

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRecord {
    /// Which.
    pub id: WebhookId,
    /// What people call it.
    pub name: WebhookName,
    /// Where its messages go.
    pub url: WebhookUrl,
    /// The kinds of events it is told of; empty for all.
    pub kinds: Vec<EventKind>,
    /// What its messages are signed with.
    pub secret: SealedSecret,
    /// Whether it is told of events; one that is not keeps its place among them.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last event that was looked at for it.
    pub place: EventId,
}

/// A webhook with the message that the others wait for, if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDetail {
    /// The webhook.
    pub record: WebhookRecord,
    /// The message whose turn it is.
    pub waiting: Option<DeliveryRecord>,
}

/// A secret that only the holder of a key that is not in the database can read.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// Which key opens it.
    pub key: String,
    /// The sealed secret.
    pub sealed: String,
}

/// Names the key alone.
impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedSecret(by {})", self.key)
    }
}

/// A message to a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRecord {
    /// Which; its receiver knows a repeat by it.
    pub id: DeliveryId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// What it tells.
    pub kind: MessageKind,
    /// The event that it tells, if it does.
    pub event: Option<EventId>,
    /// What is sent, word for word.
    pub body: String,
    /// How it stands.
    pub status: DeliveryStatus,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is sent next, while it waits.
    pub next_at: Option<Timestamp>,
    /// When it was delivered or given up.
    pub ended_at: Option<Timestamp>,
    /// How often it is tried at most from now on.
    pub tries_left: u32,
    /// How it went, the latest last; the first ones are left out when there are many.
    pub attempts: Vec<Attempt>,
}

/// One try to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The number of the try, from 1.
    pub number: u32,
    /// When it was begun.
    pub at: Timestamp,
    /// How long it took.
    pub took_ms: u64,
    /// The status of the answer, if there was one.
    pub status_code: Option<u16>,
    /// Why the message is not delivered; `None` when it is.
    pub error: Option<String>,
    /// How the answer's body begins.
    pub answer: Option<String>,
}
