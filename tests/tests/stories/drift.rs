//! Servers as they are against servers as they should be.

use std::time::{Duration, Instant};

use kloigos_control::{
    EventFilter, JobFilter, JobKind, JobRecord, JobStatus, Refusal, ServerDetail, Settings, Tend,
    World,
};
use kloigos_model::{
    compute_unit::UnitStatus,
    event::EventKind,
    server::{DriftMode, Health, ServerStatus},
};
use kloigos_sim::fleet::{Gate, Mishap};

use super::town::{AT_MOST, Town, first_unit, hostname, swift};

/// One server with a tenant on its first unit.
async fn town_with(settings: Settings) -> Town {
    let town = Town::with(1, settings, World::system()).await;
    town.ready(1, &["0-31", "32-63"]).await;
    town.allocate(None).await.expect("a unit");
    town.rest().await;
    town
}

async fn check(town: &Town) -> ServerDetail {
    let checked = town.control.check_server(&hostname(1)).await;
    checked.expect("a visit")
}

async fn told(town: &Town, kind: EventKind) -> Vec<String> {
    let filter = EventFilter {
        kinds: vec![kind],
        ..EventFilter::default()
    };
    let events = town.control.list_events(&filter, 1000).await;
    let events = events.expect("events").into_iter();
    events.map(|event| event.detail).collect()
}

async fn repairs(town: &Town) -> Vec<JobRecord> {
    let filter = JobFilter {
        kinds: vec![JobKind::Repairing],
        ..JobFilter::default()
    };
    town.control.list_jobs(&filter).await.expect("jobs")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_changed_is_told_once_and_repaired_when_it_is_asked_for() {
    let town = town_with(swift()).await;
    let server = check(&town).await;
    assert_eq!(
        (server.drift.len(), server.record.health),
        (0, Health::Healthy)
    );
    assert!(server.record.visited_at.is_some());
    town.damage("/opt/c0-31");
    let machine = town.fleet.snapshot(1);
    let server = check(&town).await;
    assert_eq!(town.fleet.snapshot(1), machine, "looking changes nothing");
    assert_eq!(server.record.drifts as usize, server.drift.len());
    let drift = server.drift.first().expect("a difference");
    assert_eq!(drift.unit_name, Some(first_unit()));
    assert!(drift.what.contains("/opt/c0-31"), "{drift:?}");
    assert_eq!(server.record.health, Health::Degraded);
    let again = check(&town).await;
    assert_eq!(again.drift, server.drift, "known since then");
    assert_eq!(told(&town, EventKind::DriftFound).await.len(), 1);
    assert_eq!(repairs(&town).await, [], "nobody asked");
    town.rest().await;
    let jobs = town.tend(Tend::Repair).await.expect("jobs");
    assert_eq!(jobs.len(), 1);
    town.rest().await;
    let job = town.control.job(jobs[0]).await.expect("a job");
    assert_eq!(job.record.status, JobStatus::Succeeded, "{job:?}");
    let said = job.log.iter().any(|line| line.line.contains("/opt/c0-31"));
    assert!(said, "it says what it changed: {:?}", job.log);
    let server = check(&town).await;
    assert_eq!(
        (server.drift.len(), server.record.health),
        (0, Health::Healthy)
    );
    let gone = told(&town, EventKind::DriftGone).await;
    assert!(
        gone.len() == 1 && gone[0].contains("/opt/c0-31"),
        "{gone:?}"
    );
    assert_eq!(town.unit(&first_unit()).await.status, UnitStatus::Allocated);
    assert_eq!(town.tend(Tend::Repair).await.expect("none"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_repair_mode_it_is_put_right_by_itself() {
    let settings = Settings {
        visit_every: Duration::from_millis(20),
        ..swift()
    };
    let town = town_with(settings).await;
    town.tend(Tend::Mode(DriftMode::Repair)).await.expect("set");
    assert_eq!(told(&town, EventKind::ServerMode).await.len(), 1);
    let before = town.fleet.snapshot(1);
    town.damage("/opt/c0-31");
    town.damage("/opt/c32-63");
    let end = Instant::now() + AT_MOST;
    while town.fleet.snapshot(1) != before {
        assert!(Instant::now() < end, "never repaired");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    town.rest().await;
    let jobs = repairs(&town).await;
    assert!(jobs.len() >= 2, "one for each unit: {jobs:?}");
    assert!(jobs.iter().all(|job| job.status == JobStatus::Succeeded));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_wants_to_know_nothing_is_told() {
    let town = town_with(swift()).await;
    town.tend(Tend::Mode(DriftMode::Off)).await.expect("set");
    town.damage("/opt/c0-31");
    assert_eq!(check(&town).await.drift, []);
    assert_eq!(told(&town, EventKind::DriftFound).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_servers_units_are_compared_before_they_are_free_again() {
    let town = town_with(swift()).await;
    let second = "sim1_32-63".parse().expect("a name");
    town.fleet.cut(1);
    let server = check(&town).await;
    assert_eq!(server.record.health, Health::Unreachable);
    let why = server.record.health_reason.expect("why");
    assert!(why.contains("no route"), "{why}");
    let units = ["sim1_0-31 allocated", "sim1_32-63 unavailable"];
    assert_eq!(town.standing().await, units);
    let why = town.unit(&second).await.reason.expect("a reason");
    assert!(why.contains("does not answer"), "{why}");
    let none = town.allocate(None).await;
    assert!(matches!(none, Err(Refusal::NoCapacity(_))), "{none:?}");
    town.damage("/opt/c32-63");
    town.fleet.mend(1);
    let server = check(&town).await;
    assert_eq!(server.record.health, Health::Degraded);
    assert_eq!(town.standing().await, units, "it is not what it was");
    town.tend(Tend::Repair).await.expect("a job");
    town.rest().await;
    check(&town).await;
    assert_eq!(town.unit(&second).await.status, UnitStatus::Free);
    town.allocate(None).await.expect("it is given again");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_cordoned_server_is_given_to_anybody() {
    let town = town_with(swift()).await;
    check(&town).await;
    town.tend(Tend::Cordon).await.expect("cordoned");
    town.tend(Tend::Cordon).await.expect("it is already");
    let units = ["sim1_0-31 allocated", "sim1_32-63 unavailable"];
    assert_eq!(town.standing().await, units);
    let none = town.allocate(None).await;
    assert!(matches!(none, Err(Refusal::NoCapacity(_))), "{none:?}");
    town.deallocate(&first_unit()).await;
    assert_eq!(town.count(UnitStatus::Unavailable).await, 2);
    check(&town).await;
    assert_eq!(town.count(UnitStatus::Unavailable).await, 2);
    let server = town.control.server(&hostname(1)).await.expect("a server");
    assert_eq!(server.record.status, ServerStatus::Cordoned);
    town.tend(Tend::Uncordon).await.expect("back");
    town.until_units(|units| units.iter().all(|unit| unit.status == UnitStatus::Free))
        .await;
    town.allocate(None).await.expect("a unit");
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_amid_work_tell_nothing_false() {
    let settings = Settings {
        visit_every: Duration::from_millis(1),
        revisit: Duration::from_millis(1),
        ..swift()
    };
    let town = town_with(settings).await;
    for _ in 0..15 {
        let unit = town.allocate(None).await.expect("a unit");
        town.deallocate(&unit.id).await;
    }
    town.rest().await;
    let server = check(&town).await;
    assert_eq!(server.drift, []);
    assert_eq!(server.record.health, Health::Healthy, "{server:?}");
    assert_eq!(told(&town, EventKind::DriftFound).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_promises_to_one_who_left_meanwhile_are_not_told_as_broken() {
    let town = town_with(swift()).await;
    let unit = town.allocate(None).await.expect("a unit");
    let gate = Gate::default();
    for mishap in [
        Mishap::Nothing,
        Mishap::Nothing,
        Mishap::WaitsBefore(gate.clone()),
    ] {
        town.fleet.mishap_at_look(1, mishap);
    }
    let visit = check(&town);
    let meanwhile = async {
        gate.reached().await;
        town.deallocate(&unit.id).await;
        gate.open();
    };
    let (server, ()) = tokio::join!(visit, meanwhile);
    assert_eq!(server.record.health, Health::Healthy, "{server:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_promise_is_found_in_passing() {
    let town = town_with(swift()).await;
    town.damage("/opt/c0-31");
    check(&town).await;
    town.rest().await;
    let unit = town.unit(&first_unit()).await;
    let broken = unit.attestation.expect("an attestation").broken;
    assert!(broken.iter().any(|told| told.contains("/opt/c0-31")));
    let attested = town.control.attestations_of_unit(&first_unit(), 10).await;
    let attested = attested.expect("attestations").len();
    check(&town).await;
    town.rest().await;
    let same = town.control.attestations_of_unit(&first_unit(), 10).await;
    assert_eq!(same.expect("attestations").len(), attested, "told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_keeps_for_its_guard_is_compared_too() {
    for path in ["/run/kloigos/settled/server", "/run/kloigos/settled/u0-31"] {
        let town = town_with(swift()).await;
        let unit = town.unit(&first_unit()).await;
        let lets_in = || {
            town.fleet
                .on_machine(1, |machine| machine.lets_in("u0-31", unit.uid))
        };
        assert!(lets_in());
        town.damage(path);
        let drift = check(&town).await.drift;
        assert!(
            drift.iter().any(|drift| drift.resource == "state"),
            "{path}: {drift:?}"
        );
        town.tend(Tend::Repair).await.expect("a repair");
        town.rest().await;
        assert_eq!(check(&town).await.drift, [], "{path}");
        assert!(lets_in(), "{path}");
    }
}
