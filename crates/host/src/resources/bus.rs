//! The system bus' part of hiding processes: PID 1 and logind would tell a unit's user the command
//! lines of everybody (`systemctl status`, `loginctl`). `systemctl --user` has a bus of its own.

use std::fmt;

use super::{Presence, Setting};
use crate::{
    fault::{Refusal, Trouble},
    resource::Resource,
    sys::{Access, Command, Host, must, read_text},
};

const DIR: &str = "/etc/dbus-1/system.d";
const FILE: &str = "/etc/dbus-1/system.d/kloigos.conf";
/// The policy that the bus has read in this boot.
const TOLD: &str = "/run/kloigos/bus-told";

const POLICY: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<!-- Made by Kloigos: compute units' users do not talk with PID 1 and logind. -->
<busconfig>
  <policy group="kunits">
    <deny send_destination="org.freedesktop.systemd1"/>
    <deny send_destination="org.freedesktop.login1"/>
    <!-- A user manager has PID 1 move its own user's processes into a scope of its own. -->
    <allow send_destination="org.freedesktop.systemd1"
           send_interface="org.freedesktop.systemd1.Manager" send_member="AttachProcessesToUnit"/>
  </policy>
</busconfig>
"#;

pub(super) struct Bus {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
}

pub(super) struct Seen {
    /// Whether there is a system bus.
    bus: bool,
    policy: Option<String>,
    told: Option<String>,
}

pub(super) enum BusChange {
    Write,
    Remove,
    Tell,
    Forget,
    Note,
}

impl fmt::Display for BusChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write => write!(f, "write {FILE}"),
            Self::Remove => write!(f, "remove {FILE}"),
            Self::Tell | Self::Forget => f.write_str("have the system bus read its policy again"),
            Self::Note => write!(f, "note that the system bus will read {FILE}"),
        }
    }
}

impl Resource for Bus {
    type Observed = Seen;
    type Change = BusChange;

    fn name(&self) -> &'static str {
        "bus"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        Ok(Seen {
            bus: host.stat(DIR)?.is_some(),
            policy: read_text(host, FILE)?,
            told: read_text(host, TOLD)?,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<BusChange>, Refusal> {
        let mut changes = Vec::new();
        match self.presence {
            Presence::Present if have.bus => {
                if have.policy.as_deref() != Some(POLICY) {
                    changes.push(BusChange::Write);
                }
                if have.told.as_deref() != Some(POLICY) {
                    let boot = self.setting.boot;
                    changes.push(if boot {
                        BusChange::Note
                    } else {
                        BusChange::Tell
                    });
                }
            }
            Presence::Present => {}
            Presence::Absent => {
                if have.policy.is_some() {
                    changes.push(BusChange::Remove);
                }
                if have.policy.is_some() || have.told.is_some() {
                    changes.push(BusChange::Forget);
                }
            }
        }
        Ok(changes)
    }

    fn apply(&self, host: &mut dyn Host, change: &BusChange) -> Result<(), Trouble> {
        match change {
            BusChange::Write => host.write(FILE, POLICY.as_bytes(), Access::root(0o644))?,
            BusChange::Remove => host.remove(FILE)?,
            BusChange::Tell => {
                // What the bus has not been told yet it must be told again, should we die here.
                host.remove(TOLD)?;
                reload(host)?;
                note(host)?;
            }
            BusChange::Forget => {
                reload(host)?;
                host.remove(TOLD)?;
            }
            BusChange::Note => note(host)?,
        }
        Ok(())
    }
}

fn note(host: &mut dyn Host) -> Result<(), Trouble> {
    Ok(host.write(TOLD, POLICY.as_bytes(), Access::root(0o600))?)
}

/// Both dbus-daemon and dbus-broker read their policy again; neither is ever restarted by this, for
/// both can reload (systemctl(1), `try-reload-or-restart`).
fn reload(host: &mut dyn Host) -> Result<(), Trouble> {
    let argv = ["systemctl", "try-reload-or-restart", "dbus.service"];
    must(host, &Command::new(argv))?;
    Ok(())
}
