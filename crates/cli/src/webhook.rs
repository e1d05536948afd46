//! `kloigos webhook`.

mod deliveries;
mod edit;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;
use serde_json::Value;

use crate::{
    api::Call,
    arguments::{Listing, Sure},
    columns::Columns,
    command, complete,
    failure::{Failure, Kind},
    output::print,
    session::Session,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Lists who is told of events.
    List(Listing),
    /// Shows a webhook, and the message that others wait for.
    Show(WebhookName),
    /// Tells a receiver of events from now on, each in a signed message.
    Create(edit::Create),
    /// Edits a webhook; what is not given stays.
    Update(edit::Update),
    /// Removes a webhook with all messages to it.
    Delete(Delete),
    /// Sends a message that tells nothing, once. Fails when it does not arrive.
    Test(WebhookName),
    /// Lists messages to a webhook, the newest first.
    Deliveries(deliveries::Deliveries),
    /// Sends a message again now. Fails when it does not arrive.
    Redeliver(deliveries::Redeliver),
}

/// A webhook by its name.
#[derive(Debug, Args)]
pub(crate) struct WebhookName {
    /// The webhook, by name or id.
    #[arg(value_name = "WEBHOOK", add = ArgValueCandidates::new(complete::webhooks))]
    webhook: String,
}

/// How a webhook is changed.
#[derive(Debug, Args)]
struct Change {
    /// Why, in one line; kept among the events.
    #[arg(long, value_name = "TEXT", help_heading = "Work")]
    reason: Option<String>,
    /// Print what would be done, and change nothing.
    #[arg(long, help_heading = "Work")]
    dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    #[command(flatten)]
    webhook: WebhookName,
    #[command(flatten)]
    sure: Sure,
    #[command(flatten)]
    change: Change,
}

impl command::Verb for Verb {
    fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::List(listing) => {
                let all = session.get(&Call::get(["webhooks"]))?;
                session.list(&all, Columns::WEBHOOKS, &listing)
            }
            Self::Show(name) => session.show(&name.find(session)?, Columns::WEBHOOKS),
            Self::Create(create) => create.run(session),
            Self::Update(update) => update.run(session),
            Self::Delete(delete) => delete.run(session),
            Self::Test(name) => {
                let id = name.id(session)?;
                let sent = session.get(&Call::post(["webhooks", &id, "test"], Value::Null))?;
                deliveries::show(session, &sent, &name.webhook)
            }
            Self::Deliveries(list) => list.run(session),
            Self::Redeliver(again) => again.run(session),
        }
    }
}

impl WebhookName {
    /// The webhook as it is now.
    fn find(&self, session: &Session) -> Result<Value, Failure> {
        let id = self.id(session)?;
        session.get(&Call::get(["webhooks", &id]))
    }

    /// Its id, by which alone the control plane knows it.
    fn id(&self, session: &Session) -> Result<String, Failure> {
        let all = session.get(&Call::get(["webhooks"]))?;
        let mut all = all.as_array().into_iter().flatten();
        let wanted = Some(self.webhook.as_str());
        let found = all.find(|one| one["name"].as_str() == wanted || one["id"].as_str() == wanted);
        let id = found.and_then(|found| found["id"].as_str());
        id.map(str::to_owned).ok_or_else(|| {
            let cause = format!("there is no webhook {}", self.webhook);
            Failure::new(Kind::NotFound, cause).or_try("kloigos webhook list")
        })
    }
}

impl Delete {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let name = &self.webhook.webhook;
        let id = self.webhook.id(session)?;
        let call = Call::delete(["webhooks", &id]).query("reason", self.change.reason);
        if self.change.dry_run {
            return session.rehearse(&call);
        }
        let what = format!("deleting webhook {name} drops what it was not told yet");
        self.sure.confirm(&what)?;
        session.get(&call)?;
        print(&format!("{name} is deleted\n"))
    }
}
