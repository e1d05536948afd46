//! How long it takes, against a round trip over the same connection.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use kloigos_model::host::{Request, Spec};

use super::stage::{Stage, said, server_spec, unit};

/// How often each is measured.
const RUNS: usize = 7;

pub(crate) fn times(stage: &Stage) -> Result<()> {
    let round_trip = median(|| {
        let output = stage.root().arg("true").output()?;
        ensure!(output.status.success(), "{}", said(&output));
        Ok(())
    })?;
    let (mut allocations, mut evictions) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let unit_with_tenant = stage.allocated(unit(1))?;
        allocations.push(timed(|| stage.apply_unit(unit_with_tenant).map(drop))?);
        evictions.push(timed(|| stage.apply_unit(unit(1)).map(drop))?);
        // The next allocation finds the manager running again, as a pool's would.
        stage.script(
            "until grep -q 'populated 1' \
             /sys/fs/cgroup/user.slice/user-70002.slice/user@70002.service/cgroup.events
             do sleep 0.2; done",
        )?;
    }
    let (allocation, eviction) = (middle(allocations), middle(evictions));
    let server = || vec![stage.same(server_spec())];
    let again = median(|| {
        stage
            .settle(&Request::Inspect { scopes: server() })
            .map(drop)
    })?;
    let unit_0 = || vec![stage.same(Spec::Unit(unit(2)))];
    let look = median(|| {
        stage
            .settle(&Request::Inspect { scopes: unit_0() })
            .map(drop)
    })?;
    let ratio = |time: Duration| time.as_secs_f64() / round_trip.as_secs_f64();
    println!("ssh true            {round_trip:8.3?}");
    for (what, time) in [
        ("allocation, warm", allocation),
        ("eviction", eviction),
        ("inspect a unit", look),
        ("inspect the server", again),
    ] {
        println!("{what:19} {time:8.3?} = {:.1} round trips", ratio(time));
    }
    ensure!(
        ratio(allocation) < 4.0,
        "an allocation takes {allocation:?}"
    );
    Ok(())
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

fn median(mut work: impl FnMut() -> Result<()>) -> Result<Duration> {
    let times: Result<Vec<Duration>> = (0..RUNS).map(|_| timed(&mut work)).collect();
    Ok(middle(times?))
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
