//! `kloigos job`.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;

use crate::{
    api::Call, arguments::Listing, columns::Columns, command, complete, failure::Failure, follow,
    session::Session,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Lists jobs, the newest first.
    List(List),
    /// Shows a job with its log.
    Show(Id),
    /// Follows a job until it has ended. Fails when the job does.
    Watch(Watch),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those that do this, such as allocating.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only those that stand so: queued, running, succeeded or failed.
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Only those on this server.
    #[arg(long, value_name = "SERVER", add = ArgValueCandidates::new(complete::servers))]
    server: Option<String>,
    /// Only those on this unit.
    #[arg(long, value_name = "UNIT", add = ArgValueCandidates::new(complete::units))]
    unit: Option<String>,
    /// At most so many.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: u32,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Id {
    /// The job's id, as work prints it with --no-wait.
    #[arg(value_name = "JOB", add = ArgValueCandidates::new(complete::jobs))]
    job: String,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    id: Id,
    /// How long to wait at most.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    timeout: Option<u64>,
}

impl command::Verb for Verb {
    fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run(session),
            Self::Show(Id { job }) => {
                session.show(&session.get(&Call::get(["jobs", &job]))?, Columns::JOBS)
            }
            Self::Watch(Watch { id, timeout }) => {
                session.show(&follow::to_end(session, &id.job, timeout)?, Columns::JOBS)
            }
        }
    }
}

impl List {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let call = Call::get(["jobs"])
            .query("kind", self.kind)
            .query("status", self.status)
            .query("hostname", self.server)
            .query("compute_id", self.unit)
            .query("limit", Some(self.limit.to_string()));
        session.list(&session.get(&call)?, Columns::JOBS, &self.listing)
    }
}
