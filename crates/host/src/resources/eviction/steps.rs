//! The processes and units of a tenant. Each step may be done again, whatever the one before left.

use kloigos_model::host::{ScopeName, UnitSpec};

use super::files::remove_run_dir;
use crate::{
    facts::{freezer, processes},
    fault::Trouble,
    paths,
    sys::{Command, Host, Started, SysError, must, read_text, succeeded},
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
/// first time. It works on what is frozen and against fork bombs (cgroup v2, `cgroup.kill`). A
/// slice that somebody froze as a whole must go on before, for PID 1's sake ([`freezer`]).
pub(in crate::resources) fn kill_slice(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    let cgroup = paths::cgroup(uid);
    if freezer::look(host, uid)?.slice {
        host.poke(&format!("{cgroup}/cgroup.freeze"), "0")?;
    }
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
pub(in crate::resources) fn kill_strays(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    for _ in 0..PATIENCE {
        host.kill_all(uid)?;
        if processes::of_user(host, uid)?.is_empty() {
            return Ok(());
        }
        host.pause()?;
    }
    Err(SysError::Waited(format!("the processes of uid {uid} to end")).into())
}

/// Begins to stop the slice and all that is in it, so that the next start begins with fresh
/// counters and reads the drop-in again. Nothing of the tenant runs any more, so that what it left
/// can be wiped meanwhile.
pub(super) fn begin_stop(host: &mut dyn Host, uid: u32) -> Result<Started, Trouble> {
    Ok(host.start(&stop(uid))?)
}

fn stop(uid: u32) -> Command {
    let units = slice_units(uid);
    let argv = ["systemctl", "stop"].into_iter();
    Command::new(argv.chain(units.iter().map(String::as_str)))
}

fn slice_units(uid: u32) -> [String; 3] {
    [
        paths::manager(uid),
        format!("user-runtime-dir@{uid}.service"),
        paths::slice(uid),
    ]
}

/// Waits for the stop. What was killed counts as failed; that would keep the slice loaded with its
/// old limits, so it is reset.
pub(super) fn await_stop(
    host: &mut dyn Host,
    uid: u32,
    stopping: Option<Started>,
) -> Result<(), Trouble> {
    let output = match stopping {
        Some(stopping) => stopping.wait()?,
        None => host.run(&stop(uid))?,
    };
    succeeded(&stop(uid), output)?;
    reset_failed(host, uid)?;
    remove_run_dir(host, uid)
}

/// Resets those of the user's units that failed; systemd refuses to reset what it has forgotten.
pub(in crate::resources) fn reset_failed(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    let show = ["systemctl", "show", "--property=Id,Slice,ActiveState"];
    let units = slice_units(uid);
    let units = units.iter().map(String::as_str).chain(["session-*.scope"]);
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
    let fixed = slice_units(uid);
    let units = shown.split("\n\n").filter_map(|unit| {
        let value = |name: &str| unit.lines().find_map(|line| line.strip_prefix(name));
        let id = value("Id=")?;
        let its = fixed.iter().any(|fixed| fixed == id) || value("Slice=") == Some(&slice);
        (its && value("ActiveState=") == Some("failed")).then_some(id)
    });
    units.collect()
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
