//! What is to be done about each old server.

use serde_json::{Map, Value, json};

use super::{How, old::OldServer};
use crate::{
    api::Call,
    failure::{Failure, Kind},
    session::Session,
};

/// An old server, and what is done about it.
pub(super) struct Planned {
    pub(super) server: OldServer,
    pub(super) outcome: Outcome,
    /// The init that cuts it as it was.
    pub(super) body: Option<Value>,
    /// What that would make; null where it was not looked at.
    pub(super) layout: Value,
}

/// What is or was done.
pub(super) enum Outcome {
    /// It is to be cut as it was.
    Cut,
    /// It is cut as it was already.
    There,
    /// It was cut.
    Done,
    /// It was begun and failed.
    Failed(String),
    /// It is left alone.
    Left(String),
}

impl Outcome {
    /// For people and programs.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::There => "there",
            Self::Done => "done",
            Self::Failed(_) => "failed",
            Self::Left(_) => "left",
        }
    }

    fn why(&self) -> Option<&str> {
        match self {
            Self::Cut | Self::There | Self::Done => None,
            Self::Failed(why) | Self::Left(why) => Some(why),
        }
    }
}

impl Planned {
    /// Whether nothing is left to do about it.
    pub(super) fn is_settled(&self) -> bool {
        matches!(self.outcome, Outcome::There | Outcome::Done)
    }

    /// For people and programs.
    pub(super) fn row(&self) -> Value {
        let server = &self.server;
        json!({
            "hostname": server.hostname,
            "ip": server.ip,
            "region": server.region,
            "zone": server.zone,
            "units": server.ranges.len(),
            "tenancies": server.tenancies.len(),
            "plan": self.outcome.word(),
            "why": self.outcome.why(),
        })
    }
}

/// Looks at what we have of it, and at the server itself.
pub(super) fn plan(session: &Session, server: OldServer, how: &How) -> Result<Planned, Failure> {
    let without = |outcome| (outcome, None, Value::Null);
    let (outcome, body, layout) = match (known(session, &server)?, &server.unclear) {
        (Some(outcome), _) => without(outcome),
        (None, Some(why)) => without(Outcome::Left(why.clone())),
        (None, None) => look(session, &server, how)?,
    };
    Ok(Planned {
        server,
        outcome,
        body,
        layout,
    })
}

/// What we have of this name.
fn known(session: &Session, server: &OldServer) -> Result<Option<Outcome>, Failure> {
    let ours = match session.get(&Call::get(["servers", &server.hostname])) {
        Err(failure) if failure.kind() == Kind::NotFound => return Ok(None),
        ours => ours?,
    };
    if matches!(
        ours["status"].as_str(),
        Some("decommissioned" | "init_fail")
    ) {
        return Ok(None);
    }
    let units = ours["units"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut have: Vec<&str> = units
        .iter()
        .filter_map(|unit| unit["cpu_range"].as_str())
        .collect();
    let mut want: Vec<&str> = server.ranges.iter().map(String::as_str).collect();
    have.sort_unstable();
    want.sort_unstable();
    if have == want && ours["ip"] == server.ip.as_str() {
        return Ok(Some(Outcome::There));
    }
    let why = "a server of this name is there, with another address or other units";
    Ok(Some(Outcome::Left(why.to_owned())))
}

/// Whether it can be cut as it was, by its own word.
fn look(
    session: &Session,
    server: &OldServer,
    how: &How,
) -> Result<(Outcome, Option<Value>, Value), Failure> {
    let reach = how.reach(&server.ip);
    let layout = given([
        ("cpu_ranges", Some(server.ranges.clone().into())),
        ("first_port", how.first_port.map(Value::from)),
        ("port_step", how.port_step.map(Value::from)),
        ("first_uid", how.first_uid.map(Value::from)),
    ]);
    let mut probe = reach.clone();
    probe.extend(given([(
        "host_key",
        server.host_key.clone().map(Value::from),
    )]));
    probe.insert("layout".to_owned(), Value::Object(layout.clone()));
    let seen = match session.get(&Call::post(["servers", "probe"], Value::Object(probe))) {
        Err(failure) if matches!(failure.kind(), Kind::Conflict | Kind::Usage) => {
            return Ok((Outcome::Left(failure.to_string()), None, Value::Null));
        }
        seen => seen?,
    };
    if let Some(why) = refusals(&seen) {
        return Ok((Outcome::Left(why), None, seen["layout"].clone()));
    }
    let mut body = reach;
    body.extend(layout);
    body.extend(given([
        ("hostname", Some(server.hostname.clone().into())),
        ("region", Some(server.region.clone().into())),
        ("zone", Some(server.zone.clone().into())),
        // What is cut is what was looked at.
        ("host_key", Some(seen["host_key"].clone())),
    ]));
    let layout = seen["layout"].clone();
    Ok((Outcome::Cut, Some(Value::Object(body)), layout))
}

impl How {
    /// A server of this address, as a request names it.
    pub(super) fn reach(&self, ip: &str) -> Map<String, Value> {
        given([
            ("ip", Some(ip.into())),
            ("ssh_port", self.ssh_port.map(Value::from)),
            ("ssh_user", self.ssh_user.clone().map(Value::from)),
        ])
    }
}

/// What on the server is in the way, with what to do about it.
fn refusals(seen: &Value) -> Option<String> {
    let findings = seen["findings"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let refusing = findings.iter().filter(|one| one["severity"] == "refuses");
    let told: Vec<String> = refusing
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
            format!("{}; {}", text("fault"), text("fix"))
        })
        .collect();
    (!told.is_empty()).then(|| told.join(" | "))
}

fn given<const N: usize>(all: [(&str, Option<Value>); N]) -> Map<String, Value> {
    let all = all.map(|(name, value)| (name.to_owned(), value));
    let there = all
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    there.collect()
}
