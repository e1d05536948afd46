//! What is to be done about each old server.

use serde_json::{Map, Value, json};

use super::{V02, old::OldServer};
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

impl Planned {
    /// Whether nothing is left to do about it.
    pub(super) fn is_settled(&self) -> bool {
        matches!(self.outcome, Outcome::There | Outcome::Done)
    }

    /// For people and programs.
    pub(super) fn row(&self) -> Value {
        let (plan, why) = match &self.outcome {
            Outcome::Cut => ("cut", None),
            Outcome::There => ("there", None),
            Outcome::Done => ("done", None),
            Outcome::Failed(why) => ("failed", Some(why)),
            Outcome::Left(why) => ("left", Some(why)),
        };
        let server = &self.server;
        json!({
            "hostname": server.hostname,
            "ip": server.ip,
            "region": server.region,
            "zone": server.zone,
            "units": server.ranges.len(),
            "tenancies": server.tenancies.len(),
            "plan": plan,
            "why": why,
        })
    }
}

/// Looks at what we have of it, and at the server itself.
pub(super) fn plan(session: &Session, server: OldServer, asked: &V02) -> Result<Planned, Failure> {
    let (outcome, body) = match known(session, &server)? {
        Some(outcome) => (outcome, None),
        None => match left(&server, asked) {
            Some(why) => (Outcome::Left(why), None),
            None => look(session, &server, asked)?,
        },
    };
    Ok(Planned {
        server,
        outcome,
        body,
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

/// Why nothing can be done about it.
fn left(server: &OldServer, asked: &V02) -> Option<String> {
    if server.unclear.is_some() {
        return server.unclear.clone();
    }
    let tenancies = server.tenancies.len();
    (tenancies > 0 && !asked.tenancies).then(|| {
        format!(
            "{tenancies} of its units are somebody's: end these tenancies in 0.2, and import with \
             --tenancies to make them anew"
        )
    })
}

/// Whether it can be cut as it was, by its own word.
fn look(
    session: &Session,
    server: &OldServer,
    asked: &V02,
) -> Result<(Outcome, Option<Value>), Failure> {
    let reach = given([
        ("ip", Some(server.ip.clone().into())),
        ("ssh_port", asked.ssh_port.map(Value::from)),
        ("ssh_user", asked.ssh_user.clone().map(Value::from)),
    ]);
    let layout = given([
        ("cpu_ranges", Some(server.ranges.clone().into())),
        ("first_port", asked.first_port.map(Value::from)),
        ("port_step", asked.port_step.map(Value::from)),
        ("first_uid", asked.first_uid.map(Value::from)),
    ]);
    let mut probe = reach.clone();
    probe.insert("layout".to_owned(), Value::Object(layout.clone()));
    let seen = match session.get(&Call::post(["servers", "probe"], Value::Object(probe))) {
        Err(failure) if matches!(failure.kind(), Kind::Conflict | Kind::Usage) => {
            return Ok((Outcome::Left(failure.to_string()), None));
        }
        seen => seen?,
    };
    if let Some(why) = refusals(&seen) {
        return Ok((Outcome::Left(why), None));
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
    Ok((Outcome::Cut, Some(Value::Object(body))))
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
