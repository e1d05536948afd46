//! What is done about a server as a whole: mode, cordon and uncordon, check and repair drift.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::{
    api::{Call, Method},
    arguments::{Because, Listing, ServerName, Working},
    columns::Columns,
    failure::{Failure, Kind},
    follow,
    output::print,
    safe,
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct Tend {
    #[command(flatten)]
    server: ServerName,
    #[command(flatten)]
    because: Because,
}

#[derive(Debug, Args)]
pub(crate) struct Mode {
    #[command(flatten)]
    server: ServerName,
    /// What is done about drift from now on.
    #[arg(id = "mode", value_name = "MODE")]
    on_drift: DriftMode,
    #[command(flatten)]
    because: Because,
}

/// What is done about drift.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum DriftMode {
    /// It is told.
    Report,
    /// It is told and put right.
    Repair,
    /// It is not looked for.
    Off,
}

#[derive(Debug, Args)]
pub(crate) struct Drift {
    #[command(flatten)]
    server: ServerName,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(crate) struct Repair {
    #[command(flatten)]
    server: ServerName,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    working: Working,
}

impl Mode {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let name = &self.server.server;
        let mode = self.on_drift.to_possible_value();
        let mode = mode.map(|mode| mode.get_name().to_owned());
        let body = json!({"mode": mode, "reason": self.because.reason});
        let call = Call::new(Method::Patch, ["servers", name]).body(body);
        let after = session.get(&call)?;
        let now = after["mode"].as_str().unwrap_or_default();
        print(&safe::lines(&format!("the mode of {name} is {now}\n")))
    }
}

impl Tend {
    pub(super) fn cordon(self, session: &Session) -> Result<(), Failure> {
        self.run(session, "cordon", "none of its free units is handed out")
    }

    pub(super) fn uncordon(self, session: &Session) -> Result<(), Failure> {
        self.run(session, "uncordon", "its free units are handed out")
    }

    fn run(self, session: &Session, verb: &str, means: &str) -> Result<(), Failure> {
        let name = &self.server.server;
        let body = json!({"reason": self.because.reason});
        let after = session.get(&Call::post(["servers", name, verb], body))?;
        let status = after["status"].as_str().unwrap_or_default();
        print(&safe::lines(&format!("{name} is {status}: {means}\n")))
    }
}

/// Looks at a server now; fails when it differs or cannot be reached.
pub(super) fn check(session: &Session, name: &str) -> Result<(), Failure> {
    let call = Call::new(Method::Post, ["servers", name, "check"]);
    let seen = session.get(&call)?;
    let fields = ["hostname", "status", "health", "health_reason", "mode"];
    let mut told: serde_json::Map<String, Value> = fields
        .into_iter()
        .map(|field| (field.to_owned(), seen[field].clone()))
        .collect();
    told.insert("drift".to_owned(), seen["drift"].clone());
    session.show(&Value::Object(told), Columns::SERVERS)?;
    match (seen["drift_count"].as_u64(), seen["health"].as_str()) {
        (Some(0), Some("healthy")) => Ok(()),
        (Some(0) | None, _) => {
            let why = seen["health_reason"]
                .as_str()
                .unwrap_or("it is not healthy");
            Err(Failure::new(Kind::Broken, format!("{name}: {why}")))
        }
        (Some(count), _) => {
            let cause = format!("{name} differs from what it should be in {count} ways");
            let next = format!("kloigos server repair {name}");
            Err(Failure::new(Kind::Broken, cause).or_try(next))
        }
    }
}

impl Drift {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let server = session.get(&Call::get(["servers", &self.server.server]))?;
        session.list(&server["drift"], Columns::DRIFT, &self.listing)
    }
}

impl Repair {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let name = &self.server.server;
        let body = json!({"reason": self.because.reason});
        let call = Call::post(["servers", name, "repair"], body);
        if self.working.dry_run {
            let server = session.get(&Call::get(["servers", name]))?;
            return session.list(&server["drift"], Columns::DRIFT, &Listing::default());
        }
        let key = self.working.idempotency_key.as_deref();
        let jobs = session.get(&call.repeatable(key))?;
        let jobs = jobs.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut ids = jobs.iter().filter_map(|job| job["id"].as_str());
        if self.working.no_wait {
            return ids.try_for_each(|id| print(&format!("{}\n", safe::line(id))));
        }
        for id in ids {
            follow::to_success(session, id, self.working.timeout)?;
        }
        let done = if jobs.is_empty() {
            "did not differ"
        } else {
            "is repaired"
        };
        print(&format!("{name} {done}\n"))
    }
}
