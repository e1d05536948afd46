//! The proof that nothing of a tenant is left, before its unit may be anybody else's.
//!
//! It is made while nothing of the unit's user runs and none of its directories is made again, so
//! that *everything* that bears the user's number is a trace but what belongs to the slot: the
//! account, the limits, the ports. What cannot be kept by a tenant is not looked for: a namespace
//! or a mount in one ends with the last process in it, for pinning it takes a mount in the host's
//! namespace; file capabilities take `CAP_SETFCAP` over the file system's namespace, and a user
//! namespace's own are on files of the tenant; BPF objects are pinned where root alone may. What
//! the system's own logs say of logins (wtmp, btmp, lastlog, the system's journal) is history.

mod accounts;
mod files;
mod kernel;
mod lists;
mod processes;
mod services;

use std::fmt;

use kloigos_model::host::UnitSpec;

pub(super) use self::{
    files::{in_doubt, passed_over, set_aside},
    kernel::has_keys,
    lists::places as list_places,
    services::kept_by_services,
};
use crate::{
    fault::{Left, Trouble},
    sys::Host,
};

/// How many traces are told one by one.
const TOLD: usize = 20;
/// How many are looked for in one place.
const MOST: usize = 100;
/// How often to look, and how many moments apart, for what goes by itself: logind forgets sessions a
/// little after their end, and the kernel frees the files of the dead.
const PATIENCE: u32 = 60;
const APART: u32 = 10;

/// One thing that is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trace {
    kind: &'static str,
    place: String,
    /// Whether it should go by itself.
    passing: bool,
}

impl Trace {
    fn lasting(kind: &'static str, place: impl Into<String>) -> Self {
        Self {
            kind,
            place: place.into(),
            passing: false,
        }
    }

    fn passing(kind: &'static str, place: impl Into<String>) -> Self {
        Self {
            passing: true,
            ..Self::lasting(kind, place)
        }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names are the tenant's to choose.
        write!(f, "{} {}", self.kind, self.place.escape_debug())
    }
}

/// Fails with what is left, if anything is.
pub(super) fn prove(host: &mut dyn Host, unit: &UnitSpec) -> Result<(), Trouble> {
    let mut traces = find(host, unit)?;
    for _ in 0..PATIENCE {
        if !traces.iter().any(|trace| trace.passing) {
            break;
        }
        for _ in 0..APART {
            host.pause()?;
        }
        traces = find(host, unit)?;
    }
    if traces.is_empty() {
        Ok(())
    } else {
        Err(Left(told(unit, &traces)).into())
    }
}

/// Looks for one kind of trace.
type Look = fn(&mut dyn Host, &UnitSpec) -> Result<Vec<Trace>, Trouble>;

fn find(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Trace>, Trouble> {
    let kinds: [Look; 6] = [
        processes::look,
        services::look,
        kernel::look,
        files::look,
        lists::look,
        accounts::look,
    ];
    let mut traces = Vec::new();
    for look in kinds {
        traces.extend(look(host, unit)?);
    }
    Ok(traces)
}

fn told(unit: &UnitSpec, traces: &[Trace]) -> String {
    let first: Vec<String> = traces.iter().take(TOLD).map(Trace::to_string).collect();
    let more = match traces.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    format!(
        "of the last tenant of {} ({}) there {} left: {}{more}; remove that, and try again",
        unit.user,
        unit.uid,
        match traces.len() {
            1 => "is 1 trace".to_owned(),
            all => format!("are {all} traces"),
        },
        first.join("; ")
    )
}
