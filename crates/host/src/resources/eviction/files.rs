//! The files of a tenant: its directories at once, what it left in places for everybody, and the
//! rest of the machine where the kernel counts more.

use kloigos_model::host::UnitSpec;

use super::{
    super::{directories, namespace, residue},
    steps::run_dir,
};
use crate::{
    facts::mounts::{self, Mount},
    fault::Trouble,
    paths,
    sys::{Access, Host, Moved, Sys, SysError, read_text},
};

/// Where users may leave files of their own beside their directories.
pub(super) const COMMON: [&str; 9] = [
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/dev/mqueue",
    "/run/lock",
    "/run/screen",
    "/var/mail",
    "/var/spool/cron",
    "/var/crash",
];

/// What is the unit's alone: its directories, and its private ones for temporary files.
pub(super) fn own(unit: &UnitSpec) -> Vec<String> {
    let private = namespace::instances(&unit.user).map(|(own, _)| own);
    directories::paths(unit)
        .into_iter()
        .chain(private)
        .collect()
}

/// Takes away file systems that the tenant mounted (FUSE), wherever, and all below the unit's
/// directories, which would keep them from being deleted. In namespaces of its own they went with
/// its processes: to keep one, a mount in the host's would be needed, which is root's to make.
pub(super) fn unmount(host: &mut dyn Host, unit: &UnitSpec) -> Result<(), Trouble> {
    let mounted = read_text(host, "/proc/self/mountinfo")?.unwrap_or_default();
    let places = own(unit);
    let is_tenants = |mount: &&Mount| {
        let below = |dir: &String| {
            let rest = mount.point.strip_prefix(dir);
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        mount.mounted_by == Some(unit.uid) || places.iter().any(below)
    };
    // Those mounted last come off first.
    let mounts = mounts::parse(&mounted);
    for mount in mounts.iter().rev().filter(is_tenants) {
        host.unmount(&mount.point)?;
    }
    Ok(())
}

/// Takes a directory away at once, to be deleted later; where something of the unit's own is
/// mounted on it, what is in that is deleted in place.
pub(super) fn set_aside(host: &mut dyn Host, unit: &UnitSpec, path: &str) -> Result<(), Trouble> {
    if host.stat(path)?.is_none() {
        return Ok(());
    }
    let aside = aside(unit, path);
    clear(host, &aside)?;
    if host.stat(&aside)?.is_some() || host.rename(path, &aside)? == Moved::AnotherFileSystem {
        clear(host, path)?;
        let emptied = host.stat(path)?;
        if emptied.is_some_and(|stat| stat.access.uid == unit.uid) {
            // The root of a volume would count as the tenant's; it is given back when it is made.
            host.make_dir(path, Access::root(0o700))?;
        }
    }
    Ok(())
}

/// Removes a tree. What root may not remove, such as a file made immutable, is left for the proof
/// to name with all the rest.
fn clear(host: &mut dyn Host, path: &str) -> Sys<()> {
    match host.remove_tree(path) {
        Err(SysError::File { source, .. })
            if source.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            Ok(())
        }
        other => other,
    }
}

/// `/opt/c0-1` waits as `u0-1.opt-c0-1`.
fn aside(unit: &UnitSpec, path: &str) -> String {
    let name = path.trim_start_matches('/').replace('/', "-");
    format!("{}/{}.{name}", paths::TRASH_DIR, unit.user)
}

/// Deletes what was set aside.
pub(super) fn empty_trash(host: &mut dyn Host, unit: &UnitSpec) -> Result<(), Trouble> {
    for waiting in residue::set_aside(host, unit)? {
        clear(host, &waiting)?;
    }
    Ok(())
}

/// What systemd mounted for the user, should it have survived.
pub(super) fn remove_run_dir(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    let run_dir = run_dir(uid);
    if host.stat(&run_dir)?.is_none() {
        return Ok(());
    }
    let mounted = read_text(host, "/proc/self/mountinfo")?.unwrap_or_default();
    let inside = |mount: &&Mount| {
        let rest = mount.point.strip_prefix(&run_dir);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    for mount in mounts::parse(&mounted).iter().rev().filter(inside) {
        host.unmount(&mount.point)?;
    }
    Ok(host.remove_tree(&run_dir)?)
}

/// Sweeps whole file systems: those that count what the user stores only where something is left,
/// all others always.
pub(super) fn sweep_elsewhere(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    for doubt in residue::in_doubt(host, uid)? {
        host.sweep(&doubt.place, uid)?;
    }
    Ok(())
}
