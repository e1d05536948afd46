//! Requests that are made more than once.

use kloigos_control::Refusal;
use kloigos_model::compute_unit::UnitStatus;
use kloigos_sim::fleet::{Gate, Mishap};

use super::town::{AT_MOST, Town, allocate, key};

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_answered_with_the_first_ones_unit() {
    let town = Town::new(1).await;
    town.ready(1, &["0-15", "16-31"]).await;
    let mut op = allocate(None);
    op.idempotency = Some(key("k", "body"));
    let first = town.control.allocate(op.clone()).await.expect("a job");
    let again = town.control.allocate(op.clone()).await.expect("a job");
    assert_eq!((first.job, true), (again.job, again.replayed));
    town.end_of(first).await;
    let later = town.control.allocate(op.clone()).await.expect("a job");
    assert_eq!((first.job, true), (later.job, later.replayed));
    assert_eq!(town.count(UnitStatus::Allocated).await, 1);
    op.idempotency = Some(key("k", "another body"));
    let reused = town.control.allocate(op).await;
    assert!(matches!(reused, Err(Refusal::KeyReused)), "{reused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_at_once_are_one_request() {
    let town = std::sync::Arc::new(Town::new(1).await);
    town.ready(1, &["0-15", "16-31", "32-47", "48-63"]).await;
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let town = town.clone();
        callers.spawn(async move {
            let mut op = allocate(None);
            op.idempotency = Some(key("k", "body"));
            town.allocate_as(op).await.expect("a unit").id
        });
    }
    let units = callers.join_all().await;
    assert!(units.windows(2).all(|pair| pair[0] == pair[1]), "{units:?}");
    assert_eq!(town.count(UnitStatus::Allocated).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_requests_key_is_forgotten() {
    let town = Town::new(1).await;
    town.ready(1, &["0-15"]).await;
    let mut op = allocate(None);
    op.idempotency = Some(key("k", "body"));
    town.fleet.mishap(1, Mishap::Unreachable);
    let first = town.control.allocate(op.clone()).await.expect("a job");
    let failed = town.control.wait_for_unit(first.job, AT_MOST).await;
    assert!(matches!(failed, Err(Refusal::NotReady { job, .. }) if job == first.job));
    // The server is passed over until a visit succeeds, and that is told as what it is.
    let again = town.control.allocate(op).await;
    assert!(matches!(again, Err(Refusal::NoCapacity(_))), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_outlives_the_control_plane() {
    let town = Town::new(1).await;
    town.ready(1, &["0-15", "16-31"]).await;
    let gate = Gate::default();
    town.fleet.mishap(1, Mishap::WaitsAfter(gate.clone()));
    let mut op = allocate(None);
    op.idempotency = Some(key("k", "body"));
    let first = town.control.allocate(op.clone()).await.expect("a job");
    gate.reached().await;
    let town = town.crash().await;
    let again = town.control.allocate(op.clone()).await.expect("a job");
    assert_eq!((first.job, true), (again.job, again.replayed));
    town.allocate_as(op).await.expect("the unit");
    assert_eq!(town.count(UnitStatus::Allocated).await, 1);
}
