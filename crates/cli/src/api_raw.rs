//! `kloigos api`: any call, for what no verb does.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::{
    api::{Call, Method},
    columns::Columns,
    command::Verb,
    contexts,
    failure::Failure,
    output::{Format, Output},
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct Raw {
    /// GET, POST, PATCH, PUT or DELETE.
    #[arg(value_name = "METHOD", value_parser = ["GET", "POST", "PATCH", "PUT", "DELETE"], ignore_case = true)]
    method: String,
    /// The path, such as `/api/servers?limit=1`, written as it goes over the wire.
    #[arg(value_name = "PATH")]
    path: String,
    /// A file that holds the body as JSON, or - for stdin.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Print the call, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Verb for Raw {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let unknown = || Failure::usage(format!("there is no method {:?}", self.method));
        let method = Method::named(&self.method).ok_or_else(unknown)?;
        if !self.path.starts_with("/api/") {
            return Err(
                Failure::usage("a path begins with /api/").or_try("kloigos api GET /api/servers")
            );
        }
        let mut call = Call::of_path(method, self.path);
        if let Some(file) = self.input {
            let what = format!("read the body from {}", file.display());
            let text = contexts::read(&file).map_err(|error| Failure::fault(&what, &error))?;
            let body: Value = serde_json::from_str(&text).map_err(|error| {
                Failure::usage(format!("{} is no JSON: {error}", file.display()))
            })?;
            call = call.body(body);
        }
        if self.dry_run {
            return session.rehearse(&call);
        }
        let body = session.get(&call)?;
        // There are no columns for what nobody knows.
        let format = match session.output.format {
            Format::Yaml => Format::Yaml,
            _ => Format::Json,
        };
        crate::output::print(&Output::new(format, false).one(&body, Columns::FREE)?)
    }
}
