//! Frozen, stopped, running again, and reset.

use anyhow::{Result, ensure};
use kloigos_model::host::{Activity, UnitSpec};

use super::stage::{Stage, unit};

const EVENTS: &str =
    "cat /sys/fs/cgroup/user.slice/user-70001.slice/user@70001.service/cgroup.events";

fn to(unit: &UnitSpec, activity: Activity) -> UnitSpec {
    let mut unit = unit.clone();
    unit.tenant
        .iter_mut()
        .for_each(|tenant| tenant.activity = activity);
    unit
}

fn lets_in(stage: &Stage) -> Result<bool> {
    Ok(stage.tenant(&unit(0)).ssh("true")?.status.success())
}

pub(crate) fn a_unit_stands_still_and_stops(stage: &Stage) -> Result<()> {
    let unit = stage.allocated(unit(0))?;
    stage.apply_unit(unit.clone())?;
    stage
        .tenant(&unit)
        .run("echo mine > kept; nohup sleep 100004 > /dev/null 2>&1 &")?;
    stage.apply_unit(to(&unit, Activity::Frozen))?;
    ensure!(stage.script(EVENTS)?.contains("frozen 1"));
    ensure!(!lets_in(stage)?, "somebody was let into a frozen unit");
    // Limits change while it is frozen.
    let mut smaller = to(&unit, Activity::Frozen);
    smaller.limits.memory_max = Some(200 << 20);
    stage.apply_unit(smaller)?;
    let memory = stage.script("cat /sys/fs/cgroup/user.slice/user-70001.slice/memory.max")?;
    ensure!(memory.trim() == (200 << 20).to_string(), "{memory}");
    stage.apply_unit(unit.clone())?;
    stage.tenant(&unit).run("pgrep -f 'sleep 100004'")?;

    stage.apply_unit(to(&unit, Activity::Stopped))?;
    let alive = stage.script("pgrep -u 70001 || true")?;
    ensure!(alive.trim().is_empty(), "still running: {alive}");
    ensure!(!lets_in(stage)?, "somebody was let into a stopped unit");
    stage.server().reboot()?;
    stage.hang_up()?;
    let alive =
        stage.script("pgrep -u 70001 || true; ls /run/systemd/users | grep 70001 || true")?;
    ensure!(alive.trim().is_empty(), "a boot started it: {alive}");
    stage.apply_unit(unit.clone())?;
    let kept = stage.tenant(&unit).run("cat kept")?;
    ensure!(kept.trim() == "mine", "{kept}");

    // The end of a tenancy ends a frozen one as well.
    stage.apply_unit(to(&unit, Activity::Frozen))?;
    stage.apply_unit(super::stage::unit(0))?;
    let left = stage.script("ls -A /home/u0-1; pgrep -f 'sleep 100004' || true")?;
    ensure!(!left.contains("kept") && !left.contains("1000"), "{left}");
    Ok(())
}

pub(crate) fn a_reset_gives_an_empty_unit_back(stage: &Stage) -> Result<()> {
    let mut unit = stage.allocated(unit(0))?;
    stage.apply_unit(unit.clone())?;
    stage
        .tenant(&unit)
        .run("touch kept /srv/pool/kept; nohup sleep 100005 > /dev/null 2>&1 &")?;
    unit.tenant.iter_mut().for_each(|tenant| tenant.resets = 1);
    stage.apply_unit(unit.clone())?;
    let left = stage
        .tenant(&unit)
        .run("ls -A; ls -A /srv/pool; pgrep -f 'sleep 10000[5]' || true")?;
    ensure!(!left.contains("kept"), "{left}");
    ensure!(left.lines().all(|line| line.starts_with('.')), "{left}");
    Ok(())
}
