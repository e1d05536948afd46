//! Which job runs when.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kloigos_control::{
    Control, JobStatus, Settings, Store, World,
    transport::{Answer, Target, Transport, TransportError},
};
use kloigos_model::{
    compute_unit::UnitStatus,
    host::{Progress, Request},
};
use kloigos_sim::fleet::{Gate, Mishap, SimFleet};

use super::town::{AT_MOST, Town, allocate, init, swift};

#[tokio::test(flavor = "multi_thread")]
async fn a_decommission_waits_for_what_was_begun_before_it() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31", "32-63"]).await;
    let gate = Gate::default();
    town.fleet.mishap(1, Mishap::WaitsBefore(gate.clone()));
    let allocating = town.control.allocate(allocate(None)).await.expect("a job");
    gate.reached().await;
    let returning = town.begin_decommission(1, true).await.expect("a job");
    let none = town.allocate(None).await.expect_err("it is being returned");
    assert!(
        none.to_string().contains("sim1 is decommissioning"),
        "{none}"
    );
    let waiting = town
        .control
        .wait(returning.job, Duration::from_millis(100))
        .await;
    assert_eq!(waiting.expect("a job").status, JobStatus::Queued);
    gate.open();
    assert_eq!(town.end_of(allocating).await.status, JobStatus::Succeeded);
    assert_eq!(town.end_of(returning).await.status, JobStatus::Succeeded);
    assert!(town.units().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn units_of_a_server_are_worked_on_at_once_but_not_too_many() {
    let settings = Settings {
        per_server: 2,
        ..swift()
    };
    let town = Town::with(1, settings, World::system()).await;
    town.ready(1, &["0-15", "16-31", "32-47"]).await;
    let gates: Vec<Gate> = (0..3).map(|_| Gate::default()).collect();
    let mut jobs = Vec::new();
    for gate in &gates {
        town.fleet.mishap(1, Mishap::WaitsBefore(gate.clone()));
        jobs.push(town.control.allocate(allocate(None)).await.expect("a job"));
    }
    gates[0].reached().await;
    gates[1].reached().await;
    let third = town
        .control
        .wait(jobs[2].job, Duration::from_millis(100))
        .await;
    assert_eq!(third.expect("a job").status, JobStatus::Queued);
    for gate in &gates {
        gate.open();
    }
    for job in jobs {
        assert_eq!(town.end_of(job).await.status, JobStatus::Succeeded);
    }
    assert_eq!(town.count(UnitStatus::Allocated).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_job_says_when_it_is_tried_next_and_why() {
    let mut settings = swift();
    settings.repair.first = Duration::from_hours(1);
    settings.repair.most = Duration::from_hours(1);
    let town = Town::with(1, settings, World::system()).await;
    town.ready(1, &["0-31"]).await;
    let unit = town.allocate(None).await.expect("a unit");
    town.fleet.cut(1);
    let begun = town.begin_deallocate(&unit.id).await.expect("a job");
    let job = town.until_job(begun, |job| job.next_at.is_some()).await;
    assert_eq!(job.status, JobStatus::Queued);
    assert!(job.reason.expect("a reason").contains("no route"));
    let wait = job.next_at.expect("a time").duration_since(job.created_at);
    assert!(wait.as_mins() >= 40, "an hour less the jitter: {wait}");
    assert_eq!(town.unit(&unit.id).await.status, UnitStatus::Deallocating);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_the_step_at_work() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31"]).await;
    let gate = Gate::default();
    town.fleet.mishap(1, Mishap::WaitsBefore(gate.clone()));
    let begun = town.control.allocate(allocate(None)).await.expect("a job");
    gate.reached().await;
    gate.open();
    town.control.stop(Duration::from_secs(20)).await;
    let job = town.control.job(begun.job).await.expect("a job").record;
    assert_eq!(job.status, JobStatus::Succeeded);
}

/// A fleet in which the first request that changes something ends in a panic of ours.
struct Panics {
    fleet: SimFleet,
    first: AtomicBool,
}

#[async_trait::async_trait]
impl Transport for Panics {
    async fn call(
        &self,
        target: &Target,
        request: &Request,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, TransportError> {
        let answer = self.fleet.call(target, request, progress).await;
        let looks = *request == Request::Facts;
        assert!(looks || !self.first.swap(false, Ordering::SeqCst), "ours");
        answer
    }

    fn simulated(&self) -> bool {
        true
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_ours_costs_one_try() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Store::open(dir.path()).await.expect("a new database");
    let panics = Panics {
        fleet: SimFleet::new(1),
        first: AtomicBool::new(true),
    };
    let control = Control::start(store, Arc::new(panics), World::system(), swift());
    let begun = control
        .init_server(init(1, &["0-31"]))
        .await
        .expect("an init");
    let job = control.wait(begun.job, AT_MOST).await.expect("a job");
    assert_eq!(
        (job.status, job.attempts),
        (JobStatus::Succeeded, 2),
        "{job:?}"
    );
}
