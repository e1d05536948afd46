//! `kloigos import`: servers that were cut by others, taken over.

mod by_hand;
mod old;
mod plan;
mod rebirth;
mod v02;

use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::Value;

use self::plan::{Outcome, Planned};
use crate::{
    api::Call,
    failure::{Failure, Kind},
    follow,
    session::Session,
};

/// Reads the rows of an old database, or says what is wrong with it.
pub type ReadOld = fn(&Path) -> Result<Value, String>;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Takes over the servers of a Kloigos 0.2: each is looked at and then cut as it was.
    ///
    /// Version 0.2 kept no keys, so tenancies are made anew only when --tenancies asks for it, with
    /// keys from --keys. Nothing is changed on a server on which 0.2 left anything in the way; what
    /// that is, is told. What is taken over already is passed over, so that it can be repeated.
    #[command(name = "v0.2")]
    V02(v02::V02),
    /// Takes over how a server was cut by hand: by accounts whose slices are held to CPUs.
    ///
    /// Without --confirm it is looked at, and nothing is changed. With it, the server is cut along the
    /// same CPUs. The accounts, their files and their slices stay as they are; one that has processes
    /// is in the way. What is taken over already is passed over, so that it can be repeated.
    Server(by_hand::ByHand),
}

/// How servers are reached, and where the numbers of their units begin.
#[derive(Debug, Args)]
pub(crate) struct How {
    /// The port of the servers' SSH daemons.
    #[arg(long, value_name = "PORT")]
    ssh_port: Option<u16>,
    /// The login on the servers, in place of the control plane's setting.
    #[arg(long, value_name = "USER")]
    ssh_user: Option<String>,
    /// The first port of the first unit of each server.
    #[arg(long, value_name = "PORT")]
    first_port: Option<u16>,
    /// How many ports each unit gets.
    #[arg(long, value_name = "COUNT")]
    port_step: Option<u16>,
    /// The first user id to give to a unit of each server.
    #[arg(long, value_name = "UID")]
    first_uid: Option<u32>,
    /// How long to wait for each piece of work at most; it goes on.
    #[arg(long, value_name = "SECONDS", help_heading = "Work",
          value_parser = clap::value_parser!(u64).range(1..))]
    timeout: Option<u64>,
}

impl Verb {
    pub(crate) fn import(self, session: &Session, read: ReadOld) -> Result<(), Failure> {
        match self {
            Self::V02(v02) => v02.run(session, read),
            Self::Server(by_hand) => by_hand.run(session),
        }
    }
}

/// Cuts a server as it was.
fn carry_out(session: &Session, one: &mut Planned, how: &How) -> Result<(), Failure> {
    let Some(body) = one.body.take() else {
        return Ok(());
    };
    let call = Call::post(["admin", "init_server"], body);
    let call = call.query("wait", Some("false")).repeatable(None);
    let begun = session.api.send(&call);
    let ended = begun.and_then(|answer| match answer.job {
        Some(job) => follow::to_success(session, &job, how.timeout).map(drop),
        None => Ok(()),
    });
    one.outcome = match ended {
        Ok(()) => Outcome::Done,
        Err(failure) if failure.kind() == Kind::Unreachable => return Err(failure),
        Err(failure) => Outcome::Failed(failure.to_string()),
    };
    Ok(())
}

/// Whether all that was to be done is done.
fn concluded(planned: &[Planned]) -> Result<(), Failure> {
    let left = planned.iter().filter(|one| !one.is_settled()).count();
    if left == 0 {
        return Ok(());
    }
    let cause = format!("{left} of {} servers are not taken over", planned.len());
    let next = "put right what stands behind each, then import again";
    Err(Failure::new(Kind::Conflict, cause).or_try(next))
}
