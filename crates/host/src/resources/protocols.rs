//! Protocols whose ports no bind filter sees are not loaded for whoever asks for such a socket:
//! units need none of them, and any user's socket(2) would load them.

use kloigos_model::host::Measure;

use super::{
    Presence,
    parts::{Part, PartChange, Parts, Seen as PartSeen},
};
use crate::{
    fault::{Refusal, Trouble},
    resource::Resource,
    sys::Host,
};

const FILE: &str = "/etc/modprobe.d/kloigos.conf";

/// SCTP and DCCP have ports of their own, RDS and TIPC addresses that reach other machines, `rxrpc`
/// and L2TP sockets that the kernel binds for itself.
const MODULES: [&str; 9] = [
    "dccp",
    "dccp_ipv4",
    "dccp_ipv6",
    "l2tp_ip",
    "l2tp_ip6",
    "rds",
    "rxrpc",
    "sctp",
    "tipc",
];

pub(super) struct Protocols {
    pub(super) presence: Presence,
}

pub(super) struct Seen {
    file: Vec<PartSeen>,
    /// Those that are loaded already.
    loaded: Vec<&'static str>,
}

impl Resource for Protocols {
    type Observed = Seen;
    type Change = PartChange;

    fn name(&self) -> &'static str {
        "protocols"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let mut loaded = Vec::new();
        for module in MODULES {
            if host.stat(&format!("/sys/module/{module}"))?.is_some() {
                loaded.push(module);
            }
        }
        Ok(Seen {
            file: self.file().inspect(host)?,
            loaded,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<PartChange>, Refusal> {
        self.file().plan(&have.file)
    }

    fn apply(&self, host: &mut dyn Host, change: &PartChange) -> Result<(), Trouble> {
        self.file().apply(host, change)
    }

    /// Somebody may use what is loaded, so it stays until the next boot.
    fn degraded(&self, have: &Seen) -> Vec<String> {
        if self.presence == Presence::Absent || have.loaded.is_empty() {
            return Vec::new();
        }
        let loaded = have.loaded.join(", ");
        vec![format!(
            "the kernel has {loaded} loaded, whose ports no bind filter sees; unload it (rmmod) or \
             reboot, or decline {} if the server itself uses it",
            Measure::BlockProtocols
        )]
    }
}

impl Protocols {
    /// modprobe.d(5): `install` holds for aliases too, by which the kernel asks.
    fn file(&self) -> Parts {
        let lines = MODULES.map(|module| format!("install {module} /bin/false\n"));
        let body = format!("# Made by Kloigos.\n{}", lines.concat());
        Parts {
            name: "protocols",
            presence: self.presence,
            of: vec![Part::file(FILE, body, 0o644)],
        }
    }
}
