//! PAM's part: every login of a unit's user gets a mount namespace and passes the guard
//! ([`crate::guard`]), and no job of one runs in a cgroup of cron's or at's.
//!
//! Since OpenSSH 9.8, `sshd_config(5)` has `PAMServiceName`: unit users get a stack of our own and
//! nobody else's is touched. An older sshd has one stack for all, as cron and at have; there a
//! marked block is put in ([`stack`]), and removed byte for byte. The stacks of su(1) and login(1)
//! stay as they are: a unit's user has no password, so that only root gets through them.

mod stack;

use std::{fmt, rc::Rc};

use self::stack::{JOB_STACKS, SSHD, Stack};
use super::{Presence, sshd::SshdVersion};
use crate::{
    fault::{Refusal, Trouble},
    resource::Resource,
    sys::{Access, Host, read_text},
};

/// The stack of unit users; `PAMServiceName kloigos` names it.
const OWN: &str = "/etc/pam.d/kloigos";
/// The first OpenSSH with `PAMServiceName`.
pub(super) const OWN_STACK_SINCE: (u32, u32) = (9, 8);

const OWN_STACK: &str = "\
# PAM stack of compute units' users, made by Kloigos. Keys are checked by sshd, nothing else lets
# them in. The guard refuses a session that is not in the unit's slice.
auth     required pam_deny.so
account  required pam_nologin.so
account  required pam_unix.so
password required pam_deny.so
session  required pam_loginuid.so
session  required pam_systemd.so
session  required pam_namespace.so
session  required pam_exec.so quiet /usr/local/lib/kloigos/kloigos-host guard
session  optional pam_env.so envfile=/etc/kloigos/self/environment
session  optional pam_motd.so noupdate motd=/etc/kloigos/self/motd
";

/// What `pam_namespace(8)` makes a namespace for. Whatever stack of others uses that module, it
/// finds there a directory of ours that is empty outside units.
const NAMESPACE: &str = "/etc/security/namespace.d/kloigos.conf";
const NAMESPACE_DIR: &str = "/etc/security/namespace.d";
/// Without `noinit` a script is run at every login. The guard puts something else on top.
const NAMESPACE_BODY: &str = "\
# Made by Kloigos.
/etc/kloigos/self none tmpfs:noinit:mntopts=size=4k,mode=0755 root
";

pub(super) struct Pam {
    pub(super) presence: Presence,
    pub(super) version: Rc<SshdVersion>,
    /// Whether cron and at are to run nothing for units.
    pub(super) guards_jobs: bool,
}

pub(super) struct Seen {
    version: Option<(u32, u32)>,
    own: Option<String>,
    namespace: Option<String>,
    /// Whether PAM has a place for our part of its configuration.
    has_namespaces: bool,
    sshd: Option<(String, Access)>,
    jobs: [Option<(String, Access)>; 3],
}

pub(super) enum PamChange {
    Write(&'static str, &'static str),
    Remove(&'static str),
    WriteStack {
        path: &'static str,
        body: String,
        access: Access,
    },
}

impl fmt::Display for PamChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(path, _) => write!(f, "write {path}"),
            Self::Remove(path) => write!(f, "remove {path}"),
            Self::WriteStack { path, body, .. } if Stack::is_ours(body) => {
                write!(f, "add the lines for unit users to {path}")
            }
            Self::WriteStack { path, .. } => {
                write!(f, "take the lines for unit users out of {path}")
            }
        }
    }
}

impl Resource for Pam {
    type Observed = Seen;
    type Change = PamChange;

    fn name(&self) -> &'static str {
        "pam"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let mut jobs = [const { None }; 3];
        for (seen, stack) in jobs.iter_mut().zip(&JOB_STACKS) {
            *seen = text(host, stack.path)?;
        }
        Ok(Seen {
            version: self.version.of(host)?,
            own: read_text(host, OWN)?,
            namespace: read_text(host, NAMESPACE)?,
            has_namespaces: host.stat(NAMESPACE_DIR)?.is_some(),
            sshd: text(host, SSHD.path)?,
            jobs,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<PamChange>, Refusal> {
        let present = self.presence == Presence::Present;
        let own_stack = self.has_own_stack(have)?;
        let files = [
            (NAMESPACE, NAMESPACE_BODY, present, &have.namespace),
            (OWN, OWN_STACK, own_stack, &have.own),
        ];
        let mut changes: Vec<PamChange> = files
            .into_iter()
            .filter_map(|(path, body, wanted, have)| file(path, body, wanted, have.as_deref()))
            .collect();
        changes.extend(block(&SSHD, present && !own_stack, have.sshd.as_ref()));
        let guards = present && self.guards_jobs;
        let jobs = JOB_STACKS.iter().zip(&have.jobs);
        changes.extend(jobs.filter_map(|(stack, seen)| block(stack, guards, seen.as_ref())));
        Ok(changes)
    }

    fn apply(&self, host: &mut dyn Host, change: &PamChange) -> Result<(), Trouble> {
        match change {
            PamChange::Write(path, body) => {
                host.write(path, body.as_bytes(), Access::root(0o644))?;
            }
            PamChange::Remove(path) => host.remove(path)?,
            PamChange::WriteStack { path, body, access } => {
                host.write(path, body.as_bytes(), *access)?;
            }
        }
        Ok(())
    }
}

impl Pam {
    /// Whether our own stack should be there; otherwise the block is in the shared one.
    fn has_own_stack(&self, have: &Seen) -> Result<bool, Refusal> {
        let refused = |reason: &str| Err(Refusal(reason.to_owned()));
        match (self.presence, have.version) {
            (Presence::Absent, _) => Ok(false),
            (Presence::Present, _) if !have.has_namespaces => refused(
                "/etc/security/namespace.d is not there; install libpam-modules (pam_namespace)",
            ),
            (Presence::Present, Some(version)) if version >= OWN_STACK_SINCE => Ok(true),
            (Presence::Present, Some(_)) if have.sshd.is_some() => Ok(false),
            (Presence::Present, Some(_)) => {
                refused("/etc/pam.d/sshd is not there; install openssh-server with PAM")
            }
            (Presence::Present, None) => refused(
                "the server's sshd is not OpenSSH or is not installed; install openssh-server",
            ),
        }
    }
}

fn file(
    path: &'static str,
    body: &'static str,
    wanted: bool,
    have: Option<&str>,
) -> Option<PamChange> {
    match (wanted, have) {
        (true, have) if have != Some(body) => Some(PamChange::Write(path, body)),
        (false, Some(_)) => Some(PamChange::Remove(path)),
        _ => None,
    }
}

/// A stack that is not there needs no block: what would use it is not installed.
fn block(stack: &Stack, wanted: bool, have: Option<&(String, Access)>) -> Option<PamChange> {
    let (body, access) = have?;
    let wanted = if wanted {
        stack.with(body)
    } else {
        Stack::without(body)
    };
    let differs = wanted != *body;
    let change = PamChange::WriteStack {
        path: stack.path,
        body: wanted,
        access: *access,
    };
    differs.then_some(change)
}

fn text(host: &mut dyn Host, path: &str) -> Result<Option<(String, Access)>, Trouble> {
    let Some(stat) = host.stat(path)? else {
        return Ok(None);
    };
    let body = host.read(path)?.unwrap_or_default();
    let body = String::from_utf8(body).map_err(|error| Trouble::text(path, error))?;
    Ok(Some((body, stat.access)))
}
