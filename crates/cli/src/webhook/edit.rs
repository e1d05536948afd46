//! Making and editing webhooks.

use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::{Map, Value, json};

use super::{Change, WebhookName};
use crate::{
    api::{Call, Method},
    columns::Columns,
    failure::Failure,
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// What to call it.
    #[arg(value_name = "NAME")]
    name: String,
    /// Where its messages go, by http or https.
    #[arg(long, value_name = "URL")]
    to: String,
    /// Only events of these kinds, such as `unit_status`; without it, all.
    #[arg(long, value_name = "KIND[,KIND]", value_delimiter = ',')]
    kind: Vec<String>,
    /// Do not send yet.
    #[arg(long)]
    disabled: bool,
    #[command(flatten)]
    secret: Secret,
    #[command(flatten)]
    change: Change,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    #[command(flatten)]
    webhook: WebhookName,
    /// What to call it.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where its messages go, those that wait too.
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    #[command(flatten)]
    kinds: Kinds,
    #[command(flatten)]
    switch: Switch,
    /// Draw a new secret; the old one counts no more.
    #[arg(long)]
    new_secret: bool,
    #[command(flatten)]
    secret: Secret,
    #[command(flatten)]
    change: Change,
}

/// What is told from now on.
#[derive(Debug, Args)]
struct Kinds {
    /// Only events of these kinds from now on.
    #[arg(long, value_name = "KIND[,KIND]", value_delimiter = ',')]
    kind: Vec<String>,
    /// Events of all kinds from now on.
    #[arg(long, conflicts_with = "kind")]
    all_kinds: bool,
}

/// Whether anything is sent from now on.
#[derive(Debug, Args)]
struct Switch {
    /// Go on sending, beginning with what happened meanwhile.
    #[arg(long, conflicts_with = "disable")]
    enable: bool,
    /// Send nothing, and keep the place.
    #[arg(long)]
    disable: bool,
}

/// Where a secret goes that is shown once.
#[derive(Debug, Args)]
struct Secret {
    /// Write the secret to this file, which only you can read, instead of printing it.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

impl Create {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let body = json!({
            "name": self.name,
            "url": self.to,
            "kinds": self.kind,
            "enabled": !self.disabled,
            "reason": self.change.reason,
        });
        let call = Call::post(["webhooks"], body);
        if self.change.dry_run {
            return session.rehearse(&call);
        }
        self.secret.hand_over(session, &call)
    }
}

impl Update {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let id = self.webhook.id(session)?;
        let call = Call::new(Method::Patch, ["webhooks", &id]).body(self.body());
        if self.change.dry_run {
            return session.rehearse(&call);
        }
        self.secret.hand_over(session, &call)
    }

    /// What changes.
    fn body(&self) -> Value {
        let mut body = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        };
        set("name", self.name.clone().map(Value::from));
        set("url", self.to.clone().map(Value::from));
        let Kinds { kind, all_kinds } = &self.kinds;
        let kinds = *all_kinds || !kind.is_empty();
        set("kinds", kinds.then(|| json!(kind)));
        let Switch { enable, disable } = self.switch;
        set("enabled", (enable || disable).then_some(enable.into()));
        set("new_secret", self.new_secret.then_some(true.into()));
        set("reason", self.change.reason.clone().map(Value::from));
        body.into()
    }
}

impl Secret {
    /// Makes the call, and shows what came of it; a secret goes where it is wanted.
    fn hand_over(&self, session: &Session, call: &Call) -> Result<(), Failure> {
        let Some(path) = &self.secret_file else {
            return session.show(&session.get(call)?, Columns::WEBHOOKS);
        };
        // Before the call, after which there would be no second look at the secret.
        let mut file = private(path)?;
        let mut made = session.get(call)?;
        if let Some(secret) = made["secret"].take().as_str() {
            writeln!(file, "{secret}").map_err(|error| fault(path, &error))?;
        }
        session.show(&made, Columns::WEBHOOKS)
    }
}

fn private(path: &Path) -> Result<impl Write + use<>, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(path).map_err(|error| fault(path, &error))
}

fn fault(path: &Path, why: &std::io::Error) -> Failure {
    Failure::fault(&format!("write {}", path.display()), why)
}
