//! sshd's part: unit users log in with keys of root's files only, and forward little. The drop-in
//! is checked before sshd is told, and told only when it changed: a reload closes the listener for
//! a moment.

use std::{cell::OnceCell, fmt, rc::Rc};

use super::{Presence, Setting, pam::OWN_STACK_SINCE};
use crate::{
    facts,
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Access, Command, Host, SysError, must, read_text},
};

/// First in order: sshd takes the first value it reads.
const DROP_IN: &str = "/etc/ssh/sshd_config.d/10-kloigos.conf";
/// The drop-in that sshd has read in this boot.
const TOLD: &str = "/run/kloigos/sshd-told";

const MATCH: &str = "\
# Compute units' users, made by Kloigos.
Match Group kunits
    AuthorizedKeysFile /etc/ssh/kloigos/%u
    AuthorizedKeysCommand none
    TrustedUserCAKeys none
    AuthenticationMethods publickey
    PubkeyAuthentication yes
    PasswordAuthentication no
    KbdInteractiveAuthentication no
    PermitTunnel no
    X11Forwarding no
    AllowAgentForwarding no
    AllowStreamLocalForwarding no
    AllowTcpForwarding local
    PermitUserRC no
";

pub(super) struct Sshd {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
    pub(super) version: Rc<SshdVersion>,
}

/// The version of sshd, asked for once per request.
#[derive(Default)]
pub(super) struct SshdVersion(OnceCell<Option<(u32, u32)>>);

impl SshdVersion {
    pub(super) fn of(&self, host: &mut dyn Host) -> Result<Option<(u32, u32)>, Trouble> {
        if let Some(version) = self.0.get() {
            return Ok(*version);
        }
        let version = facts::sshd_version(host)?;
        Ok(*self.0.get_or_init(|| version))
    }
}

pub(super) struct Seen {
    version: Option<(u32, u32)>,
    drop_in: Option<String>,
    told: Option<String>,
    keys: Option<(Access, bool)>,
}

pub(super) enum SshdChange {
    MakeKeysDir,
    RemoveKeysDir,
    Write(String),
    Remove,
    Tell(Option<String>),
    Note(String),
}

impl fmt::Display for SshdChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MakeKeysDir => write!(f, "make directory {}", paths::KEYS_DIR),
            Self::RemoveKeysDir => write!(f, "remove {}", paths::KEYS_DIR),
            Self::Write(_) => write!(f, "write {DROP_IN}"),
            Self::Remove => write!(f, "remove {DROP_IN}"),
            Self::Tell(_) => write!(f, "reload sshd"),
            Self::Note(_) => write!(f, "note that sshd will read {DROP_IN}"),
        }
    }
}

impl Resource for Sshd {
    type Observed = Seen;
    type Change = SshdChange;

    fn name(&self) -> &'static str {
        "sshd"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let names = host.list(paths::KEYS_DIR)?;
        let stat = host.stat(paths::KEYS_DIR)?;
        Ok(Seen {
            version: self.version.of(host)?,
            drop_in: read_text(host, DROP_IN)?,
            told: read_text(host, TOLD)?,
            keys: stat.map(|stat| (stat.access, names.is_none_or(|names| names.is_empty()))),
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<SshdChange>, Refusal> {
        match self.presence {
            Presence::Present => Ok(self.present(have)),
            Presence::Absent => Ok(absent(have)),
        }
    }

    fn apply(&self, host: &mut dyn Host, change: &SshdChange) -> Result<(), Trouble> {
        match change {
            SshdChange::MakeKeysDir => host.make_dir(paths::KEYS_DIR, Access::root(0o755))?,
            SshdChange::RemoveKeysDir => host.remove_tree(paths::KEYS_DIR)?,
            SshdChange::Write(body) => {
                host.remove(TOLD)?;
                replace(host, Some(body))?;
            }
            SshdChange::Remove => replace(host, None)?,
            SshdChange::Tell(told) => tell(host, told.as_deref())?,
            SshdChange::Note(told) => host.write(TOLD, told.as_bytes(), Access::root(0o600))?,
        }
        Ok(())
    }
}

impl Sshd {
    fn present(&self, have: &Seen) -> Vec<SshdChange> {
        let wanted = drop_in(have.version);
        let mut changes = Vec::new();
        if have
            .keys
            .is_none_or(|(access, _)| access != Access::root(0o755))
        {
            changes.push(SshdChange::MakeKeysDir);
        }
        let written = have.drop_in.as_ref() == Some(&wanted);
        if !written {
            changes.push(SshdChange::Write(wanted.clone()));
        }
        // Whoever took the drop-in away may have told sshd so.
        if !written || have.told.as_ref() != Some(&wanted) {
            changes.push(if self.setting.boot {
                SshdChange::Note(wanted)
            } else {
                SshdChange::Tell(Some(wanted))
            });
        }
        changes
    }
}

fn absent(have: &Seen) -> Vec<SshdChange> {
    let mut changes = Vec::new();
    if have.drop_in.is_some() {
        changes.push(SshdChange::Remove);
    }
    if have.drop_in.is_some() || have.told.is_some() {
        changes.push(SshdChange::Tell(None));
    }
    if have.keys.is_some() {
        changes.push(SshdChange::RemoveKeysDir);
    }
    changes
}

fn drop_in(version: Option<(u32, u32)>) -> String {
    let own_stack = version.is_some_and(|version| version >= OWN_STACK_SINCE);
    let service = if own_stack {
        "    PAMServiceName kloigos\n"
    } else {
        ""
    };
    format!("{MATCH}{service}")
}

/// Puts the drop-in, or takes it away; what was there comes back when sshd does not like it.
fn replace(host: &mut dyn Host, body: Option<&str>) -> Result<(), Trouble> {
    let before = read_text(host, DROP_IN)?;
    put(host, body)?;
    match check(host) {
        Ok(()) => Ok(()),
        Err(refused) => {
            put(host, before.as_deref())?;
            Err(refused.into())
        }
    }
}

fn put(host: &mut dyn Host, body: Option<&str>) -> Result<(), SysError> {
    match body {
        Some(body) => host.write(DROP_IN, body.as_bytes(), Access::root(0o644)),
        None => host.remove(DROP_IN),
    }
}

fn check(host: &mut dyn Host) -> Result<(), SysError> {
    must(host, &Command::new(["sshd", "-t"])).map(drop)
}

/// Has a running sshd read its configuration; one that is started per connection needs no word.
fn tell(host: &mut dyn Host, told: Option<&str>) -> Result<(), Trouble> {
    check(host)?;
    let service = service(host)?;
    must(
        host,
        &Command::new(["systemctl", "try-reload-or-restart", service]),
    )?;
    match told {
        Some(told) => host.write(TOLD, told.as_bytes(), Access::root(0o600))?,
        None => host.remove(TOLD)?,
    }
    Ok(())
}

/// Debian calls it `ssh.service`, others `sshd.service`.
fn service(host: &mut dyn Host) -> Result<&'static str, SysError> {
    for dir in [
        "/usr/lib/systemd/system",
        "/lib/systemd/system",
        "/etc/systemd/system",
    ] {
        if host.stat(&format!("{dir}/ssh.service"))?.is_some() {
            return Ok("ssh.service");
        }
    }
    Ok("sshd.service")
}
