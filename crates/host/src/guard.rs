//! The login guard, run by `pam_exec(8)` in a unit's login, after `pam_systemd(8)` has put it into
//! its slice and `pam_namespace(8)` has given it a mount namespace.
//!
//! `pam_systemd` gives up quietly when logind is down or the slice is frozen, and the login would
//! then run in sshd's own cgroup, with every CPU and no limit (proven on both Debian releases).
//! The guard refuses it. It knows units by their records alone, never by a range of uids, and lets
//! everybody else through at once. Whom it lets in, it furnishes the namespace for, in the same
//! breath: each program that a login runs is felt.

use std::collections::BTreeSet;

use kloigos_model::{
    host::{Activity, Measure, ScopeName, Spec, Tenant},
    names::UserName,
};

use crate::{
    facts::processes,
    fault::Trouble,
    paths,
    resources::namespace,
    state,
    sys::{Host, Sys, read_text},
};

/// What PAM says of a login.
#[derive(Debug, Clone, Copy)]
pub struct Login<'a> {
    /// `PAM_USER`.
    pub user: &'a str,
    /// `PAM_TYPE`, such as `open_session`.
    pub stage: &'a str,
}

/// Whether the login may go on. Trouble is no.
pub fn lets(host: &mut dyn Host, login: Login<'_>) -> Result<bool, Trouble> {
    let Ok(user) = login.user.parse::<UserName>() else {
        return Ok(true);
    };
    let scope = ScopeName::Unit(user);
    let Some(record) = state::load(host, &scope)? else {
        return Ok(true);
    };
    let Spec::Unit(unit) = record.desired.spec else {
        return Ok(false);
    };
    if login.stage != "open_session" {
        return Ok(login.stage == "close_session");
    }
    // A login that was on its way when its unit was frozen or stopped.
    let stands_still = |tenant: &Tenant| tenant.activity != Activity::Running;
    if unit.tenant.as_ref().is_some_and(stands_still) {
        return Ok(false);
    }
    // Settled in this boot: the server's part and the unit's, and no eviction under way.
    for scope in [ScopeName::Server, scope] {
        if host.stat(&paths::settled(&scope))?.is_none() {
            return Ok(false);
        }
    }
    if !is_in_slice(host, unit.uid)? || !host.in_namespace()? {
        return Ok(false);
    }
    match namespace::in_force(host, unit.uid)? {
        Some(measures) => furnish(host, &unit.user, &measures).map(|()| true),
        None => Ok(false),
    }
}

fn is_in_slice(host: &mut dyn Host, uid: u32) -> Sys<bool> {
    let session = host.parent()?;
    let cgroup = read_text(host, &format!("/proc/{session}/cgroup"))?.unwrap_or_default();
    let inside = format!("/user.slice/{}/", paths::slice(uid));
    Ok(processes::cgroup(&cgroup).is_some_and(|cgroup| cgroup.starts_with(&inside)))
}

/// Puts into the session's own namespace what the unit sees instead of the host's. The tenant
/// cannot take it off: these mounts belong to the host's user namespace
/// (`mount_namespaces(7)`).
fn furnish(
    host: &mut dyn Host,
    user: &UserName,
    measures: &BTreeSet<Measure>,
) -> Result<(), Trouble> {
    let about = paths::about(user);
    if host.stat(&about)?.is_some() {
        host.bind(&about, paths::ABOUT_SELF)?;
    }
    if measures.contains(&Measure::PrivateTmp) {
        for (own, place) in namespace::instances(user) {
            host.bind(&own, place)?;
        }
    }
    if measures.contains(&Measure::HideProcesses) {
        host.mount_proc()?;
    }
    Ok(())
}
