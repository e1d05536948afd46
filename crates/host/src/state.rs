//! What should be on this server, kept over reboots: one record per scope in `/var/lib/kloigos`,
//! written before anything is changed, so that boot and repeats go on from it.

use std::collections::BTreeSet;

use kloigos_model::host::{Desired, ScopeName, Spec, UnitSpec};
use serde::{Deserialize, Serialize};

use crate::{
    fault::Trouble,
    paths,
    sys::{Access, Host, Kind, Stat},
};

/// What was asked for a scope last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The desired state.
    pub desired: Desired,
    /// Whether it is to be removed.
    pub removing: bool,
}

/// The record of a scope.
pub fn load(host: &mut dyn Host, scope: &ScopeName) -> Result<Option<Record>, Trouble> {
    let path = paths::record(scope);
    match host.read(&path)? {
        Some(body) => {
            let record = serde_json::from_slice(&body);
            record.map(Some).map_err(|error| Trouble::text(path, error))
        }
        None => Ok(None),
    }
}

/// Keeps a record; its directories are made first.
pub fn save(host: &mut dyn Host, record: &Record) -> Result<(), Trouble> {
    let scope = record.desired.scope();
    place(host, paths::STATE_DIR)?;
    if scope != ScopeName::Server {
        place(host, paths::UNITS_DIR)?;
    }
    let body = json(record)?;
    Ok(host.write(&paths::record(&scope), &body, Access::root(0o600))?)
}

/// Makes a directory of root's alone where it is not there as it should be.
pub(crate) fn place(host: &mut dyn Host, path: &str) -> Result<(), Trouble> {
    let access = Access::root(0o700);
    let wanted = Stat {
        kind: Kind::Directory,
        access,
    };
    if host.stat(path)? != Some(wanted) {
        host.make_dir(path, access)?;
    }
    Ok(())
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, Trouble> {
    serde_json::to_vec(value).map_err(|error| Trouble::text("a record", error))
}

/// Forgets a scope.
pub fn forget(host: &mut dyn Host, scope: &ScopeName) -> Result<(), Trouble> {
    host.remove(&paths::settled(scope))?;
    host.remove(&paths::record(scope))?;
    Ok(host.remove(&paths::lock(scope))?)
}

/// The scopes that are kept: the server's first, then the units by name.
pub fn scopes(host: &mut dyn Host) -> Result<Vec<ScopeName>, Trouble> {
    let mut scopes = Vec::new();
    if host.stat(&paths::record(&ScopeName::Server))?.is_some() {
        scopes.push(ScopeName::Server);
    }
    for name in host.list(paths::UNITS_DIR)?.unwrap_or_default() {
        if let Some(user) = name
            .strip_suffix(".json")
            .and_then(|name| name.parse().ok())
        {
            scopes.push(ScopeName::Unit(user));
        }
    }
    Ok(scopes)
}

/// The units that are kept and not on their way out.
pub fn units(host: &mut dyn Host) -> Result<Vec<UnitSpec>, Trouble> {
    let mut units = Vec::new();
    for scope in scopes(host)? {
        let record = load(host, &scope)?.filter(|record| !record.removing);
        if let Some(Spec::Unit(unit)) = record.map(|record| record.desired.spec) {
            units.push(unit);
        }
    }
    Ok(units)
}

/// The users of all units, those on their way out too.
pub fn uids(host: &mut dyn Host) -> Result<BTreeSet<u32>, Trouble> {
    let mut uids = BTreeSet::new();
    for scope in scopes(host)? {
        let record = load(host, &scope)?;
        if let Some(Spec::Unit(unit)) = record.map(|record| record.desired.spec) {
            uids.insert(unit.uid);
        }
    }
    Ok(uids)
}

/// Whether a scope was settled in this boot with this content but for the tenant.
pub fn is_settled(host: &mut dyn Host, desired: &Desired) -> Result<bool, Trouble> {
    let kept = host.read(&paths::settled(&desired.scope()))?;
    Ok(kept == Some(slot(desired)?))
}

/// Says that it was.
pub fn mark_settled(host: &mut dyn Host, desired: &Desired) -> Result<(), Trouble> {
    if is_settled(host, desired)? {
        return Ok(());
    }
    let slot = slot(desired)?;
    place(host, paths::SETTLED_DIR)?;
    Ok(host.write(
        &paths::settled(&desired.scope()),
        &slot,
        Access::root(0o600),
    )?)
}

/// What of a scope does not change with its tenant.
fn slot(desired: &Desired) -> Result<Vec<u8>, Trouble> {
    let mut spec = desired.spec.clone();
    if let Spec::Unit(unit) = &mut spec {
        unit.tenant = None;
    }
    json(&spec)
}
