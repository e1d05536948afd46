//! A webhook, and the messages to it.

use kloigos_control::{Attempt, DeliveryRecord, WebhookDetail};
use kloigos_model::event::EventId;
use serde::Serialize;
use utoipa::ToSchema;

/// A receiver of events.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookView {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where its messages go.
    pub url: String,
    /// The kinds of events it is told of; none means all.
    pub kinds: Vec<String>,
    /// Whether it is told of events. One that is not keeps its place among them.
    pub enabled: bool,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// The last event that was looked at for it.
    pub place: u64,
    /// The message that the ones after it wait for, if there is one.
    #[schema(required = true)]
    pub waiting: Option<DeliveryView>,
    /// Why messages do not arrive now, if so.
    #[schema(required = true)]
    pub problem: Option<String>,
    /// What its messages are signed with: only in the answer to the call that drew it, and never
    /// again.
    #[schema(required = true)]
    pub secret: Option<String>,
}

/// A message to a webhook.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Its id, which the receiver gets in the header `webhook-id`: the same in every attempt.
    pub id: String,
    /// What it tells: the kind of an event, `gap` or `test`.
    pub kind: String,
    /// The number of the event that it tells.
    #[schema(required = true)]
    pub event: Option<u64>,
    /// How it stands: `waiting`, `delivered` or `failed`.
    pub status: String,
    /// When it was written.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it is sent next, while it waits.
    #[schema(required = true, format = DateTime)]
    pub next_attempt_at: Option<String>,
    /// When it was delivered or given up.
    #[schema(required = true, format = DateTime)]
    pub ended_at: Option<String>,
    /// How often it was sent.
    pub attempts: u32,
    /// How often it is sent at most from now on.
    pub attempts_left: u32,
    /// The status of the last answer.
    #[schema(required = true)]
    pub status_code: Option<u16>,
    /// How long the last attempt took.
    #[schema(required = true)]
    pub duration_ms: Option<u64>,
    /// Why the last attempt failed.
    #[schema(required = true)]
    pub error: Option<String>,
    /// What is sent, word for word.
    pub body: String,
    /// The attempts that are kept, the latest last.
    pub history: Vec<AttemptView>,
}

/// One try to deliver a message.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttemptView {
    /// Which, from 1.
    pub number: u32,
    /// When it was begun.
    #[schema(format = DateTime)]
    pub at: String,
    /// How long it took.
    pub duration_ms: u64,
    /// The status of the answer, if there was one.
    #[schema(required = true)]
    pub status_code: Option<u16>,
    /// Why the message was not delivered; null when it was.
    #[schema(required = true)]
    pub error: Option<String>,
    /// How the answer's body begins.
    #[schema(required = true)]
    pub answer: Option<String>,
}

impl WebhookView {
    /// The webhook as a control plane with the key of this name sees it.
    pub(crate) fn of(detail: WebhookDetail, key: &str) -> Self {
        let WebhookDetail { record, waiting } = detail;
        let waiting = waiting.map(DeliveryView::from);
        let hindered = waiting.as_ref().and_then(|waiting| waiting.error.clone());
        let foreign = record.secret.key != key;
        let foreign = foreign.then(|| {
            "its secret was sealed with another key than this control plane's, which leaves it to \
             others"
                .to_owned()
        });
        Self {
            id: record.id.to_string(),
            name: record.name.to_string(),
            url: record.url.to_string(),
            kinds: record.kinds.iter().map(ToString::to_string).collect(),
            enabled: record.enabled,
            created_at: record.created_at.to_string(),
            place: record.place.number(),
            waiting,
            problem: hindered.or(foreign),
            secret: None,
        }
    }
}

impl From<DeliveryRecord> for DeliveryView {
    fn from(message: DeliveryRecord) -> Self {
        let last = message.attempts.last();
        Self {
            id: message.id.to_string(),
            kind: message.kind.to_string(),
            event: message.event.map(EventId::number),
            status: message.status.to_string(),
            created_at: message.created_at.to_string(),
            next_attempt_at: message.next_at.map(|at| at.to_string()),
            ended_at: message.ended_at.map(|at| at.to_string()),
            attempts: last.map_or(0, |last| last.number),
            attempts_left: message.tries_left,
            status_code: last.and_then(|last| last.status_code),
            duration_ms: last.map(|last| last.took_ms),
            error: last.and_then(|last| last.error.clone()),
            body: message.body,
            history: message.attempts.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Attempt> for AttemptView {
    fn from(attempt: Attempt) -> Self {
        Self {
            number: attempt.number,
            at: attempt.at.to_string(),
            duration_ms: attempt.took_ms,
            status_code: attempt.status_code,
            error: attempt.error,
            answer: attempt.answer,
        }
    }
}
