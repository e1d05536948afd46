//! Whose turn it is to be visited, and who is not kept waiting by whom.

use std::time::Duration;

use kloigos_control::{Settings, World};
use kloigos_model::compute_unit::UnitStatus;
use kloigos_sim::fleet::{Gate, Mishap};

use super::town::{Town, hostname, swift};

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
