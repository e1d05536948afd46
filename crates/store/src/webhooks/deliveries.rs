//! Messages to webhooks, and how their attempts went.

use jiff::Timestamp;
use kloigos_model::{
    event::EventId,
    ids::{DeliveryId, WebhookId},
    webhook::{DeliveryStatus, MessageKind},
};
use sqlx::{any::AnyRow, query};

use crate::{
    Attempt, DeliveryRecord,
    cells::{Cells, json, micros, plain},
    error::Error,
    tx::Tx,
};

/// A message that is about to be sent.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// Which.
    pub id: DeliveryId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// What it tells.
    pub kind: MessageKind,
    /// The event that it tells, if it does.
    pub event: Option<EventId>,
    /// What is sent.
    pub body: String,
    /// Whether the messages after it wait until it is delivered or given up.
    pub ordered: bool,
    /// Now, when it is to be sent first.
    pub at: Timestamp,
    /// How often it is tried at most.
    pub tries: u32,
}

macro_rules! select_deliveries {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.webhook_id, d.kind, d.event_id, d.body, d.status, d.created_at, \
             d.next_at, d.ended_at, d.tries_left, d.attempts FROM deliveries d ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// Messages to a webhook, the newest first: those before this one, at most so many.
    pub async fn list_deliveries(
        &mut self,
        webhook: WebhookId,
        before: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<DeliveryRecord>, Error> {
        let statement = query(select_deliveries!(
            "WHERE d.webhook_id = $1 AND (CAST($2 AS TEXT) IS NULL OR d.id < $2) \
             ORDER BY d.id DESC LIMIT $3"
        ))
        .bind(webhook.to_string())
        .bind(before.map(|id| id.to_string()))
        .bind(i64::from(limit));
        let rows = self.rows(statement).await?;
        rows.iter().map(delivery).collect()
    }

    /// A message.
    pub async fn load_delivery(&mut self, id: DeliveryId) -> Result<Option<DeliveryRecord>, Error> {
        let statement = query(select_deliveries!("WHERE d.id = $1")).bind(id.to_string());
        let row = self.row(statement).await?;
        row.map(|row| delivery(&row)).transpose()
    }

    /// The message to a webhook that the ones after it wait for.
    pub async fn ordered_delivery(
        &mut self,
        webhook: WebhookId,
    ) -> Result<Option<DeliveryRecord>, Error> {
        let statement = query(select_deliveries!(
            "WHERE d.webhook_id = $1 AND d.status = 'waiting' AND d.ordered = 1"
        ));
        let row = self.row(statement.bind(webhook.to_string())).await?;
        row.map(|row| delivery(&row)).transpose()
    }

    /// The message to a webhook that is to be sent now: first those that somebody asked for by hand,
    /// and the one in order only when events are wanted.
    pub async fn due_delivery(
        &mut self,
        webhook: WebhookId,
        in_order: bool,
        now: Timestamp,
    ) -> Result<Option<DeliveryRecord>, Error> {
        let statement = query(select_deliveries!(
            "WHERE d.webhook_id = $1 AND d.status = 'waiting' AND d.next_at <= $2 \
             AND d.ordered <= $3 ORDER BY d.ordered, d.id LIMIT 1"
        ))
        .bind(webhook.to_string())
        .bind(micros(now))
        .bind(i64::from(in_order));
        let row = self.row(statement).await?;
        row.map(|row| delivery(&row)).transpose()
    }

    /// When a message is tried next, whichever webhook it is to.
    pub async fn next_delivery(&mut self) -> Result<Option<Timestamp>, Error> {
        let statement =
            query("SELECT MIN(next_at) AS next_at FROM deliveries WHERE status = 'waiting'");
        match self.row(statement).await? {
            Some(row) => Cells::new("deliveries", &row).maybe_at("next_at"),
            None => Ok(None),
        }
    }

    /// Adds a message.
    pub async fn insert_delivery(&mut self, new: &NewDelivery) -> Result<(), Error> {
        let statement = query(
            "INSERT INTO deliveries (id, webhook_id, kind, event_id, body, ordered, status, \
             created_at, next_at, tries_left, attempts) \
             VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $7, $8, '[]')",
        )
        .bind(new.id.to_string())
        .bind(new.webhook.to_string())
        .bind(new.kind.as_str())
        .bind(new.event.map(|id| id.number().cast_signed()))
        .bind(plain(&new.body))
        .bind(i64::from(new.ordered))
        .bind(micros(new.at))
        .bind(i64::from(new.tries));
        self.insert("the message in order", statement).await
    }

    /// Keeps how a message stands after an attempt: its status, its attempts, how many are left, and
    /// when it is tried next or ended.
    pub async fn update_delivery(&mut self, record: &DeliveryRecord) -> Result<(), Error> {
        let statement = query(
            "UPDATE deliveries SET status = $2, attempts = $3, tries_left = $4, \
             next_at = COALESCE($5, next_at), ended_at = $6 WHERE id = $1",
        )
        .bind(record.id.to_string())
        .bind(record.status.as_str())
        .bind(plain(&json(&record.attempts)))
        .bind(i64::from(record.tries_left))
        .bind(record.next_at.map(micros))
        .bind(record.ended_at.map(micros));
        self.change_one("deliveries", statement).await
    }

    /// A message is to be sent now: one that waits, sooner than it was planned; any other once more,
    /// whatever came after it.
    pub async fn send_again(&mut self, id: DeliveryId, now: Timestamp) -> Result<(), Error> {
        let statement = query(
            "UPDATE deliveries SET next_at = $2, ended_at = NULL, \
             ordered = CASE WHEN status = 'waiting' THEN ordered ELSE 0 END, \
             tries_left = CASE WHEN status = 'waiting' THEN tries_left ELSE 1 END, \
             status = 'waiting' WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(micros(now));
        self.change_one("deliveries", statement).await
    }

    /// Forgets all but the newest messages of each webhook, of which so many are kept, and those
    /// that wait. Tells how many were forgotten.
    pub async fn prune_deliveries(&mut self, kept: u64) -> Result<u64, Error> {
        let kept = i64::try_from(kept).unwrap_or(i64::MAX);
        let mut forgotten = 0;
        for webhook in self.list_webhooks().await? {
            let statement = query(
                "DELETE FROM deliveries WHERE webhook_id = $1 AND status <> 'waiting' AND id <= \
                 (SELECT id FROM deliveries WHERE webhook_id = $1 ORDER BY id DESC \
                 LIMIT 1 OFFSET $2)",
            )
            .bind(webhook.id.to_string())
            .bind(kept);
            forgotten += self.change(statement).await?;
        }
        Ok(forgotten)
    }
}

fn delivery(row: &AnyRow) -> Result<DeliveryRecord, Error> {
    let cells = Cells::new("deliveries", row);
    let status = cells.parse("status")?;
    Ok(DeliveryRecord {
        id: cells.parse("id")?,
        webhook: cells.parse("webhook_id")?,
        kind: cells.parse("kind")?,
        event: cells.maybe_number("event_id")?,
        body: cells.text("body")?,
        status,
        created_at: cells.at("created_at")?,
        next_at: match status {
            DeliveryStatus::Waiting => Some(cells.at("next_at")?),
            DeliveryStatus::Delivered | DeliveryStatus::Failed => None,
        },
        ended_at: cells.maybe_at("ended_at")?,
        tries_left: cells.number("tries_left")?,
        attempts: cells.json::<Vec<Attempt>>("attempts")?,
    })
}
