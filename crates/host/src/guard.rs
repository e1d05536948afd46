//! The login guard, run by `pam_exec(8)` as the last session module of a unit's login.
//!
//! `pam_systemd` gives up quietly when logind is down or the slice is frozen, and the login would
//! then run in sshd's own cgroup, with every CPU and no limit (proven on both Debian releases).
//! The guard refuses it. It knows units by their records alone, never by a range of uids, and lets
//! everybody else through at once.

use kloigos_model::{
    host::{ScopeName, Spec},
    names::UserName,
};

use crate::{
    facts::processes,
    fault::Trouble,
    paths, state,
    sys::{Host, read_text},
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
    // Settled in this boot: the server's part and the unit's, and no eviction under way.
    for scope in [ScopeName::Server, scope] {
        if host.stat(&paths::settled(&scope))?.is_none() {
            return Ok(false);
        }
    }
    let session = host.parent()?;
    let cgroup = read_text(host, &format!("/proc/{session}/cgroup"))?.unwrap_or_default();
    let inside = format!("/user.slice/{}/", paths::slice(unit.uid));
    Ok(processes::cgroup(&cgroup).is_some_and(|cgroup| cgroup.starts_with(&inside)))
}
