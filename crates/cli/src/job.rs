//! `kloigos job`.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;

use serde_json::json;

use crate::{
    api::Call,
    arguments::{Because, Listing, Working},
    columns::Columns,
    command, complete,
    failure::{Failure, Kind},
    follow,
    newest::Newest,
    output::print,
    safe,
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
    /// Takes a job back: at once where it waits, else when its present step is over.
    Cancel(Cancel),
    /// Tries a job again: at once where it waits, else as another job.
    Retry(Retry),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those that do this, such as allocating.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only those that stand so: queued, running, succeeded, failed or cancelled.
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Only those on this server.
    #[arg(long, value_name = "SERVER", add = ArgValueCandidates::new(complete::servers))]
    server: Option<String>,
    /// Only those on this unit.
    #[arg(long, value_name = "UNIT", add = ArgValueCandidates::new(complete::units))]
    unit: Option<String>,
    /// At most so many; 100 where none is said, and never more than 1000.
    #[arg(long, value_name = "COUNT")]
    limit: Option<u32>,
    /// Only those before this one: the next page.
    #[arg(long, value_name = "JOB")]
    before: Option<String>,
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

#[derive(Debug, Args)]
pub(crate) struct Cancel {
    #[command(flatten)]
    id: Id,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    working: Working,
}

#[derive(Debug, Args)]
pub(crate) struct Retry {
    #[command(flatten)]
    id: Id,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    working: Working,
}

impl command::Verb for Verb {
    fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run(session),
            Self::Show(Id { job }) => {
                session.show(&session.get(&Call::get(["jobs", &job]))?, Columns::JOBS)
            }
            Self::Watch(Watch { id, timeout }) => {
                let over = follow::to_success(session, &id.job, timeout)?;
                session.show(&over, Columns::JOBS)
            }
            Self::Cancel(cancel) => cancel.run(session),
            Self::Retry(retry) => retry.run(session),
        }
    }
}

impl Cancel {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let job = &self.id.job;
        let call = Call::post(
            ["jobs", job, "cancel"],
            json!({"reason": self.because.reason}),
        );
        if self.working.dry_run {
            return session.rehearse(&call);
        }
        session.get(&call)?;
        if self.working.no_wait {
            return print(&format!("{}\n", safe::line(job)));
        }
        let over = follow::to_end(session, job, self.working.timeout)?;
        match over["status"].as_str() {
            Some("cancelled") => print(&format!("{} is taken back\n", safe::line(job))),
            status => {
                let status = status.unwrap_or("over");
                let cause = format!("{job} could not be taken back any more: it is {status}");
                Err(Failure::new(Kind::Conflict, cause).or_try(format!("kloigos job show {job}")))
            }
        }
    }
}

impl Retry {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let body = json!({"reason": self.because.reason});
        let call = Call::post(["jobs", &self.id.job, "retry"], body);
        session.work(call, &self.working, |job| session.show(job, Columns::JOBS))
    }
}

impl List {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let call = Call::get(["jobs"])
            .query("kind", self.kind)
            .query("status", self.status)
            .query("hostname", self.server)
            .query("compute_id", self.unit)
            .query("before", self.before);
        let newest = Newest {
            limit: self.limit,
            usual: 100,
            paged: true,
        };
        newest.list(session, call, Columns::JOBS, &self.listing)
    }
}
