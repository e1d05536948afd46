//! Whose turn it is to be visited, and who is not kept waiting by whom.

use std::time::{Duration, Instant};

use kloigos_control::{ServerDetail, Settings, Tend, World};
use kloigos_model::{
    compute_unit::UnitStatus,
    server::{DriftMode, Health},
};
use kloigos_sim::fleet::{Gate, Mishap};

use super::town::{AT_MOST, Town, first_unit, hostname, swift};

/// Settings under which everybody is visited all the time.
fn busy() -> Settings {
    let always = Duration::from_millis(5);
    Settings {
        visit_every: always,
        revisit: always,
        ..swift()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lets_a_visit_wait_hides_no_other_that_is_lost() {
    let town = Town::with(2, busy(), World::system()).await;
    town.ready(1, &["0-31", "32-63"]).await;
    town.ready(2, &["0-31", "32-63"]).await;
    town.rest().await;
    let gate = Gate::default();
    town.fleet
        .mishap_at_look(1, Mishap::WaitsBefore(gate.clone()));
    gate.reached().await;
    let looked = town.fleet.looked(1);
    town.fleet.cut(2);
    town.until_units(|units| {
        let mut second = units.iter().filter(|unit| unit.hostname == hostname(2));
        second.all(|unit| unit.status == UnitStatus::Unavailable)
    })
    .await;
    town.fleet.mend(2);
    town.until_units(|units| units.iter().all(|unit| unit.status == UnitStatus::Free))
        .await;
    assert_eq!(
        town.fleet.looked(1),
        looked,
        "nobody is visited twice at a time"
    );
    gate.open();
    town.fleet.cut(1);
    town.until_units(|units| {
        units
            .iter()
            .any(|unit| unit.status == UnitStatus::Unavailable)
    })
    .await;
}

async fn check(town: &Town) -> ServerDetail {
    let checked = town.control.check_server(&hostname(1)).await;
    checked.expect("a visit")
}

/// Returns when a visit found that the first server differs.
async fn until_it_differs(town: &Town) {
    let end = Instant::now() + AT_MOST;
    loop {
        let server = town.control.server(&hostname(1)).await;
        if !server.expect("the server").drift.is_empty() {
            return;
        }
        assert!(Instant::now() < end, "never found");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Of the second unit of the first server.
async fn second(town: &Town) -> UnitStatus {
    let unit = town.unit(&"sim1_32-63".parse().expect("a name")).await;
    unit.status
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_lost_is_not_given_out_for_what_was_known_before() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31", "32-63"]).await;
    town.allocate(None).await.expect("a unit");
    town.rest().await;
    assert_eq!(check(&town).await.drift, []);
    town.fleet.cut(1);
    assert_eq!(check(&town).await.record.health, Health::Unreachable);
    town.fleet.mend(1);
    town.damage("/opt/c32-63");
    town.deallocate(&first_unit()).await;
    let server = town.control.server(&hostname(1)).await.expect("a server");
    assert_eq!(server.record.health, Health::Healthy, "it answered a job");
    town.tend(Tend::Cordon).await.expect("cordoned");
    town.tend(Tend::Uncordon).await.expect("back");
    until_it_differs(&town).await;
    assert_eq!(second(&town).await, UnitStatus::Unavailable);
    assert_eq!(town.unit(&first_unit()).await.status, UnitStatus::Free);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_known_to_differ_and_was_forgotten_is_not_given_out() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31", "32-63"]).await;
    town.damage("/opt/c32-63");
    assert!(!check(&town).await.drift.is_empty());
    // Whoever looks meanwhile lets us wait.
    let gate = Gate::default();
    town.fleet
        .mishap_at_look(1, Mishap::WaitsBefore(gate.clone()));
    for what in [
        Tend::Mode(DriftMode::Off),
        Tend::Mode(DriftMode::Report),
        Tend::Cordon,
        Tend::Uncordon,
    ] {
        town.tend(what).await.expect("done");
    }
    assert_eq!(town.count(UnitStatus::Unavailable).await, 2);
    gate.open();
    until_it_differs(&town).await;
    assert_eq!(second(&town).await, UnitStatus::Unavailable);
    town.tend(Tend::Repair).await.expect("a repair");
    town.rest().await;
    check(&town).await;
    assert_eq!(town.count(UnitStatus::Free).await, 2);
}
