//! The units' ports are taken out of those that outgoing connections use: added to what the
//! server reserved before, which comes back at removal.

use std::fmt;

use kloigos_model::ports::PortRange;
use serde::{Deserialize, Serialize};

use super::Presence;
use crate::{
    facts::{
        ports::PortSet,
        required,
        sockets::{RESERVED, ephemeral},
    },
    fault::{Refusal, Trouble},
    resource::Resource,
    sys::{Access, Host},
};

/// What of the kernel's value is whose. Of this boot: after the next, systemd-sysctl(8) has set
/// the server's own value again before we come.
const SHARES: &str = "/run/kloigos/reserved-ports";
/// Ephemeral ports that must stay for outgoing connections.
const EPHEMERAL_LEFT: usize = 16_000;

pub(super) struct ReservedPorts {
    pub(super) presence: Presence,
    pub(super) ports: Vec<PortRange>,
}

/// Who reserved what, as kernel lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shares {
    before: String,
    ours: String,
}

pub(super) struct Seen {
    value: PortSet,
    shares: Option<Shares>,
    ephemeral: (u16, u16),
}

pub(super) enum PortsChange {
    Note(Shares),
    Reserve(String),
    Forget,
}

impl fmt::Display for PortsChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note(shares) => write!(f, "note the ports {} as reserved by us", shares.ours),
            Self::Reserve(list) if list.is_empty() => f.write_str("reserve no ports"),
            Self::Reserve(list) => write!(f, "reserve the ports {list}"),
            Self::Forget => write!(f, "remove {SHARES}"),
        }
    }
}

impl Resource for ReservedPorts {
    type Observed = Seen;
    type Change = PortsChange;

    fn name(&self) -> &'static str {
        "reserved ports"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let shares = host.read(SHARES)?;
        let shares = shares.map(|body| serde_json::from_slice(&body)).transpose();
        Ok(Seen {
            value: parsed(&required(host, RESERVED)?)?,
            shares: shares.map_err(|error| Trouble::text(SHARES, error))?,
            ephemeral: ephemeral(host)?,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<PortsChange>, Refusal> {
        let old = have.shares.as_ref();
        let list = |text: fn(&Shares) -> &str| {
            old.and_then(|shares| PortSet::parse(text(shares)))
                .unwrap_or_else(PortSet::none)
        };
        let (before, ours) = (list(|shares| &shares.before), list(|shares| &shares.ours));
        // What somebody set meanwhile is theirs, but for what we added.
        let theirs = have.value.subtract(&ours.subtract(&before));
        let wanted = self.wanted();
        let value = theirs.union(&wanted);
        self.check(have, &value)?;
        let shares = |ours: &PortSet| Shares {
            before: theirs.to_string(),
            ours: ours.to_string(),
        };
        let mut changes = Vec::new();
        if value != have.value {
            // Both while it is changed: whichever value a crash leaves, all of ours is known.
            let both = shares(&ours.union(&wanted));
            if old != Some(&both) {
                changes.push(PortsChange::Note(both));
            }
            changes.push(PortsChange::Reserve(value.to_string()));
        }
        match self.presence {
            Presence::Absent if old.is_some() => changes.push(PortsChange::Forget),
            Presence::Present if old != Some(&shares(&wanted)) => {
                changes.push(PortsChange::Note(shares(&wanted)));
            }
            Presence::Present if !changes.is_empty() => {
                changes.push(PortsChange::Note(shares(&wanted)));
            }
            Presence::Absent | Presence::Present => {}
        }
        Ok(changes)
    }

    fn apply(&self, host: &mut dyn Host, change: &PortsChange) -> Result<(), Trouble> {
        match change {
            PortsChange::Note(shares) => {
                let body =
                    serde_json::to_vec(shares).map_err(|error| Trouble::text(SHARES, error))?;
                host.write(SHARES, &body, Access::root(0o600))?;
            }
            // An empty write(2) never reaches the kernel's handler; a line end does.
            PortsChange::Reserve(list) => host.poke(RESERVED, &format!("{list}\n"))?,
            PortsChange::Forget => host.remove(SHARES)?,
        }
        Ok(())
    }
}

impl ReservedPorts {
    fn wanted(&self) -> PortSet {
        let mut wanted = PortSet::none();
        if self.presence == Presence::Present {
            self.ports
                .iter()
                .for_each(|range| wanted.add(range.inclusive()));
        }
        wanted
    }

    fn check(&self, have: &Seen, value: &PortSet) -> Result<(), Refusal> {
        let (first, last) = have.ephemeral;
        let left = (first..=last).filter(|&port| !value.contains(port)).count();
        if self.presence == Presence::Present && left < EPHEMERAL_LEFT && *value != have.value {
            return Err(Refusal(format!(
                "with the units' ports reserved, {left} ephemeral ports would be left for \
                 outgoing connections, and {EPHEMERAL_LEFT} are needed; choose ports outside \
                 {first}-{last}, or widen net.ipv4.ip_local_port_range"
            )));
        }
        Ok(())
    }
}

fn parsed(text: &str) -> Result<PortSet, Trouble> {
    PortSet::parse(text).ok_or_else(|| Trouble::text(RESERVED, "it is no list of ports"))
}
