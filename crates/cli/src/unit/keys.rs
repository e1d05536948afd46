//! `kloigos unit key`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::tenancy;
use crate::{
    api::Call,
    arguments::{Because, Listing, UnitName, Working},
    columns::Columns,
    failure::Failure,
    output::print,
    public_key,
    session::Session,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Lists who may log in.
    List(List),
    /// Lets more people in.
    Add(Add),
    /// Lets one in no more; the last key stays.
    Remove(Remove),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    unit: UnitName,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    #[command(flatten)]
    unit: UnitName,
    /// A file of public keys, or - for stdin; without it, your own in ~/.ssh.
    #[arg(short, long, value_name = "FILE")]
    key: Vec<PathBuf>,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    working: Working,
}

#[derive(Debug, Args)]
pub(crate) struct Remove {
    #[command(flatten)]
    unit: UnitName,
    /// The key's fingerprint, such as SHA256:…, as `kloigos unit key list` shows it.
    #[arg(value_name = "FINGERPRINT")]
    fingerprint: String,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    working: Working,
}

impl Verb {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::List(List { unit, listing }) => {
                let keys = session.get(&Call::get(["compute_units", &unit.unit, "keys"]))?;
                session.list(&keys, Columns::KEYS, &listing)
            }
            Self::Add(add) => add.run(session),
            Self::Remove(remove) => remove.run(session),
        }
    }
}

impl Add {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let name = &self.unit.unit;
        let keys = public_key::read(&self.key, session)?;
        let body = json!({"ssh_public_key": keys, "reason": self.because.reason});
        let call = Call::post(["compute_units", name, "keys"], body);
        session.work(
            tenancy::of(session, name)?.mark(call),
            &self.working,
            |_| print(&format!("the keys are let in to {name}\n")),
        )
    }
}

impl Remove {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let name = &self.unit.unit;
        let call = Call::delete(["compute_units", name, "keys", &self.fingerprint])
            .query("reason", self.because.reason);
        session.work(
            tenancy::of(session, name)?.mark(call),
            &self.working,
            |_| print(&format!("the key is not let in to {name} any more\n")),
        )
    }
}
