//! What a hook is told.

use kloigos_store::{AllocationRecord, UnitRecord};
use serde_json::{Value, json};

use super::Occasion;

/// All of it: on a program's stdin, and as the variable `kloigos` of a playbook.
pub(super) fn told(of: &Occasion<'_>, ssh: &Value) -> Value {
    let server = of.server;
    let units: Vec<Value> = of
        .units
        .iter()
        .map(|(unit, open)| about(unit, open.as_ref()))
        .collect();
    json!({
        "point": of.point,
        "job": of.job,
        "server": {
            "hostname": server.hostname,
            "ip": server.ip,
            "region": server.region,
            "zone": server.zone,
            "ssh": ssh,
        },
        // The one unit of a tenancy's hook, for the reader's ease.
        "unit": if units.len() == 1 { units[0].clone() } else { Value::Null },
        "units": units,
    })
}

fn about(unit: &UnitRecord, open: Option<&AllocationRecord>) -> Value {
    let dir = unit.dir.as_str();
    json!({
        "compute_id": unit.id,
        "cpu_range": unit.cpus.to_string(),
        "cpu_list": unit.cpus.expanded(),
        "ports_range": unit.ports.to_string(),
        "user": unit.user.as_str(),
        "uid": unit.uid,
        "home": format!("/home/{}", unit.user.as_str()),
        "opt": format!("/opt/{dir}"),
        "mnt": format!("/mnt/{dir}"),
        "allocation": open.map(tenancy),
    })
}

fn tenancy(open: &AllocationRecord) -> Value {
    let keys: Vec<String> = open.tenancy.keys.iter().map(ToString::to_string).collect();
    json!({
        "id": open.id,
        "tags": open.tags,
        "keys": keys,
        "created_at": open.created_at.to_string(),
        "started_at": open.started_at.map(|at| at.to_string()),
        "reason": open.reason,
    })
}
