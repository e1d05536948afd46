//! `kloigos unit`, and its short forms.

mod allocate;
pub(crate) mod attest;
mod change;
mod keys;
pub(crate) mod limits;
mod tags;
mod tenancy;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;

pub(crate) use allocate::Allocate;
use serde_json::Value;

use crate::{
    api::Call,
    arguments::{Listing, Sure, UnitName, Working},
    columns::Columns,
    command, complete,
    failure::Failure,
    newest::Newest,
    session::Session,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Lists units; decommissioned ones only with `--status decommissioned`.
    List(List),
    /// Shows a unit with its limits, keys, directories and last attestation.
    Show(UnitName),
    /// Hands a free unit to a key, and answers once its owner can log in.
    Allocate(Allocate),
    /// Ends a tenancy: its processes are ended, everything it left is wiped, and a scan proves it.
    Deallocate(Deallocate),
    /// Whose it was and is: its tenancies, the newest first.
    Allocations(Allocations),
    /// Who may log in.
    #[command(subcommand)]
    Key(keys::Verb),
    /// Ends the unit's processes, or lets them stand still.
    Stop(change::Stop),
    /// Lets the unit's processes run again.
    Start(change::Start),
    /// Wipes the unit and hands it back to the same tenancy.
    Reset(change::Reset),
    /// Changes what the unit may use, while it runs.
    Limits(change::Limits),
    /// Asks the kernel whether every promise is kept. Fails when one is broken.
    Attest(attest::Attest),
    /// What the kernel said before, the newest first.
    Attestations(attest::Attestations),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those in this state, such as free or allocated.
    #[arg(long, value_name = "STATUS", value_parser = STATUSES)]
    status: Option<String>,
    /// Only those of this server.
    #[arg(long, value_name = "SERVER", add = ArgValueCandidates::new(complete::servers))]
    server: Option<String>,
    /// Only those in this region.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Only those in this zone.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Only those with exactly so many CPUs.
    #[arg(short, long, value_name = "COUNT")]
    cpus: Option<u32>,
    /// Only those whose tag `deployment_id` is this.
    #[arg(long, value_name = "TEXT")]
    deployment_id: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// The states of a unit, for the help and for shells.
const STATUSES: [&str; 11] = [
    "initializing",
    "free",
    "allocating",
    "allocated",
    "deallocating",
    "unavailable",
    "init_fail",
    "allocation_fail",
    "deallocation_fail",
    "decommissioning",
    "decommissioned",
];

#[derive(Debug, Args)]
pub(crate) struct Allocations {
    #[command(flatten)]
    unit: UnitName,
    /// At most so many; 20 where none is said, and never more than 1000.
    #[arg(long, value_name = "COUNT")]
    limit: Option<u32>,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Deallocate {
    #[command(flatten)]
    unit: UnitName,
    #[command(flatten)]
    sure: Sure,
    #[command(flatten)]
    working: Working,
}

impl command::Verb for Verb {
    fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run(session),
            Self::Show(UnitName { unit }) => session.show(&load(session, &unit)?, Columns::UNITS),
            Self::Allocate(allocate) => allocate.run(session),
            Self::Deallocate(deallocate) => deallocate.run(session),
            Self::Allocations(list) => list.run(session),
            Self::Key(verb) => verb.run(session),
            Self::Stop(stop) => stop.run(session),
            Self::Start(start) => start.run(session),
            Self::Reset(reset) => reset.run(session),
            Self::Limits(limits) => limits.run(session),
            Self::Attest(attest) => attest.run(session),
            Self::Attestations(list) => list.run(session),
        }
    }
}

/// A unit with all that is known of it.
pub(crate) fn load(session: &Session, unit: &str) -> Result<Value, Failure> {
    session.get(&Call::get(["compute_units", unit]))
}

impl List {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let call = Call::get(["compute_units", ""])
            .query("status", self.status)
            .query("hostname", self.server)
            .query("region", self.region)
            .query("zone", self.zone)
            .query("cpu_count", self.cpus.map(|count| count.to_string()))
            .query("deployment_id", self.deployment_id);
        session.list(&session.get(&call)?, Columns::UNITS, &self.listing)
    }
}

impl Allocations {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let call = Call::get(["compute_units", &self.unit.unit, "allocations"]);
        let newest = Newest {
            limit: self.limit,
            usual: 20,
            paged: false,
        };
        newest.list(session, call, Columns::ALLOCATIONS, &self.listing)
    }
}

impl command::Verb for Deallocate {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let name = &self.unit.unit;
        let tenancy = tenancy::of(session, name)?;
        if !self.working.dry_run {
            self.sure
                .confirm(&format!("deallocating {name} wipes all its data"))?;
        }
        let call = Call::delete(["compute_units", "deallocate", name]);
        session.work(tenancy.mark(call), &self.working, |_| {
            crate::output::print(&format!("{name} is deallocated\n"))
        })
    }
}
