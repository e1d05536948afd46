//! Tenancies of others, made anew in units of ours.

use serde_json::{Map, Value, json};

use super::{
    How,
    old::{OldServer, Tenancy},
    plan::Planned,
};
use crate::{
    api::Call,
    failure::{Failure, Kind},
    follow, safe,
    session::Session,
};

/// Those of a server that is taken over; one that was made before stays as it is.
pub(super) fn of_tenancies(
    session: &Session,
    one: &Planned,
    how: &How,
) -> Result<Vec<Value>, Failure> {
    if !one.is_settled() {
        return Ok(Vec::new());
    }
    let each = one.server.tenancies.iter().map(|tenancy| {
        let made = match twin(session, &tenancy.mark)? {
            Some(unit) => unit,
            None => allocate(session, &one.server, tenancy, how)?,
        };
        Ok(json!({
            "was": tenancy.was,
            "compute_id": made["compute_id"],
            "ip": made["ip"],
            "user": made["user"],
            "ports_range": made["ports_range"],
        }))
    });
    each.collect()
}

fn allocate(
    session: &Session,
    server: &OldServer,
    tenancy: &Tenancy,
    how: &How,
) -> Result<Value, Failure> {
    let mut tags = tenancy.tags.clone();
    tags.extend(tenancy.mark.clone());
    let body = json!({
        "cpu_count": tenancy.cpu_count,
        "region": server.region,
        "zone": server.zone,
        "tags": tags,
        "ssh_public_key": tenancy.keys,
    });
    let call = Call::post(["compute_units", "allocate"], body);
    let call = call.query("wait", Some("false")).repeatable(None);
    if let Some(job) = session.api.send(&call)?.job {
        follow::to_success(session, &job, how.timeout)?;
    }
    let gone = || {
        let name = safe::line(&tenancy.was);
        Failure::new(Kind::Conflict, format!("the twin of {name} is gone again"))
    };
    twin(session, &tenancy.mark)?.ok_or_else(gone)
}

/// The unit that took an old one's place: the one with these tags.
fn twin(session: &Session, mark: &Map<String, Value>) -> Result<Option<Value>, Failure> {
    let call = Call::get(["compute_units", ""]).query("status", Some("allocated"));
    let units = session.get(&call)?;
    let units = units.as_array().map(Vec::as_slice).unwrap_or_default();
    let marked = |unit: &&Value| {
        let mut mark = mark.iter();
        mark.all(|(key, value)| unit["tags"][key.as_str()] == *value)
    };
    Ok(units.iter().find(marked).cloned())
}
