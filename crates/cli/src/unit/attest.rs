//! What the kernel says of promises; the same for units and servers.

use clap::Args;
use serde_json::{Value, json};

use crate::{
    api::Call,
    arguments::{Because, Listing, ServerName, UnitName, Working},
    columns::Columns,
    failure::{Failure, Kind},
    newest::Newest,
    session::Session,
    unit::tenancy,
};

#[derive(Debug, Args)]
pub(crate) struct Attest {
    #[command(flatten)]
    unit: UnitName,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    working: Working,
}

#[derive(Debug, Args)]
pub(crate) struct Attestations {
    #[command(flatten)]
    unit: UnitName,
    #[command(flatten)]
    lately: Lately,
}

/// How many of those before.
#[derive(Debug, Args)]
pub(crate) struct Lately {
    /// At most so many; 20 where none is said, and never more than 1000.
    #[arg(long, value_name = "COUNT")]
    limit: Option<u32>,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct AttestServer {
    #[command(flatten)]
    server: ServerName,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    working: Working,
}

#[derive(Debug, Args)]
pub(crate) struct ServerAttestations {
    #[command(flatten)]
    server: ServerName,
    #[command(flatten)]
    lately: Lately,
}

impl Attest {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let tenancy = tenancy::of(session, &self.unit.unit)?;
        let path = ["compute_units", &self.unit.unit];
        attest(
            session,
            path,
            |call| tenancy.mark(call),
            &self.because,
            &self.working,
        )
    }
}

impl AttestServer {
    pub(crate) fn run(self, session: &Session) -> Result<(), Failure> {
        attest(
            session,
            ["servers", &self.server.server],
            |call| call,
            &self.because,
            &self.working,
        )
    }
}

impl Attestations {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        self.lately.run(session, ["compute_units", &self.unit.unit])
    }
}

impl ServerAttestations {
    pub(crate) fn run(self, session: &Session) -> Result<(), Failure> {
        self.lately.run(session, ["servers", &self.server.server])
    }
}

impl Lately {
    fn run(self, session: &Session, of: [&str; 2]) -> Result<(), Failure> {
        let newest = Newest {
            limit: self.limit,
            usual: 20,
            paged: false,
        };
        newest.list(session, earlier(of), Columns::ATTESTATIONS, &self.listing)
    }
}

fn earlier([noun, name]: [&str; 2]) -> Call {
    Call::get([noun, name, "attestations"])
}

fn attest(
    session: &Session,
    of: [&str; 2],
    mark: impl FnOnce(Call) -> Call,
    because: &Because,
    working: &Working,
) -> Result<(), Failure> {
    let [noun, name] = of;
    let call = Call::post([noun, name, "attest"], json!({"reason": because.reason}));
    session.work(mark(call), working, |_| {
        let last = session.get(&earlier(of).query("limit", Some("1")))?;
        let last = last.get(0).unwrap_or(&Value::Null);
        session.show(last, Columns::ATTESTATIONS)?;
        match last["holds"].as_bool() {
            Some(true) => Ok(()),
            _ => Err(Failure::new(
                Kind::Broken,
                format!("a promise to {name} is broken"),
            )),
        }
    })
}
