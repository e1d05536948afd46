//! Messages to webhooks.

use clap::Args;
use serde_json::Value;

use super::WebhookName;
use crate::{
    api::Call,
    arguments::Listing,
    columns::Columns,
    failure::{Failure, Kind},
    newest::Newest,
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct Deliveries {
    #[command(flatten)]
    webhook: WebhookName,
    /// Only those before this one: the next page.
    #[arg(long, value_name = "DELIVERY")]
    before: Option<String>,
    /// At most so many; 100 where none is said, and never more than 1000.
    #[arg(long, value_name = "COUNT")]
    limit: Option<u32>,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Redeliver {
    #[command(flatten)]
    webhook: WebhookName,
    /// The message's id, as `kloigos webhook deliveries` shows it.
    #[arg(value_name = "DELIVERY")]
    delivery: String,
}

impl Deliveries {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let id = self.webhook.id(session)?;
        let call = Call::get(["webhooks", &id, "deliveries"]).query("before", self.before);
        let newest = Newest {
            limit: self.limit,
            usual: 100,
            paged: true,
        };
        newest.list(session, call, Columns::DELIVERIES, &self.listing)
    }
}

impl Redeliver {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let id = self.webhook.id(session)?;
        let path = ["webhooks", &id, "deliveries", &self.delivery, "redeliver"];
        let sent = session.get(&Call::post(path, Value::Null))?;
        show(session, &sent, &self.webhook.webhook)
    }
}

/// Shows a message that was sent, and fails when it did not arrive.
pub(super) fn show(session: &Session, sent: &Value, webhook: &str) -> Result<(), Failure> {
    session.show(sent, Columns::DELIVERIES)?;
    if sent["status"] == "delivered" {
        return Ok(());
    }
    let why = sent["error"].as_str().unwrap_or("it is not sent yet");
    let cause = format!("the message did not arrive: {why}");
    Err(Failure::new(Kind::JobFailed, cause).or_try(format!("kloigos webhook show {webhook}")))
}
