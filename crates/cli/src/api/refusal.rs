//! An answer that is no success, as a failure.

use serde_json::Value;

use super::{Call, Method};
use crate::{
    contexts::Place,
    failure::{Failure, Kind},
};

pub(super) fn failure(call: &Call, status: u16, body: &Value, place: &Place) -> Failure {
    let said = said(status, body);
    match status {
        401 | 403 => {
            Failure::new(Kind::Access, said).or_try(format!("kloigos login {}", place.url))
        }
        404 | 405 => not_found(call, said),
        409 | 412 | 460 => conflict(call, status, said),
        422 | 413 => Failure::new(Kind::Usage, said),
        470 => Failure::new(Kind::JobFailed, said).or_try("kloigos job list --status failed"),
        300..=399 => Failure::new(
            Kind::Unreachable,
            format!(
                "{} answers with a redirect ({status}); give its own address",
                place.url
            ),
        ),
        _ => Failure::new(Kind::Unreachable, said).or_try("kloigos health"),
    }
}

fn not_found(call: &Call, said: String) -> Failure {
    let failure = Failure::new(Kind::NotFound, said);
    match subject(call) {
        Some((_, Some(unit))) if call.target().contains("/keys/") => {
            failure.or_try(format!("kloigos unit key list {unit}"))
        }
        Some((noun, _)) => failure.or_try(format!("kloigos {noun} list")),
        None => failure,
    }
}

fn conflict(call: &Call, status: u16, said: String) -> Failure {
    let failure = Failure::new(Kind::Conflict, said);
    match (status, subject(call)) {
        (460, _) => failure.or_try("kloigos unit list --status free"),
        (_, Some((noun, Some(name)))) => failure.or_try(format!("kloigos {noun} show {name}")),
        (_, Some((noun, None))) => failure.or_try(format!("kloigos {noun} list")),
        (_, None) => failure,
    }
}

/// The noun of the command line that a call is about, and the name.
fn subject(call: &Call) -> Option<(&'static str, Option<String>)> {
    let path = call.target();
    let path = path.split('?').next().unwrap_or_default();
    let mut parts = path.strip_prefix("/api/")?.split('/');
    let (noun, first) = (parts.next()?, parts.next());
    let name = match (noun, first) {
        ("compute_units", Some("allocate"))
        | ("admin", Some("init_server"))
        | ("servers", Some("probe")) => None,
        ("compute_units", Some("deallocate")) | ("admin", _) => parts.next(),
        (_, first) => first.filter(|name| !name.is_empty()),
    };
    let noun = match noun {
        "compute_units" => "unit",
        "servers" | "admin" => "server",
        "jobs" => "job",
        _ => return None,
    };
    Some((noun, name.map(str::to_owned)))
}

/// The sentence of the answer; of a 422 every fault with its place.
fn said(status: u16, body: &Value) -> String {
    match &body["detail"] {
        Value::String(sentence) => sentence.clone(),
        Value::Array(faults) => faults.iter().map(fault).collect::<Vec<_>>().join("\n"),
        _ => format!("the control plane answers {status}"),
    }
}

fn fault(fault: &Value) -> String {
    let place = fault["loc"].as_array().into_iter().flatten().skip(1);
    let place = place.map(|part| match part {
        Value::String(name) => name.clone(),
        other => other.to_string(),
    });
    let place = place.collect::<Vec<_>>().join(".");
    let msg = fault["msg"].as_str().unwrap_or_default();
    let msg = msg.strip_prefix("Value error, ").unwrap_or(msg);
    match place.as_str() {
        "" => msg.to_owned(),
        _ => format!("{place}: {msg}"),
    }
}

impl Method {
    /// The method of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let all = [Self::Get, Self::Post, Self::Patch, Self::Put, Self::Delete];
        all.into_iter()
            .find(|method| method.as_str().eq_ignore_ascii_case(name))
    }
}
