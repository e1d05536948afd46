//! Secrets of webhooks, and the signature that its receiver knows us by.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use kloigos_control::{Entropy, SealedSecret};
use kloigos_model::ids::{DeliveryId, WebhookId};

use super::SecretKey;

/// What a receiver verifies signatures with.
pub(crate) struct Secret([u8; 32]);

impl Secret {
    /// Draws one.
    pub(crate) fn draw(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// As its receiver is told it.
    pub(crate) fn reveal(&self) -> String {
        format!("whsec_{}", BASE64_STANDARD.encode(self.0))
    }

    /// As it is kept.
    pub(crate) fn sealed(&self, key: &SecretKey, webhook: WebhookId) -> SealedSecret {
        key.seal(webhook, &self.0)
    }

    /// The secret of this webhook, if the key opens it.
    pub(super) fn open(key: &SecretKey, webhook: WebhookId, sealed: &SealedSecret) -> Option<Self> {
        let bytes = key.open(webhook, sealed)?;
        bytes.try_into().ok().map(Self)
    }

    /// The signature of a message that is sent at this time.
    pub(super) fn sign(&self, id: DeliveryId, at: Timestamp, body: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let signed = format!("{id}.{}.{body}", at.as_second());
        let tag = hmac::sign(&key, signed.as_bytes());
        format!("v1,{}", BASE64_STANDARD.encode(tag))
    }
}

/// Never the secret.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
