//! Attestation: every promise held against the kernel's own word, never against our own files or
//! records.
//!
//! What was promised comes with the request; only which measures the operator declined is taken
//! from the record when the request leaves the server's own scope out.

mod access;
mod common;
mod confinement;
mod cpu;
mod disk;
mod files;
mod limits;
mod ports;
mod privacy;
mod server;
mod stacks;
mod systemd;
mod table;

use kloigos_model::host::{
    Activity, Attestation, Check, Desired, Promise, ScopeName, Spec, UnitSpec, Verdict,
};

use crate::{
    fault::Trouble,
    paths,
    sys::{Host, Lock, Share},
};
use common::Common;

/// All checks of these scopes.
pub fn scopes(host: &mut dyn Host, scopes: &[Desired]) -> Result<Vec<Attestation>, Trouble> {
    let common = Common::ask(host, scopes)?;
    scopes
        .iter()
        .map(|desired| scope(host, &common, desired))
        .collect()
}

fn scope(host: &mut dyn Host, common: &Common, desired: &Desired) -> Result<Attestation, Trouble> {
    let _locks = lock_if_ours(host, &desired.scope())?;
    let mut checks = match &desired.spec {
        Spec::Server(server) => server::checks(host, common, server)?,
        Spec::Unit(unit) => of_unit(host, common, unit)?,
    };
    checks.sort_by_key(|check| check.promise);
    Ok(Attestation {
        scope: desired.scope(),
        generation: desired.generation,
        checks,
    })
}

/// Nothing changes in a unit while it is looked at. Looking makes no lock file.
fn lock_if_ours(host: &mut dyn Host, scope: &ScopeName) -> Result<Vec<Lock>, Trouble> {
    let mut locks = Vec::new();
    for (scope, share) in [
        (&ScopeName::Server, Share::Shared),
        (scope, Share::Exclusive),
    ] {
        let path = paths::lock(scope);
        let again = *scope == ScopeName::Server && !locks.is_empty();
        if !again && host.stat(&path)?.is_some() {
            locks.push(host.lock(&path, share)?);
        }
    }
    Ok(locks)
}

fn of_unit(host: &mut dyn Host, common: &Common, unit: &UnitSpec) -> Result<Vec<Check>, Trouble> {
    let mut checks = cpu::checks(host, common, unit)?;
    checks.extend(limits::checks(host, common, unit)?);
    checks.extend(ports::checks(host, common, unit)?);
    checks.extend(files::checks(host, unit)?);
    checks.extend(disk::checks(host, unit)?);
    checks.extend(privacy::checks(host, common, unit)?);
    checks.extend(access::checks(host, unit)?);
    checks.extend(confinement::checks(host, common, unit)?);
    Ok(checks)
}

/// What of a unit should be running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    /// A tenant's processes.
    Running,
    /// A tenant's processes, standing still.
    Frozen,
    /// Its user manager alone.
    Warm,
    /// Nothing.
    Nothing,
}

impl Life {
    fn of(unit: &UnitSpec) -> Self {
        match unit.tenant.as_ref().map(|tenant| tenant.activity) {
            Some(Activity::Running) => Self::Running,
            Some(Activity::Frozen) => Self::Frozen,
            None if unit.warm => Self::Warm,
            Some(Activity::Stopped) | None => Self::Nothing,
        }
    }
}

/// A check that is kept when what was found is what was wanted, word for word.
fn same(
    promise: Promise,
    check: impl Into<String>,
    wanted: impl Into<String>,
    found: impl Into<String>,
    evidence: impl Into<String>,
) -> Check {
    let (wanted, found) = (wanted.into(), found.into());
    let verdict = kept_if(wanted == found);
    Check {
        promise,
        check: check.into(),
        wanted,
        found,
        verdict,
        evidence: evidence.into(),
    }
}

/// A check of something that the operator declined or asked no limit of.
fn not_promised(promise: Promise, check: impl Into<String>, found: impl Into<String>) -> Check {
    Check {
        promise,
        check: check.into(),
        wanted: "not promised".to_owned(),
        found: found.into(),
        verdict: Verdict::NotPromised,
        evidence: "the desired state".to_owned(),
    }
}

fn kept_if(kept: bool) -> Verdict {
    if kept { Verdict::Kept } else { Verdict::Broken }
}

/// Whether a cgroup is this one or below it.
fn is_in(cgroup: &str, of: &str) -> bool {
    let rest = cgroup.strip_prefix(of);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
