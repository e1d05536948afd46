//! What is on a machine, and whose.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use kloigos_host::sys::Files;
use kloigos_model::compute_unit::UnitStatus;
use kloigos_sim::host::SimHost;
use kloigos_store::UnitRecord;
use sha2::{Digest, Sha256};

/// How many tenants a world can have.
pub(super) const TENANTS: u32 = 4;
/// How many keys each has.
pub(super) const KEYS: u32 = 2;
/// The tag by which it is known whose a tenancy is.
pub(super) const TAG: &str = "tenant";

/// The name of a tenant.
pub(super) fn tenant(number: u32) -> String {
    format!("tenant{number}")
}

/// One of a tenant's keys.
pub(super) fn key(tenant: u32, key: u32) -> String {
    format!("ssh-ed25519 {}", blob(tenant, key))
}

fn blob(tenant: u32, key: u32) -> String {
    let secret = Sha256::digest(format!("tenant {tenant} key {key}"));
    let mut blob = Vec::new();
    for part in [b"ssh-ed25519".as_slice(), secret.as_slice()] {
        let length = u32::try_from(part.len()).expect("both parts are short");
        blob.extend(length.to_be_bytes());
        blob.extend(part);
    }
    STANDARD.encode(blob)
}

/// The tenants who can log in to a unit.
fn let_in(machine: &mut SimHost, unit: &UnitRecord) -> Vec<String> {
    let path = format!("/etc/ssh/kloigos/{}", unit.user);
    let body = machine.read(&path).ok().flatten().unwrap_or_default();
    let body = String::from_utf8_lossy(&body);
    let has = |&number: &u32| (0..KEYS).any(|key| body.contains(&blob(number, key)));
    (0..TENANTS).filter(has).map(tenant).collect()
}

/// What of a unit on a machine is not as its row says; `fresh` is what it has that was never
/// anybody's.
pub(super) fn wrong(
    machine: &mut SimHost,
    unit: &UnitRecord,
    fresh: Option<&[String]>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let owner = |name: &String| unit.tags.as_ref().is_some_and(|tags| tags.says(TAG, name));
    let inside = let_in(machine, unit);
    let strangers = match unit.status {
        UnitStatus::Initializing | UnitStatus::Free | UnitStatus::Unavailable => inside,
        UnitStatus::Allocating | UnitStatus::Allocated => {
            inside.into_iter().filter(|name| !owner(name)).collect()
        }
        _ if inside.len() > 1 => inside,
        _ => Vec::new(),
    };
    wrong.extend(strangers.iter().map(|name| format!("{name} can log in")));
    let empty = matches!(unit.status, UnitStatus::Free | UnitStatus::Unavailable);
    if let Some(fresh) = fresh.filter(|_| empty) {
        // What a repair was making when its server died is nobody's, and is made again.
        let making = |trace: &String| trace.ends_with(".kloigos-new");
        let traces = machine.traces(unit.uid).into_iter();
        wrong.extend(traces.filter(|trace| !fresh.contains(trace) && !making(trace)));
    }
    wrong
}

/// Where two machines differ.
pub(super) fn differences(
    before: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
) -> Vec<String> {
    let paths = before
        .keys()
        .chain(now.keys().filter(|path| !before.contains_key(*path)));
    let differing = paths.filter(|path| before.get(*path) != now.get(*path));
    differing
        .map(|path| format!("{path}: {:?} was {:?}", now.get(path), before.get(path)))
        .collect()
}
