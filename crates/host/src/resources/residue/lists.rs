//! Access control lists of others that let the user in.

use kloigos_model::host::UnitSpec;

use super::Trace;
use crate::{fault::Trouble, sys::Host};

/// Where people share files, looked through as far as the user could get.
pub(crate) const PLACES: [&str; 10] = [
    "/dev/shm",
    "/home",
    "/media",
    "/mnt",
    "/opt",
    "/run/lock",
    "/srv",
    "/tmp",
    "/var/spool",
    "/var/tmp",
];

pub(super) fn look(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Trace>, Trouble> {
    let mut traces = Vec::new();
    for place in PLACES {
        let naming = host.naming(place, unit.uid)?.into_iter();
        traces.extend(naming.map(|path| Trace::lasting("access list of", path)));
    }
    Ok(traces)
}
