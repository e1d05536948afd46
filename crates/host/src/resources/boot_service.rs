//! The service that redoes at boot what a boot forgets: rules, bind filter, reserved ports. It runs
//! before the network and before anyone can log in; if it fails, unit users are refused by the
//! guard and everyone else is served.

use std::fmt;

use super::{Presence, Setting};
use crate::{
    fault::{Refusal, Trouble},
    resource::Resource,
    sys::{Access, Command, Host, must, read_text},
};

const SERVICE: &str = "kloigos-boot.service";
const FILE: &str = "/etc/systemd/system/kloigos-boot.service";
const WANTS: &str = "/etc/systemd/system/sysinit.target.wants";
const LINK: &str = "/etc/systemd/system/sysinit.target.wants/kloigos-boot.service";

/// A oneshot has no time limit of its own (systemd.service(5)), and sshd waits for this one.
const BODY: &str = "\
# Made by Kloigos.
[Unit]
Description=Kloigos: rules, bind filter and limits of compute units
DefaultDependencies=no
RequiresMountsFor=/usr/local/lib/kloigos /var/lib/kloigos /etc/ssh /home /opt /mnt
After=local-fs.target systemd-modules-load.service systemd-sysctl.service
Before=network-pre.target systemd-logind.service systemd-user-sessions.service
Before=ssh.service sshd.service ssh.socket sshd.socket shutdown.target
Wants=network-pre.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
TimeoutStartSec=180
ExecStart=/usr/local/lib/kloigos/kloigos-host boot

[Install]
WantedBy=sysinit.target
";

pub(super) struct BootService {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
}

pub(super) struct Seen {
    body: Option<String>,
    link: Option<String>,
    wants: bool,
    state: State,
    outdated: bool,
}

/// What systemd says of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Active,
    Failed,
    Other,
}

pub(super) enum BootChange {
    Write,
    Enable,
    Disable,
    Remove,
    Stop,
    Reload,
    Forget,
}

impl fmt::Display for BootChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write => write!(f, "write {FILE}"),
            Self::Enable => write!(f, "enable {SERVICE}"),
            Self::Disable => write!(f, "disable {SERVICE}"),
            Self::Remove => write!(f, "remove {FILE}"),
            Self::Stop => write!(f, "stop {SERVICE}"),
            Self::Reload => f.write_str("have systemd read its units again"),
            Self::Forget => write!(f, "have systemd forget that {SERVICE} failed"),
        }
    }
}

impl Resource for BootService {
    type Observed = Seen;
    type Change = BootChange;

    fn name(&self) -> &'static str {
        "boot service"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let body = read_text(host, FILE)?;
        let shown = if self.setting.boot {
            String::new()
        } else {
            show(host)?
        };
        Ok(Seen {
            body,
            link: host.read_link(LINK)?,
            wants: host.stat(WANTS)?.is_some(),
            state: state(&shown),
            outdated: shown.lines().any(|line| line == "NeedDaemonReload=yes"),
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<BootChange>, Refusal> {
        Ok(match self.presence {
            Presence::Present => present(have),
            Presence::Absent => absent(have),
        })
    }

    fn apply(&self, host: &mut dyn Host, change: &BootChange) -> Result<(), Trouble> {
        match change {
            BootChange::Write => host.write(FILE, BODY.as_bytes(), Access::root(0o644))?,
            BootChange::Enable => enable(host)?,
            BootChange::Disable => disable(host)?,
            BootChange::Remove => host.remove(FILE)?,
            BootChange::Stop => systemctl(host, &["stop", SERVICE])?,
            BootChange::Reload => systemctl(host, &["daemon-reload"])?,
            BootChange::Forget => systemctl(host, &["reset-failed", SERVICE])?,
        }
        Ok(())
    }
}

/// systemd finds a new unit without a reload; only one that it knows and that changed needs it.
fn present(have: &Seen) -> Vec<BootChange> {
    let mut changes = Vec::new();
    let written = have.body.as_deref() == Some(BODY);
    if !written {
        changes.push(BootChange::Write);
    }
    if have.link.as_deref() != Some(FILE) || !have.wants {
        changes.push(BootChange::Enable);
    }
    if have.outdated || (!written && have.body.is_some()) {
        changes.push(BootChange::Reload);
    }
    changes
}

fn absent(have: &Seen) -> Vec<BootChange> {
    let mut changes = Vec::new();
    if have.link.is_some() {
        changes.push(BootChange::Disable);
    }
    if have.body.is_some() {
        changes.push(BootChange::Remove);
    }
    if have.state == State::Active {
        changes.push(BootChange::Stop);
    }
    if have.outdated || have.body.is_some() {
        changes.push(BootChange::Reload);
    }
    // A boot that failed would be listed for ever.
    if have.state == State::Failed {
        changes.push(BootChange::Forget);
    }
    changes
}

fn state(shown: &str) -> State {
    let mut values = shown
        .lines()
        .filter_map(|line| line.strip_prefix("ActiveState="));
    match values.next() {
        Some("active") => State::Active,
        Some("failed") => State::Failed,
        Some(_) | None => State::Other,
    }
}

fn show(host: &mut dyn Host) -> Result<String, Trouble> {
    let properties = "--property=ActiveState,NeedDaemonReload";
    let command = Command::new(["systemctl", "show", properties, SERVICE]);
    Ok(must(host, &command)?.stdout)
}

fn enable(host: &mut dyn Host) -> Result<(), Trouble> {
    host.make_dir(WANTS, Access::root(0o755))?;
    Ok(host.symlink(FILE, LINK)?)
}

/// The directory goes with the last link in it, as systemctl(1) does it.
fn disable(host: &mut dyn Host) -> Result<(), Trouble> {
    host.remove(LINK)?;
    let left = host.list(WANTS)?.unwrap_or_default();
    if left.is_empty() {
        host.remove(WANTS)?;
    }
    Ok(())
}

fn systemctl(host: &mut dyn Host, arguments: &[&str]) -> Result<(), crate::sys::SysError> {
    let argv = ["systemctl"].into_iter().chain(arguments.iter().copied());
    must(host, &Command::new(argv)).map(drop)
}
