//! The steps of an eviction. Each may be done again, whatever the one before left.

use kloigos_model::host::{ScopeName, UnitSpec};

use super::super::directories;
use crate::{
    facts::{
        mounts::{self, Mount},
        processes, sysvipc,
    },
    fault::Trouble,
    paths,
    sys::{Command, Host, IpcKind, Moved, Sys, SysError, must, read_text},
};

/// How often to look whether the killed are gone, a moment apart: a fork bomb of a thousand took
/// seconds to be reaped under emulation.
const PATIENCE: u32 = 6000;

/// What systemd mounts for a user.
pub(super) fn run_dir(uid: u32) -> String {
    format!("/run/user/{uid}")
}

/// No key opens the unit, and the guard refuses its user from now on.
pub(super) fn lock(host: &mut dyn Host, unit: &UnitSpec) -> Result<(), Trouble> {
    host.remove(&paths::settled(&ScopeName::Unit(unit.user.clone())))?;
    Ok(host.remove(&paths::keys(&unit.user))?)
}

/// Kills the whole slice at once, again and again: a login on its way may add a process after the
/// first time. It works on a frozen slice and against fork bombs (cgroup v2, `cgroup.kill`).
pub(super) fn kill_slice(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    let cgroup = paths::cgroup(uid);
    for _ in 0..PATIENCE {
        let events = read_text(host, &format!("{cgroup}/cgroup.events"))?;
        let Some(events) = events else {
            return Ok(());
        };
        if events.lines().any(|line| line == "populated 0") {
            return Ok(());
        }
        match host.poke(&format!("{cgroup}/cgroup.kill"), "1") {
            Ok(()) => host.pause()?,
            // Gone since the look.
            Err(_) if host.stat(&cgroup)?.is_none() => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    Err(SysError::Waited(format!("the processes of {cgroup} to end")).into())
}

/// Kills what is outside the slice, such as a cron job.
pub(super) fn kill_strays(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    for _ in 0..PATIENCE {
        host.kill_all(uid)?;
        if processes::of_user(host, uid)?.is_empty() {
            return Ok(());
        }
        host.pause()?;
    }
    Err(SysError::Waited(format!("the processes of uid {uid} to end")).into())
}

/// Stops the slice and all that is in it, so that the next start begins with fresh counters and
/// reads the drop-in again. What was killed counts as failed; that would keep the slice loaded
/// with its old limits, so it is reset.
pub(super) fn stop_units(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    let (manager, slice) = (paths::manager(uid), paths::slice(uid));
    let run_dir = format!("user-runtime-dir@{uid}.service");
    must(
        host,
        &Command::new(["systemctl", "stop", &manager, &run_dir, &slice]),
    )?;
    let show = ["systemctl", "show", "--property=Id,Slice,ActiveState"];
    let units = [manager.as_str(), &run_dir, &slice, "session-*.scope"];
    let shown = must(host, &Command::new(show.into_iter().chain(units)))?.stdout;
    let failed = failed_units(&shown, uid);
    if !failed.is_empty() {
        let argv = ["systemctl", "reset-failed"].into_iter();
        must(host, &Command::new(argv.chain(failed)))?;
    }
    Ok(())
}

/// The units of the user that failed, in an answer of `systemctl show`: properties, with an empty
/// line between units.
fn failed_units(shown: &str, uid: u32) -> Vec<&str> {
    let slice = paths::slice(uid);
    let fixed = [
        paths::manager(uid),
        format!("user-runtime-dir@{uid}.service"),
        slice.clone(),
    ];
    let units = shown.split("\n\n").filter_map(|unit| {
        let value = |name: &str| unit.lines().find_map(|line| line.strip_prefix(name));
        let id = value("Id=")?;
        let its = fixed.iter().any(|fixed| fixed == id) || value("Slice=") == Some(&slice);
        (its && value("ActiveState=") == Some("failed")).then_some(id)
    });
    units.collect()
}

/// Takes away `/run/user/UID`, should it have survived, and file systems that the tenant mounted
/// (FUSE) in the unit's directories, which would keep them from being deleted.
pub(super) fn unmount(host: &mut dyn Host, unit: &UnitSpec) -> Result<(), Trouble> {
    let run_dir = run_dir(unit.uid);
    let places = directories::paths(unit);
    let mounted = read_text(host, "/proc/self/mountinfo")?.unwrap_or_default();
    let mounts = mounts::parse(&mounted);
    // Those mounted last come off first.
    for mount in mounts
        .iter()
        .rev()
        .filter(|mount| is_tenants(mount, &run_dir, &places))
    {
        host.unmount(&mount.point)?;
    }
    Ok(host.remove_tree(&run_dir)?)
}

fn is_tenants(mount: &Mount, run_dir: &str, places: &[String]) -> bool {
    let below = |dir: &str| {
        let rest = mount.point.strip_prefix(dir);
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    let in_run_dir = mount.point == run_dir || below(run_dir);
    in_run_dir || (mount.kind.starts_with("fuse") && places.iter().any(|place| below(place)))
}

/// Takes a directory away at once, to be deleted later; where it is on another file system, deletes
/// it in place.
pub(super) fn set_aside(host: &mut dyn Host, unit: &UnitSpec, path: &str) -> Result<(), Trouble> {
    if host.stat(path)?.is_none() {
        return Ok(());
    }
    let aside = aside(unit, path);
    host.remove_tree(&aside)?;
    if host.rename(path, &aside)? == Moved::AnotherFileSystem {
        host.remove_tree(path)?;
    }
    Ok(())
}

/// `/opt/c0-1` waits as `u0-1.opt`.
fn aside(unit: &UnitSpec, path: &str) -> String {
    let parent = path.split('/').nth(1).unwrap_or_default();
    format!("{}/{}.{parent}", paths::TRASH_DIR, unit.user)
}

/// Removes the user's System V IPC objects; logind's `RemoveIPC=` had not (measured).
pub(super) fn remove_ipc(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    for kind in IpcKind::ALL {
        let text = read_text(host, kind.file())?.unwrap_or_default();
        for id in sysvipc::of_user(&text, uid) {
            host.remove_ipc(kind, id)?;
        }
    }
    Ok(())
}

/// Removes what `systemctl set-property` left; it would be read at the next start of the slice.
pub(super) fn remove_runtime_limits(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    for dir in ["/run", "/etc"] {
        host.remove_tree(&format!(
            "{dir}/systemd/system.control/{}.d",
            paths::slice(uid)
        ))?;
    }
    Ok(())
}

/// Deletes what was set aside.
pub(super) fn empty_trash(host: &mut dyn Host, unit: &UnitSpec) -> Result<(), Trouble> {
    let asides: Sys<()> = directories::paths(unit)
        .iter()
        .try_for_each(|path| host.remove_tree(&aside(unit, path)));
    Ok(asides?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_units_of_the_user_alone_are_reset() {
        let shown = "Id=user@20001.service\nSlice=user-20001.slice\nActiveState=failed\n\n\
                     Id=session-3.scope\nSlice=user-20002.slice\nActiveState=failed\n\n\
                     Id=session-4.scope\nSlice=user-20001.slice\nActiveState=failed\n\n\
                     Id=user-20001.slice\nActiveState=inactive\n";
        assert_eq!(
            failed_units(shown, 20001),
            ["user@20001.service", "session-4.scope"]
        );
        assert!(failed_units("", 20001).is_empty());
    }
}
