//! What becomes of the work of a control plane that ends, dies, or only seems to.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use kloigos_control::{Clock, JobStatus, Settings, SystemClock, SystemEntropy, World};
use kloigos_model::compute_unit::UnitStatus;
use kloigos_sim::fleet::{Gate, Mishap};

use super::{
    pair::{Ground, settings, sixteen},
    town::{AT_MOST, allocate, init},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_control_plane_held_goes_on_at_another_when_its_lease_ends() {
    let ground = Ground::new(1);
    let dies = ground.plane(settings()).await;
    dies.ready(1, &sixteen()).await;
    let gate = Gate::default();
    ground.fleet.mishap(1, Mishap::WaitsAfter(gate.clone()));
    let begun = dies
        .control
        .allocate(allocate(Some(4)))
        .await
        .expect("a job");
    gate.reached().await;
    let lives = ground.plane(settings()).await;
    dies.die().await;
    // What it had under way is over with it, as the processes of a dead one are.
    ground.changes.lock().expect("nobody panicked").forget();
    let job = lives.end_of(begun).await;
    assert_eq!(
        (job.status, job.attempts),
        (JobStatus::Succeeded, 2),
        "{job:?}"
    );
    ground.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_plane_that_lives_keeps_its_job_however_long_it_takes() {
    let ground = Ground::new(1);
    let works = ground.plane(settings()).await;
    works.ready(1, &sixteen()).await;
    let _other = ground.plane(settings()).await;
    let gate = Gate::default();
    ground.fleet.mishap(1, Mishap::WaitsAfter(gate.clone()));
    let begun = works
        .control
        .allocate(allocate(Some(4)))
        .await
        .expect("a job");
    gate.reached().await;
    let lease = "SELECT lease_until FROM jobs WHERE status = 'running'";
    let first: i64 = ground.sql(lease).parse().expect("a lease");
    let whole = i64::try_from(settings().lease.as_micros()).expect("a time");
    while ground.sql(lease).parse::<i64>().expect("it is renewed") < first + whole {
        tokio::time::sleep(settings().poll).await;
    }
    gate.open();
    let job = works.end_of(begun).await;
    assert_eq!(
        (job.status, job.attempts),
        (JobStatus::Succeeded, 1),
        "{job:?}"
    );
    ground.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_control_plane_leaves_when_it_is_stopped_is_anybodys_at_once() {
    // Nothing ends this lease while the test runs.
    let patient = Settings {
        lease: Duration::from_hours(1),
        ..settings()
    };
    let ground = Ground::new(1);
    let stops = ground.plane(patient.clone()).await;
    let gate = Gate::default();
    let look = Mishap::WaitsAfter(gate.clone());
    ground.fleet.mishap_at_look(1, look);
    let begun = stops.control.init_server(init(1, &["0-63"])).await;
    let begun = begun.expect("a job");
    gate.reached().await;
    // It is asked to stop in the middle of the first step, and begins no second one.
    tokio::join!(stops.control.stop(AT_MOST), async { gate.open() });
    stops.die().await;
    let waiting = ground.sql("SELECT status, ended_at FROM jobs");
    assert_eq!(waiting, "queued|");
    let goes_on = ground.plane(patient).await;
    let job = goes_on.end_of(begun).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    ground.is_sound().await;
}

/// The clock of a control plane that can be frozen, as by SIGSTOP or a suspended machine: nothing
/// that it waits for comes.
#[derive(Default)]
struct Freezing(AtomicBool);

#[async_trait]
impl Clock for Freezing {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn sleep_until(&self, at: Timestamp) {
        SystemClock.sleep_until(at).await;
        while self.0.load(Ordering::Acquire) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_plane_that_was_frozen_writes_nothing_when_it_wakes() {
    let ground = Ground::new(1);
    let clock = Arc::new(Freezing::default());
    let world = World::new(clock.clone(), Arc::new(SystemEntropy));
    let frozen = ground.plane_in(world, settings()).await;
    frozen.ready(1, &sixteen()).await;
    let gate = Gate::default();
    ground.fleet.mishap(1, Mishap::WaitsAfter(gate.clone()));
    let begun = frozen
        .control
        .allocate(allocate(Some(4)))
        .await
        .expect("a job");
    gate.reached().await;
    clock.0.store(true, Ordering::Release);
    ground.changes.lock().expect("nobody panicked").forget();
    let other = ground.plane(settings()).await;
    let job = other.end_of(begun).await;
    assert_eq!(
        (job.status, job.attempts),
        (JobStatus::Succeeded, 2),
        "{job:?}"
    );
    let rows = "SELECT j.attempt, j.status, j.ended_at, a.status, a.started_at, u.status, \
                u.counter, (SELECT count(*) FROM job_log) FROM jobs j \
                JOIN allocations a ON a.job_id = j.id JOIN units u ON u.id = a.unit_id";
    let after = ground.sql(rows);
    // It wakes with the answer to a request that is no longer its own.
    gate.open();
    clock.0.store(false, Ordering::Release);
    frozen.control.stop(AT_MOST).await;
    assert_eq!(ground.sql(rows), after);
    let units = other.units().await;
    let allocated = units
        .iter()
        .filter(|unit| unit.status == UnitStatus::Allocated);
    assert_eq!(allocated.count(), 1);
}
