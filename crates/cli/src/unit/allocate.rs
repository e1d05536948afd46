//! `kloigos allocate`.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};

use super::{limits::LimitArgs, tags};
use crate::{
    api::{Call, Method},
    arguments::Working,
    columns::Columns,
    command::Verb,
    failure::Failure,
    public_key,
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct Allocate {
    /// A unit with exactly so many CPUs; `any` for whatever is free.
    #[arg(short, long, value_name = "COUNT", default_value = "4")]
    cpus: Cpus,
    /// In this region.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// In this zone.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// A file of public keys that may log in, or - for stdin; without it, your own in ~/.ssh.
    #[arg(short, long, value_name = "FILE")]
    key: Vec<PathBuf>,
    /// A tag: `key=text`, or `key:=number`; a key given again makes a list.
    #[arg(short, long, value_name = "KEY=VALUE")]
    tag: Vec<String>,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    working: Working,
}

/// How many CPUs are asked for.
#[derive(Debug, Clone, Copy)]
enum Cpus {
    Any,
    Exactly(u32),
}

impl std::str::FromStr for Cpus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "any" => Ok(Self::Any),
            number => number
                .parse()
                .map(Self::Exactly)
                .map_err(|_| "a number of CPUs, or any".to_owned()),
        }
    }
}

impl Verb for Allocate {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let mut body = Map::new();
        body.insert("cpu_count".to_owned(), self.cpus.into());
        body.insert("tags".to_owned(), tags::parse(&self.tag)?);
        body.insert(
            "ssh_public_key".to_owned(),
            public_key::read(&self.key, session)?.into(),
        );
        let more = [
            ("region", self.region.map(Value::from)),
            ("zone", self.zone.map(Value::from)),
            ("limits", self.limits.given()),
        ];
        body.extend(
            more.into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?))),
        );
        let call = Call::new(Method::Post, ["compute_units", "allocate"]).body(Value::Object(body));
        if self.working.dry_run {
            // Which unit it would be is the control plane's to say.
            let placement = session.get(&call.query("dry_run", Some("true")))?;
            return session.show(&placement, Columns::FREE);
        }
        session.work(call, &self.working, |job| {
            let unit = job["compute_id"].as_str().unwrap_or_default();
            let unit = super::load(session, unit)?;
            session.list(
                &Value::Array(vec![unit]),
                Columns::UNITS,
                &crate::arguments::Listing::default(),
            )
        })
    }
}

impl From<Cpus> for Value {
    fn from(cpus: Cpus) -> Self {
        match cpus {
            Cpus::Any => Self::Null,
            Cpus::Exactly(count) => count.into(),
        }
    }
}
