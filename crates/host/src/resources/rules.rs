//! The rules: one nftables table of ours, whose chains never change; a unit is two set elements.
//!
//! They close what the bind filter leaves open: a socket on a port that the kernel chose
//! (`bind(0)`, listen(2) without bind) or of another protocol than TCP and UDP answers nobody.
//! Only replies of units' users are looked at, at the output hook; nothing of the server's own
//! traffic is.

mod listing;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Presence,
    parts::{Part, Parts},
};
use crate::{
    fault::{Refusal, Trouble},
    resource::Resource,
    state,
    sys::{Access, Command, Host, must},
};
pub(crate) use listing::{Elements, elements};

/// What the kernel listed right after the table was loaded, to compare with.
const KEPT: &str = "/run/kloigos/rules.json";

/// 1 and 58 are ICMP and its twin of IPv6; their names need `/etc/protocols`, which is not on every server.
const TABLE: &str = "\
add table inet kloigos
delete table inet kloigos
table inet kloigos {
	set unit_uids { type uid; }
	set unit_bind { type uid . inet_service; flags interval; }
	chain output {
		type filter hook output priority filter; policy accept;
		meta skuid @unit_uids jump unit_out
	}
	chain unit_out {
		meta l4proto { 1, 58 } accept
		meta l4proto != { tcp, udp } counter drop
		ct direction reply meta skuid . th sport != @unit_bind counter drop
	}
}
";

/// The modules that the table needs; loading them on demand takes seconds at boot.
pub(super) fn modules(presence: Presence) -> Parts {
    Parts {
        name: "modules",
        presence,
        of: vec![Part::file(
            "/etc/modules-load.d/kloigos.conf",
            "# Made by Kloigos.\nnf_tables\nnft_ct\n",
            0o644,
        )],
    }
}

pub(super) struct Rules {
    pub(super) presence: Presence,
}

/// A listing without what changes by itself, and the text that it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    table: String,
    listing: Value,
}

pub(super) struct Seen {
    listing: Option<Value>,
    kept: Option<Kept>,
}

pub(super) enum RulesChange {
    Load,
    Remove,
    Forget,
}

impl fmt::Display for RulesChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Load => "load the nftables table inet kloigos",
            Self::Remove => "remove the nftables table inet kloigos",
            Self::Forget => "forget its listing",
        })
    }
}

impl Resource for Rules {
    type Observed = Seen;
    type Change = RulesChange;

    fn name(&self) -> &'static str {
        "rules"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let kept = host.read(KEPT)?;
        Ok(Seen {
            listing: list(host)?.map(|listing| listing::without_counts(&listing)),
            // A note that was cut short or of an older version is as none: the table is loaded.
            kept: kept.and_then(|body| serde_json::from_slice(&body).ok()),
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<RulesChange>, Refusal> {
        Ok(match (self.presence, &have.listing, &have.kept) {
            (Presence::Present, Some(listing), Some(kept))
                if kept.table == TABLE && kept.listing == *listing =>
            {
                Vec::new()
            }
            (Presence::Present, ..) => vec![RulesChange::Load],
            (Presence::Absent, Some(_), _) => vec![RulesChange::Remove, RulesChange::Forget],
            (Presence::Absent, None, Some(_)) => vec![RulesChange::Forget],
            (Presence::Absent, None, None) => Vec::new(),
        })
    }

    fn apply(&self, host: &mut dyn Host, change: &RulesChange) -> Result<(), Trouble> {
        match change {
            RulesChange::Load => load(host),
            RulesChange::Remove => script(host, "delete table inet kloigos\n"),
            RulesChange::Forget => Ok(host.remove(KEPT)?),
        }
    }
}

/// The table and the elements of every unit that is kept, in one transaction.
fn load(host: &mut dyn Host) -> Result<(), Trouble> {
    let mut text = TABLE.to_owned();
    for unit in state::units(host)? {
        let ports = unit.ports.inclusive().into_inner();
        text.push_str(&adding(unit.uid, ports));
    }
    script(host, &text)?;
    let listing = list(host)?.ok_or_else(|| Trouble::text("nft", "it did not keep the table"))?;
    let kept = Kept {
        table: TABLE.to_owned(),
        listing: listing::without_counts(&listing),
    };
    let body = serde_json::to_vec(&kept).map_err(|error| Trouble::text(KEPT, error))?;
    Ok(host.write(KEPT, &body, Access::root(0o600))?)
}

/// The commands that add a unit. Adding what is there already is no error.
pub(super) fn adding(uid: u32, (first, last): (u16, u16)) -> String {
    format!(
        "add element inet kloigos unit_uids {{ {uid} }}\n\
         add element inet kloigos unit_bind {{ {uid} . {first}-{last} }}\n"
    )
}

/// Runs commands of nft(8) as one transaction.
pub(super) fn script(host: &mut dyn Host, text: &str) -> Result<(), Trouble> {
    must(host, &Command::new(["nft", "-f", "-"]).reading(text))?;
    Ok(())
}

/// The table as the kernel has it; `None` when it is not there.
pub(crate) fn list(host: &mut dyn Host) -> Result<Option<Value>, Trouble> {
    let output = host.run(&Command::new([
        "nft", "-j", "list", "table", "inet", "kloigos",
    ]))?;
    if output.code == 0 {
        let listing = serde_json::from_str(&output.stdout);
        return listing
            .map(Some)
            .map_err(|error| Trouble::text("nft -j list table", error));
    }
    let tables = must(host, &Command::new(["nft", "-j", "list", "tables"]))?.stdout;
    if listing::names_table(&tables) {
        return Err(Trouble::text("nft -j list table", output.stderr));
    }
    Ok(None)
}
