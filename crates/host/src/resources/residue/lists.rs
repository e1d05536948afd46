//! Access control lists of others that let the user in.

use kloigos_model::host::UnitSpec;

use super::{Trace, files};
use crate::{fault::Trouble, sys::Host};

/// Where people share files, looked through as far as the user could get.
const PLACES: [&str; 10] = [
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

/// Those places, and what is mounted in them from disks and memory; nothing is waited for that is
/// another machine's.
pub(crate) fn places(host: &mut dyn Host) -> Result<Vec<String>, Trouble> {
    let within = |point: &String| {
        PLACES.iter().any(|place| {
            let rest = point.strip_prefix(place);
            rest.is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let mounts = files::local(host)?.into_iter().map(|mount| mount.point);
    let fixed = PLACES.map(str::to_owned).into_iter();
    Ok(fixed.chain(mounts.filter(within)).collect())
}

pub(super) fn look(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Trace>, Trouble> {
    let mut traces = Vec::new();
    for place in places(host)? {
        let naming = host.naming(&place, unit.uid)?.into_iter();
        traces.extend(naming.map(|path| Trace::lasting("access list of", path)));
    }
    Ok(traces)
}
