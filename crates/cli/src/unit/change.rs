//! What is done to an allocated unit.

use clap::Args;
use serde_json::{Value, json};

use super::{limits::LimitArgs, tenancy};
use crate::{
    api::{Call, Method},
    arguments::{Because, Sure, UnitName, Working},
    failure::Failure,
    output::print,
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct Stop {
    #[command(flatten)]
    unit: UnitName,
    /// Let its processes stand still where they are, instead of ending them.
    #[arg(long)]
    freeze: bool,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    working: Working,
}

#[derive(Debug, Args)]
pub(crate) struct Start {
    #[command(flatten)]
    unit: UnitName,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    working: Working,
}

#[derive(Debug, Args)]
pub(crate) struct Reset {
    #[command(flatten)]
    unit: UnitName,
    #[command(flatten)]
    sure: Sure,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    working: Working,
}

#[derive(Debug, Args)]
pub(crate) struct Limits {
    #[command(flatten)]
    unit: UnitName,
    #[command(flatten)]
    wanted: LimitArgs,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    working: Working,
}

impl Stop {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let mode = if self.freeze { "freeze" } else { "stop" };
        let done = if self.freeze {
            "stands still"
        } else {
            "is stopped"
        };
        let body = json!({"mode": mode, "reason": self.because.reason});
        change(session, &self.unit, "stop", body, &self.working, done)
    }
}

impl Start {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let body = json!({"reason": self.because.reason});
        change(session, &self.unit, "start", body, &self.working, "runs")
    }
}

impl Reset {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        if !self.working.dry_run {
            self.sure
                .confirm(&format!("resetting {} wipes all its data", self.unit.unit))?;
        }
        let body = json!({"reason": self.because.reason});
        change(
            session,
            &self.unit,
            "reset",
            body,
            &self.working,
            "is as new",
        )
    }
}

impl Limits {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let nothing = || {
            Failure::usage("no limit is given").or_try(format!(
                "kloigos unit limits {} --memory-max 4G",
                self.unit.unit
            ))
        };
        let limits = self.wanted.given().ok_or_else(nothing)?;
        let body = json!({"limits": limits, "reason": self.because.reason});
        let path = ["compute_units", &self.unit.unit, "limits"];
        let call = Call::new(Method::Patch, path).body(body);
        begin(
            session,
            call,
            &self.unit.unit,
            &self.working,
            "has these limits",
        )
    }
}

fn change(
    session: &Session,
    unit: &UnitName,
    verb: &str,
    body: Value,
    working: &Working,
    done: &str,
) -> Result<(), Failure> {
    let call = Call::post(["compute_units", &unit.unit, verb], body);
    begin(session, call, &unit.unit, working, done)
}

fn begin(
    session: &Session,
    call: Call,
    unit: &str,
    working: &Working,
    done: &str,
) -> Result<(), Failure> {
    let call = tenancy::of(session, unit)?.mark(call);
    session.work(call, working, |_| print(&format!("{unit} {done}\n")))
}
