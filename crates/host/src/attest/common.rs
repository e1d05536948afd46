//! What is asked once for a whole request.

use std::collections::BTreeSet;

use kloigos_model::host::{Desired, Measure, ScopeName, ServerSpec, Spec};
use serde_json::Value;

use crate::{
    facts::{
        mounts::{self, Mount},
        processes::{self, Process},
    },
    fault::Trouble,
    resources::rules::{self, Elements},
    state,
    sys::{BindFilter, Host, read_text},
};

/// The server as all scopes of a request see it.
pub(super) struct Common {
    /// What the operator wants done on the server as a whole.
    pub(super) measures: BTreeSet<Measure>,
    /// Every process.
    pub(super) processes: Vec<Process>,
    /// `nft -j list table inet kloigos`.
    pub(super) table: Option<Value>,
    /// The units in it.
    pub(super) elements: Elements,
    /// The bind filter.
    pub(super) filter: BindFilter,
    /// What is mounted where this process sees it.
    pub(super) mounts: Vec<Mount>,
}

impl Common {
    pub(super) fn ask(host: &mut dyn Host, scopes: &[Desired]) -> Result<Self, Trouble> {
        let mounted = read_text(host, "/proc/self/mountinfo")?.unwrap_or_default();
        let table = rules::list(host)?;
        Ok(Self {
            measures: measures(host, scopes)?,
            processes: processes::all(host)?,
            elements: table.as_ref().map(rules::elements).unwrap_or_default(),
            table,
            filter: host.bind_filter()?,
            mounts: mounts::parse(&mounted),
        })
    }

    /// The other units' users, as the rules know them.
    pub(super) fn neighbours(&self, uid: u32) -> impl Iterator<Item = u32> + '_ {
        let all = self.elements.uids.iter().copied();
        all.filter(move |&other| other != uid)
    }

    /// The processes of a user. One that was outside its place is looked at again: it may have
    /// been on its way.
    pub(super) fn of_user(
        &self,
        host: &mut dyn Host,
        uid: u32,
        sound: impl Fn(&Process) -> bool,
    ) -> Result<Vec<Process>, Trouble> {
        let of = |all: &[Process]| -> Vec<Process> {
            let all = all.iter().filter(|process| process.uids.contains(&uid));
            all.cloned().collect()
        };
        let seen = of(&self.processes);
        if seen.iter().all(&sound) {
            return Ok(seen);
        }
        Ok(of(&processes::all(host)?))
    }
}

/// What was promised is taken from the request, or from what was asked for last.
fn measures(host: &mut dyn Host, scopes: &[Desired]) -> Result<BTreeSet<Measure>, Trouble> {
    let asked = scopes.iter().find_map(|desired| of_server(&desired.spec));
    if let Some(server) = asked {
        return Ok(server.measures.clone());
    }
    let record = state::load(host, &ScopeName::Server)?;
    let kept = record
        .as_ref()
        .and_then(|record| of_server(&record.desired.spec));
    Ok(kept.map_or_else(
        || Measure::ALL.iter().copied().collect(),
        |server| server.measures.clone(),
    ))
}

fn of_server(spec: &Spec) -> Option<&ServerSpec> {
    match spec {
        Spec::Server(server) => Some(server),
        Spec::Unit(_) => None,
    }
}
