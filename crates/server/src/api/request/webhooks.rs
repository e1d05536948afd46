//! What is asked of webhooks.

use kloigos_control::{CreateWebhook, SealedSecret, UpdateWebhook};
use kloigos_model::{
    event::EventKind,
    ids::{DeliveryId, WebhookId},
    remark::Remark,
    webhook::{WebhookName, WebhookUrl},
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::Query;
use crate::api::check::{At, Checked, Fields, Read, boolean, list_of, parsed, within};

/// A webhook to be made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookRequest {
    /// What people call it: letters, digits, dots, hyphens and underscores. No two have the same.
    #[schema(example = "chat")]
    pub name: String,
    /// Where its messages go, by `http` or `https`.
    #[schema(example = "https://hooks.example.org/kloigos")]
    pub url: String,
    /// The kinds of events it is told of, such as `unit_status`. None means all.
    pub kinds: Option<Vec<String>>,
    /// Whether it is told of events.
    #[schema(default = true)]
    pub enabled: Option<bool>,
    /// Why, in one line.
    pub reason: Option<String>,
}

/// What is edited of a webhook; what is left out stays as it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookChangeRequest {
    /// What people call it.
    pub name: Option<String>,
    /// Where its messages go, those that wait too.
    pub url: Option<String>,
    /// The kinds of events it is told of from now on. None and null mean all.
    pub kinds: Option<Vec<String>>,
    /// Whether it is told of events.
    pub enabled: Option<bool>,
    /// Draws a new secret, which the answer shows. The old one counts no more.
    #[schema(default = false)]
    pub new_secret: Option<bool>,
    /// Why, in one line.
    pub reason: Option<String>,
}

/// A sound [`WebhookRequest`].
pub(crate) struct NewWebhook {
    name: WebhookName,
    url: WebhookUrl,
    kinds: Vec<EventKind>,
    enabled: bool,
    remark: Option<Remark>,
}

/// A sound [`WebhookChangeRequest`].
pub(crate) struct WebhookChange {
    name: Option<WebhookName>,
    url: Option<WebhookUrl>,
    kinds: Option<Vec<EventKind>>,
    enabled: Option<bool>,
    /// Whether a new secret is drawn.
    pub(crate) new_secret: bool,
    remark: Option<Remark>,
}

impl Read for NewWebhook {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let name = fields.required("name", parsed);
        let url = fields.required("url", parsed);
        let kinds = fields.optional("kinds", kinds);
        let enabled = fields.optional("enabled", boolean);
        let remark = fields.optional("reason", parsed);
        Ok(Self {
            name: name?,
            url: url?,
            kinds: kinds?.unwrap_or_default(),
            enabled: enabled?.unwrap_or(true),
            remark: remark?,
        })
    }
}

impl Read for WebhookChange {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let name = fields.optional("name", parsed);
        let url = fields.optional("url", parsed);
        let all = fields.has("kinds").then(Vec::new);
        let kinds = fields.optional("kinds", kinds).map(|kinds| kinds.or(all));
        let enabled = fields.optional("enabled", boolean);
        let new_secret = fields.optional("new_secret", boolean);
        let remark = fields.optional("reason", parsed);
        Ok(Self {
            name: name?,
            url: url?,
            kinds: kinds?,
            enabled: enabled?,
            new_secret: new_secret?.unwrap_or_default(),
            remark: remark?,
        })
    }
}

/// Kinds of events, each once, in the order that they are documented in.
fn kinds(mut at: At<'_>) -> Checked<Vec<EventKind>> {
    let mut kinds = list_of(&mut at, parsed::<EventKind>)?;
    kinds.sort();
    kinds.dedup();
    Ok(kinds)
}

impl NewWebhook {
    /// The operation that this asks for.
    pub(crate) fn operation(self, id: WebhookId, secret: SealedSecret) -> CreateWebhook {
        CreateWebhook {
            id,
            name: self.name,
            url: self.url,
            kinds: self.kinds,
            secret,
            enabled: self.enabled,
            remark: self.remark,
        }
    }
}

impl WebhookChange {
    /// The operation that this asks for.
    pub(crate) fn operation(self, id: WebhookId, secret: Option<SealedSecret>) -> UpdateWebhook {
        UpdateWebhook {
            id,
            name: self.name,
            url: self.url,
            kinds: self.kinds,
            secret,
            enabled: self.enabled,
            remark: self.remark,
        }
    }
}

/// Why something is removed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReasonQuery {
    /// Why, in one line.
    #[param(value_type = Option<String>)]
    pub(crate) reason: Option<Remark>,
}

impl Read for ReasonQuery {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let reason = fields.optional("reason", parsed)?;
        Ok(Self { reason })
    }
}

impl Query for ReasonQuery {}

/// Which messages.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryQuery {
    /// Those before the message with this id: the next page.
    #[param(value_type = Option<String>)]
    pub(crate) before: Option<DeliveryId>,
    /// At most so many, the newest first.
    #[param(default = 100, minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

impl Read for DeliveryQuery {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let before = fields.optional("before", parsed);
        let limit = fields.optional("limit", within("the limit", &(1..=1000)));
        Ok(Self {
            before: before?,
            limit: limit?,
        })
    }
}

impl DeliveryQuery {
    /// The limit that was given, or the usual one.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.unwrap_or(100)
    }
}
