//! Many callers at once.

use std::{collections::BTreeSet, time::Instant};

use kloigos_control::Refusal;
use kloigos_model::compute_unit::UnitStatus;
use tokio::task::JoinSet;

use super::town::{Town, allocate};

const CALLERS: usize = 64;

/// 64 CPUs as units of 4.
fn sixteen() -> Vec<String> {
    (0..16)
        .map(|n| format!("{}-{}", n * 4, n * 4 + 3))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_callers_over_16_units_16_get_one_each_and_48_are_told_there_is_none() {
    let town = Town::new(1).await;
    let ranges = sixteen();
    let ranges: Vec<&str> = ranges.iter().map(String::as_str).collect();
    town.ready(1, &ranges).await;
    let town = std::sync::Arc::new(town);
    let begun = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let town = town.clone();
        callers.spawn(async move { town.allocate_as(allocate(Some(4))).await });
    }
    let (mut units, mut refused) = (BTreeSet::new(), 0);
    while let Some(outcome) = callers.join_next().await {
        match outcome.expect("no panic") {
            Ok(unit) => assert!(units.insert(unit.id.clone()), "{} twice", unit.id),
            Err(Refusal::NoCapacity(_)) => refused += 1,
            Err(other) => panic!("neither a unit nor none: {other:?}"),
        }
    }
    println!("64 calls in {:?}", begun.elapsed());
    assert_eq!((units.len(), refused), (16, 48));
    assert_eq!(town.count(UnitStatus::Allocated).await, 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_who_come_and_go_never_share_a_unit() {
    let town = std::sync::Arc::new(Town::new(2).await);
    for number in [1, 2] {
        town.ready(number, &["0-15", "16-31", "32-47", "48-63"])
            .await;
    }
    let held = std::sync::Arc::new(std::sync::Mutex::new(BTreeSet::new()));
    let mut callers = JoinSet::new();
    for _ in 0..8 {
        let (town, held) = (town.clone(), held.clone());
        callers.spawn(async move {
            for _ in 0..6 {
                let unit = town.allocate(Some(16)).await.expect("8 callers, 8 units");
                assert!(held.lock().unwrap().insert(unit.id.clone()), "shared");
                assert!(held.lock().unwrap().remove(&unit.id));
                town.deallocate(&unit.id).await;
            }
        });
    }
    while let Some(outcome) = callers.join_next().await {
        outcome.expect("no panic");
    }
    assert_eq!(town.count(UnitStatus::Free).await, 8);
}
