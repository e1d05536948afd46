//! Clocks that were ahead and are set: what was written by them is still to come.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use kloigos_control::{
    Clock, JobStatus, Patience, Settings, SystemClock, SystemEntropy, Tend, World,
};
use kloigos_model::{compute_unit::UnitStatus, server::Health};
use kloigos_sim::fleet::{Gate, Mishap};

use super::town::{Town, allocate, first_unit, hostname, swift};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// A clock that is wrong by so many seconds.
struct Wrong(AtomicI64);

#[async_trait]
impl Clock for Wrong {
    fn now(&self) -> Timestamp {
        let wrong = SignedDuration::from_secs(self.0.load(Ordering::SeqCst));
        SystemClock.now() + wrong
    }

    async fn sleep_until(&self, at: Timestamp) {
        let left = Duration::try_from(at - self.now()).unwrap_or_default();
        tokio::time::sleep(left).await;
    }
}

impl Wrong {
    /// It is right from now on.
    fn is_set(&self) {
        self.0.store(0, Ordering::SeqCst);
    }
}

/// A town whose clock is ahead by so many seconds.
async fn ahead(seconds: i64, settings: Settings) -> (Arc<Wrong>, Town) {
    let clock = Arc::new(Wrong(AtomicI64::new(seconds)));
    let world = World::new(clock.clone(), Arc::new(SystemEntropy));
    (clock, Town::with(1, settings, world).await)
}

/// Settings under which what is tried again waits so long, at first and at most.
fn waiting(first: Duration, most: Duration) -> Settings {
    let patience = Patience {
        first,
        most,
        tries: 4,
    };
    Settings {
        repair: patience,
        contact: patience,
        ..swift()
    }
}

/// What was done while the clock was ahead ended in times that are still to come.
#[tokio::test(flavor = "multi_thread")]
async fn drift_is_seen_after_the_clock_was_set_back() {
    let (clock, town) = ahead(HOUR, swift()).await;
    town.ready(1, &["0-31", "32-63"]).await;
    town.allocate(None).await.expect("a unit");
    town.rest().await;
    clock.is_set();
    town.damage("/opt/c0-31");
    town.damage("/etc/ssh/sshd_config.d/10-kloigos.conf");
    let server = town.control.check_server(&hostname(1)).await;
    let server = server.expect("a visit");
    let scopes = server.drift.iter().map(|drift| drift.scope.to_string());
    let scopes: BTreeSet<String> = scopes.collect();
    let seen = |scope: &str| scopes.contains(scope);
    assert!(seen("server") && seen("u0-31"), "{scopes:?}");
    assert_eq!(server.record.health, Health::Degraded);
    town.tend(Tend::Repair).await.expect("jobs");
    town.rest().await;
    let server = town.control.check_server(&hostname(1)).await;
    assert_eq!(server.expect("a visit").drift, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_behind_other_work_comes_after_it() {
    let days = Duration::from_hours(48);
    let (clock, town) = ahead(DAY, waiting(days, days)).await;
    town.ready(1, &["0-31", "32-63"]).await;
    let gate = Gate::default();
    town.fleet.mishap(1, Mishap::WaitsBefore(gate.clone()));
    let first = town.control.allocate(allocate(None)).await.expect("a job");
    gate.reached().await;
    let second = town.begin_decommission(1, true).await.expect("a job");
    clock.is_set();
    gate.open();
    assert_eq!(town.end_of(first).await.status, JobStatus::Succeeded);
    assert_eq!(town.end_of(second).await.status, JobStatus::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_its_next_try_does_not_wait_for_the_day_to_come_again() {
    let minute = Duration::from_mins(1);
    let (clock, town) = ahead(DAY, waiting(minute, minute)).await;
    town.ready(1, &["0-31", "32-63"]).await;
    town.allocate(None).await.expect("a unit");
    town.rest().await;
    town.fleet.mishap(1, Mishap::LostBefore);
    let begun = town.begin_deallocate(&first_unit()).await.expect("a job");
    town.until_job(begun, |job| job.next_at.is_some()).await;
    clock.is_set();
    assert_eq!(town.end_of(begun).await.status, JobStatus::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_visited_though_its_next_visit_was_planned_for_tomorrow() {
    let settings = Settings {
        visit_every: Duration::from_mins(1),
        revisit: Duration::from_millis(20),
        ..swift()
    };
    let (clock, town) = ahead(DAY, settings).await;
    town.ready(1, &["0-31", "32-63"]).await;
    town.rest().await;
    clock.is_set();
    town.fleet.cut(1);
    let lost = |units: &[kloigos_control::UnitRecord]| {
        units
            .iter()
            .all(|unit| unit.status == UnitStatus::Unavailable)
    };
    town.until_units(lost).await;
}
