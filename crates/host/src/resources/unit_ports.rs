//! A unit's ports: its user's range in the bind filter, and its two elements in the rules.

use std::fmt::{self, Write};

use kloigos_model::host::UnitSpec;

use super::{
    Look, Presence, Setting,
    rules::{self, Elements},
};
use crate::{
    fault::{Refusal, Trouble},
    resource::Resource,
    sys::{BindFilter, Host},
};

pub(super) struct UnitPorts {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
    pub(super) unit: UnitSpec,
}

type Range = (u16, u16);

/// The user in the bind filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum InFilter {
    /// It may bind these; `None` for a user unknown to it.
    Range(Option<Range>),
    /// It is not loaded.
    NotLoaded,
    /// This kernel has none.
    Unsupported,
}

/// The user in the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum InRules {
    /// Not looked at: this slot was settled in this boot.
    Trusted,
    /// Whether it is known as a unit's, and what it may answer on.
    Elements { known: bool, ranges: Vec<Range> },
    /// The table is not there.
    NotLoaded,
}

pub(super) enum PortsChange {
    Allow(Range),
    Disallow,
    Rules(String),
}

impl fmt::Display for PortsChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow((first, last)) => write!(f, "let it bind the ports {first} to {last}"),
            Self::Disallow => f.write_str("take it out of the bind filter"),
            Self::Rules(_) => f.write_str("set its elements in the rules"),
        }
    }
}

impl Resource for UnitPorts {
    type Observed = (InFilter, InRules);
    type Change = PortsChange;

    fn name(&self) -> &'static str {
        "ports"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<(InFilter, InRules), Trouble> {
        Ok((self.in_filter(host)?, self.in_rules(host)?))
    }

    fn plan(&self, have: &(InFilter, InRules)) -> Result<Vec<PortsChange>, Refusal> {
        let (in_filter, in_rules) = have;
        let wanted = self.wanted();
        let mut changes = Vec::new();
        match (in_filter, wanted) {
            (InFilter::NotLoaded, Some(_)) => return Err(not_loaded()),
            (InFilter::Range(range), Some(wanted)) if *range != Some(wanted) => {
                changes.push(PortsChange::Allow(wanted));
            }
            (InFilter::Range(Some(_)), None) => changes.push(PortsChange::Disallow),
            _ => {}
        }
        match (in_rules, wanted) {
            (InRules::NotLoaded, Some(_)) => return Err(not_loaded()),
            (InRules::Elements { known, ranges }, wanted) => {
                let text = self.difference(*known, ranges, wanted);
                if !text.is_empty() {
                    changes.push(PortsChange::Rules(text));
                }
            }
            (InRules::Trusted, _) | (InRules::NotLoaded, None) => {}
        }
        Ok(changes)
    }

    fn apply(&self, host: &mut dyn Host, change: &PortsChange) -> Result<(), Trouble> {
        match change {
            PortsChange::Allow(range) => host.set_bind_range(self.unit.uid, *range)?,
            PortsChange::Disallow => host.clear_bind_range(self.unit.uid)?,
            PortsChange::Rules(text) => rules::script(host, text)?,
        }
        Ok(())
    }
}

impl UnitPorts {
    fn wanted(&self) -> Option<Range> {
        let range = self.unit.ports.inclusive().into_inner();
        (self.presence == Presence::Present).then_some(range)
    }

    /// One look at the map is enough where the user is in it.
    fn in_filter(&self, host: &mut dyn Host) -> Result<InFilter, Trouble> {
        if let Some(range) = host.bind_range(self.unit.uid)? {
            return Ok(InFilter::Range(Some(range)));
        }
        Ok(match host.bind_filter()? {
            BindFilter::Present { .. } => InFilter::Range(None),
            BindFilter::Absent => InFilter::NotLoaded,
            BindFilter::Unsupported(_) => InFilter::Unsupported,
        })
    }

    fn in_rules(&self, host: &mut dyn Host) -> Result<InRules, Trouble> {
        if self.setting.look == Look::Swift {
            return Ok(InRules::Trusted);
        }
        let Some(listing) = rules::list(host)? else {
            return Ok(InRules::NotLoaded);
        };
        let Elements { uids, bind } = rules::elements(&listing);
        let ranges = bind.into_iter().filter(|(uid, _)| *uid == self.unit.uid);
        Ok(InRules::Elements {
            known: uids.contains(&self.unit.uid),
            ranges: ranges.map(|(_, range)| range).collect(),
        })
    }

    /// The commands of one transaction that turn these elements into those wanted. Deleting what
    /// is not there would reject all of it.
    fn difference(&self, known: bool, ranges: &[Range], wanted: Option<Range>) -> String {
        let uid = self.unit.uid;
        let mut text = String::new();
        let table = "element inet kloigos";
        for (first, last) in ranges.iter().filter(|range| Some(**range) != wanted) {
            let element = format!("{{ {uid} . {first}-{last} }}");
            writeln!(text, "delete {table} unit_bind {element}")
                .expect("a String takes every text");
        }
        match wanted {
            Some(range) if !known || !ranges.contains(&range) => {
                text.push_str(&rules::adding(uid, range));
            }
            None if known => {
                writeln!(text, "delete {table} unit_uids {{ {uid} }}")
                    .expect("a String takes every text");
            }
            Some(_) | None => {}
        }
        text
    }
}

fn not_loaded() -> Refusal {
    Refusal(
        "the server's own part is not in place in this boot; apply the scope server first".into(),
    )
}
