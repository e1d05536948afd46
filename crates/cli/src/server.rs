//! `kloigos server`.

mod init;
mod layout;
mod tend;
mod topology;

use clap::{Args, Subcommand};

use crate::{
    api::Call,
    arguments::{Listing, ServerName, Sure, Working},
    columns::Columns,
    command,
    failure::Failure,
    output::print,
    session::Session,
    unit::attest::{AttestServer, ServerAttestations},
};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Lists servers.
    List(Listing),
    /// Shows a server with its units and what it is made of.
    Show(ServerName),
    /// Draws how a server's CPUs lie, and whose they are.
    Topology(ServerName),
    /// Looks at a server that may be cut, and tells its host key and what keeps it from being cut.
    /// Nothing is changed.
    Probe(init::Probe),
    /// Cuts a server into units.
    Init(Box<init::Init>),
    /// What is wrong with a server of ours by now, and how to mend it.
    Doctor(ServerName),
    /// Asks the kernel whether every promise for the server as a whole is kept. Fails when one is
    /// broken.
    Attest(AttestServer),
    /// What the kernel said before, the newest first.
    Attestations(ServerAttestations),
    /// Says what is done about drift on a server from now on.
    Mode(tend::Mode),
    /// Hands out none of its units any more; tenancies go on.
    Cordon(tend::Tend),
    /// Hands its units out again.
    Uncordon(tend::Tend),
    /// Visits a server now and compares it with what it should be. Nothing on it is changed. Fails
    /// when it differs.
    Check(ServerName),
    /// How a server differed from what it should be at the last visit.
    Drift(tend::Drift),
    /// Puts right what differed at the last visit.
    Repair(tend::Repair),
    /// Takes everything off a server that was put there.
    Decommission(Decommission),
}

#[derive(Debug, Args)]
pub(crate) struct Decommission {
    #[command(flatten)]
    server: ServerName,
    /// Deallocate its units first.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    sure: Sure,
    #[command(flatten)]
    working: Working,
}

impl command::Verb for Verb {
    fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::List(listing) => session.list(
                &session.get(&Call::get(["servers"]))?,
                Columns::SERVERS,
                &listing,
            ),
            Self::Show(ServerName { server }) => session.show(
                &session.get(&Call::get(["servers", &server]))?,
                Columns::SERVERS,
            ),
            Self::Topology(ServerName { server }) => topology::show(session, &server),
            Self::Probe(probe) => probe.run(session),
            Self::Init(init) => init.run(session),
            Self::Doctor(ServerName { server }) => {
                let examined = session.get(&Call::get(["servers", &server, "doctor"]))?;
                session.show(&examined, Columns::FREE)
            }
            Self::Attest(attest) => attest.run(session),
            Self::Attestations(list) => list.run(session),
            Self::Mode(mode) => mode.run(session),
            Self::Cordon(tend) => tend.cordon(session),
            Self::Uncordon(tend) => tend.uncordon(session),
            Self::Check(ServerName { server }) => tend::check(session, &server),
            Self::Drift(drift) => drift.run(session),
            Self::Repair(repair) => repair.run(session),
            Self::Decommission(decommission) => decommission.run(session),
        }
    }
}

impl Decommission {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let name = &self.server.server;
        if !self.working.dry_run {
            let what = if self.force {
                ", its tenancies and all their data"
            } else {
                ""
            };
            self.sure
                .confirm(&format!("decommissioning {name} removes its units{what}"))?;
        }
        let call = Call::delete(["admin", "decommission_server", name])
            .query("force", self.force.then_some("true"));
        session.work(call, &self.working, |_| {
            print(&format!("{name} is decommissioned\n"))
        })
    }
}
