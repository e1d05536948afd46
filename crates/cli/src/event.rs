//! `kloigos event`.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;
use serde_json::Value;

use crate::{
    api::Call,
    arguments::Listing,
    columns::Columns,
    command, complete,
    failure::Failure,
    newest::Newest,
    output::{Format, print},
    session::Session,
    stream,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Lists what happened, the newest first.
    List(List),
    /// Prints what happens, as it happens, until it is interrupted. A connection that breaks is
    /// taken up again where it was.
    Watch(Watch),
}

/// Which events.
#[derive(Debug, Args)]
struct Which {
    /// Only those of these kinds, such as `unit_status` or `job_failed`.
    #[arg(long, value_name = "KIND[,KIND]")]
    kind: Option<String>,
    /// Only those on this server.
    #[arg(long, value_name = "SERVER", add = ArgValueCandidates::new(complete::servers))]
    server: Option<String>,
    /// Only those to this unit.
    #[arg(long, value_name = "UNIT", add = ArgValueCandidates::new(complete::units))]
    unit: Option<String>,
    /// Only those of this job.
    #[arg(long, value_name = "JOB", add = ArgValueCandidates::new(complete::jobs))]
    job: Option<String>,
    /// Only those after the event of this number, or from this time on.
    #[arg(long, value_name = "NUMBER|TIME")]
    since: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    which: Which,
    /// Only those before the event of this number: the next page.
    #[arg(long, value_name = "NUMBER")]
    before: Option<u64>,
    /// At most so many; 100 where none is said, and never more than 1000.
    #[arg(long, value_name = "COUNT")]
    limit: Option<u32>,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    which: Which,
    /// End after so many.
    #[arg(long, value_name = "COUNT")]
    count: Option<u64>,
    #[command(flatten)]
    listing: Listing,
}

impl command::Verb for Verb {
    fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run(session),
            Self::Watch(watch) => watch.run(session),
        }
    }
}

impl Which {
    fn narrow(self, call: Call) -> Call {
        call.query("kind", self.kind)
            .query("hostname", self.server)
            .query("compute_id", self.unit)
            .query("job", self.job)
            .query("since", self.since)
    }
}

impl List {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let call = self.which.narrow(Call::get(["events", "log"]));
        let call = call.query("before", self.before.map(|id| id.to_string()));
        let newest = Newest {
            limit: self.limit,
            usual: 100,
            paged: true,
        };
        newest.list(session, call, Columns::EVENTS, &self.listing)
    }
}

impl Watch {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let call = self.which.narrow(Call::get(["events"]));
        // A stream has no end to wait for, and so no columns to fit: each line stands alone.
        let listing = Listing {
            no_headers: true,
            ..self.listing
        };
        let mut left = self.count;
        let enough = stream::follow(&session.api, &call, None, |message| {
            let event = message.data;
            let text = match session.output.format {
                Format::Json => crate::safe::json(&format!("{event}\n")),
                _ => session
                    .output
                    .list(&Value::Array(vec![event]), Columns::EVENTS, &listing)?,
            };
            print(&text)?;
            left = left.map(|left| left - 1);
            Ok((left == Some(0)).then_some(()))
        });
        enough.map(drop)
    }
}
