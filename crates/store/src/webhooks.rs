//! Webhooks: who is told of events, and which control plane does it.
//!
//! One control plane at a time sends for a webhook: it holds a lease, and a fence that tells it from
//! whoever held one before. Whatever it writes is refused when somebody else took over.

mod deliveries;

use jiff::Timestamp;
use kloigos_model::{event::EventId, ids::WebhookId};
use sqlx::{any::AnyRow, query};

pub use self::deliveries::NewDelivery;
use crate::{
    SealedSecret, WebhookRecord,
    cells::{Cells, any_of, micros},
    error::Error,
    tx::Tx,
};

/// A webhook that one control plane sends for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookClaim {
    /// Which.
    pub id: WebhookId,
    /// The number of the claim: later ones are greater.
    pub fence: i64,
}

macro_rules! select_webhooks {
    ($rest:literal) => {
        concat!(
            "SELECT w.id, w.name, w.url, w.kinds, w.secret, w.secret_key, w.enabled, \
             w.created_at, w.place FROM webhooks w ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// All webhooks, by name.
    pub async fn list_webhooks(&mut self) -> Result<Vec<WebhookRecord>, Error> {
        let rows = self
            .rows(query(select_webhooks!("ORDER BY w.name")))
            .await?;
        rows.iter().map(webhook).collect()
    }

    /// A webhook.
    pub async fn load_webhook(&mut self, id: WebhookId) -> Result<Option<WebhookRecord>, Error> {
        let statement = query(select_webhooks!("WHERE w.id = $1")).bind(id.to_string());
        let row = self.row(statement).await?;
        row.map(|row| webhook(&row)).transpose()
    }

    /// Adds a webhook.
    pub async fn insert_webhook(&mut self, webhook: &WebhookRecord) -> Result<(), Error> {
        let statement = query(
            "INSERT INTO webhooks (id, name, url, kinds, secret, secret_key, enabled, created_at, \
             place) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(webhook.id.to_string())
        .bind(webhook.name.to_string())
        .bind(webhook.url.to_string())
        .bind(kinds(webhook))
        .bind(webhook.secret.sealed.clone())
        .bind(webhook.secret.key.clone())
        .bind(i64::from(webhook.enabled))
        .bind(micros(webhook.created_at))
        .bind(webhook.place.number().cast_signed());
        self.insert(NAME, statement).await
    }

    /// Keeps what is edited of a webhook.
    pub async fn update_webhook(&mut self, webhook: &WebhookRecord) -> Result<(), Error> {
        let statement = query(
            "UPDATE webhooks SET name = $2, url = $3, kinds = $4, secret = $5, secret_key = $6, \
             enabled = $7 WHERE id = $1",
        )
        .bind(webhook.id.to_string())
        .bind(webhook.name.to_string())
        .bind(webhook.url.to_string())
        .bind(kinds(webhook))
        .bind(webhook.secret.sealed.clone())
        .bind(webhook.secret.key.clone())
        .bind(i64::from(webhook.enabled));
        // As when it is added: the name may be another's.
        self.insert(NAME, statement).await
    }

    /// Removes a webhook with all its messages. A repeat is no error.
    pub async fn remove_webhook(&mut self, id: WebhookId) -> Result<(), Error> {
        let messages = query("DELETE FROM deliveries WHERE webhook_id = $1");
        self.change(messages.bind(id.to_string())).await?;
        let statement = query("DELETE FROM webhooks WHERE id = $1");
        self.change(statement.bind(id.to_string())).await?;
        Ok(())
    }

    /// Webhooks whose secrets this key opens and that nobody sends for now.
    pub async fn webhooks_at_rest(
        &mut self,
        key: &str,
        now: Timestamp,
    ) -> Result<Vec<WebhookRecord>, Error> {
        let statement = query(select_webhooks!(
            "WHERE w.secret_key = $1 AND w.lease_until <= $2 ORDER BY w.id"
        ))
        .bind(key.to_owned())
        .bind(micros(now));
        let rows = self.rows(statement).await?;
        rows.iter().map(webhook).collect()
    }

    /// Takes it on to send for a webhook; `None` when somebody else does, or it is gone.
    pub async fn claim_webhook(
        &mut self,
        id: WebhookId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<WebhookClaim>, Error> {
        let statement = query(
            "UPDATE webhooks SET lease_until = $3, fence = fence + 1 \
             WHERE id = $1 AND lease_until <= $2 RETURNING id, fence",
        )
        .bind(id.to_string())
        .bind(micros(now))
        .bind(micros(until));
        let Some(row) = self.row(statement).await? else {
            return Ok(None);
        };
        let fence = Cells::new("webhooks", &row).number("fence")?;
        Ok(Some(WebhookClaim { id, fence }))
    }

    /// Goes on to send for a webhook until then. False when somebody else does, or it is gone.
    pub async fn hold_webhook(
        &mut self,
        claim: WebhookClaim,
        until: Timestamp,
    ) -> Result<bool, Error> {
        let statement = query("UPDATE webhooks SET lease_until = $3 WHERE id = $1 AND fence = $2")
            .bind(claim.id.to_string())
            .bind(claim.fence)
            .bind(micros(until));
        Ok(self.change(statement).await? == 1)
    }

    /// Anybody may send for a webhook again.
    pub async fn release_webhook(&mut self, claim: WebhookClaim) -> Result<(), Error> {
        self.hold_webhook(claim, Timestamp::UNIX_EPOCH)
            .await
            .map(drop)
    }

    /// Anybody may send for all webhooks again. For whoever is alone at the database.
    pub async fn release_webhooks(&mut self) -> Result<u64, Error> {
        self.change(query(
            "UPDATE webhooks SET lease_until = 0 WHERE lease_until <> 0",
        ))
        .await
    }

    /// Up to here events were looked at for a webhook.
    pub async fn move_webhook(&mut self, id: WebhookId, place: EventId) -> Result<(), Error> {
        let statement = query("UPDATE webhooks SET place = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(place.number().cast_signed());
        self.change_one("webhooks", statement).await
    }
}

/// What two webhooks cannot share.
const NAME: &str = "the webhook's name";

fn kinds(webhook: &WebhookRecord) -> Option<String> {
    any_of(webhook.kinds.iter().map(|kind| kind.as_str()))
}

fn webhook(row: &AnyRow) -> Result<WebhookRecord, Error> {
    let cells = Cells::new("webhooks", row);
    Ok(WebhookRecord {
        id: cells.parse("id")?,
        name: cells.parse("name")?,
        url: cells.parse("url")?,
        kinds: cells.words("kinds")?,
        secret: SealedSecret {
            key: cells.text("secret_key")?,
            sealed: cells.text("secret")?,
        },
        enabled: cells.number::<i64>("enabled")? == 1,
        created_at: cells.at("created_at")?,
        place: cells.number("place")?,
    })
}
