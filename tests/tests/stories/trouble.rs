//! Servers that do not answer, die, and come back.

use std::time::Duration;

use kloigos_control::{JobStatus, Refusal, Settings, World};
use kloigos_model::{
    compute_unit::UnitStatus,
    server::{Health, ServerStatus},
};
use kloigos_sim::fleet::Mishap;

use super::town::{Town, hostname, swift};

async fn two_servers() -> Town {
    let town = Town::new(2).await;
    for number in [1, 2] {
        town.ready(number, &["0-31"]).await;
    }
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_server_costs_no_unit() {
    let town = two_servers().await;
    town.fleet.cut(1);
    let unit = town.allocate(None).await.expect("a unit");
    assert_eq!(unit.hostname, hostname(2), "the next candidate");
    assert_eq!(
        town.standing().await,
        ["sim1_0-31 unavailable", "sim2_0-31 allocated"]
    );
    let detail = town.control.server(&hostname(1)).await.expect("a server");
    assert_eq!(detail.record.health, Health::Unreachable);
    assert!(
        detail
            .record
            .health_reason
            .expect("a reason")
            .contains("no route")
    );
    // It is passed over from then on: no further try costs anybody time.
    let none = town.allocate(None).await.expect_err("none");
    assert!(none.to_string().contains("sim1 did not answer"), "{none}");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_no_server_answers_the_job_is_named() {
    let town = two_servers().await;
    town.fleet.cut(1);
    town.fleet.cut(2);
    let failed = town.allocate(None).await.expect_err("nobody answers");
    let Refusal::NotReady { job, reason } = failed else {
        panic!("not told as not ready: {failed:?}");
    };
    assert!(reason.contains("2 servers were tried"), "{reason}");
    let job = town.control.job(job).await.expect("a job").record;
    assert_eq!(job.status, JobStatus::Failed);
    assert_eq!(
        town.count(UnitStatus::Unavailable).await,
        2,
        "nothing is lost, and nothing is free before it was looked at"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_back_is_used_again() {
    let settings = Settings {
        revisit: Duration::from_millis(5),
        ..swift()
    };
    let town = Town::with(1, settings, World::system()).await;
    town.ready(1, &["0-31"]).await;
    town.fleet.cut(1);
    town.allocate(None).await.expect_err("it does not answer");
    town.fleet.mend(1);
    let mut last = None;
    for _ in 0..10_000 {
        match town.allocate(None).await {
            Ok(unit) => {
                assert_eq!(unit.hostname, hostname(1));
                return;
            }
            Err(refusal) => last = Some(refusal),
        }
    }
    panic!("never used again; last: {last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_asked_for_again() {
    for mishap in [Mishap::LostBefore, Mishap::DiesAfter(12), Mishap::LostAfter] {
        let town = two_servers().await;
        town.fleet.mishap(1, mishap.clone());
        let unit = town.allocate(None).await.expect("a unit");
        assert_eq!(
            unit.hostname,
            hostname(1),
            "{mishap:?}: the same server, for it may be done"
        );
        assert_eq!(town.fleet.asked(1), 3, "{mishap:?}: init, and two tries");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stays_away_after_a_lost_answer_leaves_a_quarantine() {
    for mishap in [Mishap::LostBefore, Mishap::DiesAfter(12), Mishap::LostAfter] {
        let town = Town::new(1).await;
        town.ready(1, &["0-31"]).await;
        town.fleet.mishap(1, mishap.clone());
        for _ in 0..3 {
            town.fleet.mishap(1, Mishap::Unreachable);
        }
        let failed = town.allocate(None).await;
        assert!(
            matches!(failed, Err(Refusal::NotReady { .. })),
            "{failed:?}"
        );
        let unit = town.units().await.remove(0);
        assert_eq!(unit.status, UnitStatus::AllocationFail, "{mishap:?}");
        assert!(
            unit.reason
                .expect("a reason")
                .contains("deallocate the unit")
        );
        // What the reason says helps.
        let job = town.deallocate(&unit.id).await;
        assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
        assert_eq!(town.unit(&unit.id).await.status, UnitStatus::Free);
        assert!(!town.has_tenant(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_made_unit_is_emptied_while_the_tenant_gets_another() {
    let town = two_servers().await;
    town.fleet.mishap(1, Mishap::FailsAfter(12));
    let unit = town.allocate(None).await.expect("a unit");
    assert_eq!(unit.hostname, hostname(2));
    town.rest().await;
    assert_eq!(
        town.standing().await,
        ["sim1_0-31 free", "sim2_0-31 allocated"]
    );
    assert!(!town.has_tenant(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_is_not_free_before_it_is_proven_empty() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31"]).await;
    let unit = town.allocate(None).await.expect("a unit");
    town.fleet.cut(1);
    let job = town.deallocate(&unit.id).await;
    assert_eq!(job.status, JobStatus::Failed);
    let stuck = town.unit(&unit.id).await;
    assert_eq!(stuck.status, UnitStatus::DeallocationFail);
    assert!(
        stuck
            .reason
            .expect("a reason")
            .contains("deallocate the unit again")
    );
    town.fleet.mend(1);
    assert_eq!(town.deallocate(&unit.id).await.status, JobStatus::Succeeded);
    assert_eq!(town.unit(&unit.id).await.status, UnitStatus::Free);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decommission_that_fails_is_called_again() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31", "32-63"]).await;
    town.allocate(None).await.expect("a unit");
    town.fleet.cut(1);
    let job = town.decommission(1, true).await;
    assert_eq!(job.status, JobStatus::Failed);
    let detail = town.control.server(&hostname(1)).await.expect("a server");
    assert_eq!(detail.record.status, ServerStatus::DecommissionFail);
    assert!(
        detail
            .record
            .reason
            .expect("a reason")
            .contains("decommission it again")
    );
    town.fleet.mend(1);
    let job = town.decommission(1, false).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    assert!(town.units().await.is_empty());
    town.ready(1, &["0-63"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_made_server_is_swept_before_it_is_made_anew() {
    let town = Town::new(1).await;
    for _ in 0..4 {
        town.fleet.mishap(1, Mishap::DiesAfter(9));
    }
    let job = town.init(1, &["0-31", "32-63"]).await;
    assert_eq!(job.status, JobStatus::Failed);
    assert_eq!(town.count(UnitStatus::InitFail).await, 2);
    assert!(
        !town.fleet.snapshot(1).is_empty(),
        "something is left of it"
    );
    town.ready(1, &["0-15", "16-31"]).await;
    assert_eq!(town.standing().await, ["sim1_0-15 free", "sim1_16-31 free"]);
    town.decommission(1, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_life_left_goes_with_one_that_never_came_there() {
    let town = Town::new(1).await;
    let pristine = town.fleet.snapshot(1);
    for _ in 0..4 {
        town.fleet.mishap(1, Mishap::DiesAfter(9));
    }
    let job = town.init(1, &["0-31", "32-63"]).await;
    assert_eq!(job.status, JobStatus::Failed);
    let left = town.fleet.snapshot(1);
    assert_ne!(left, pristine, "something is left of it");
    town.fleet.cut(1);
    let job = town.init(1, &["0-31"]).await;
    assert_eq!(job.status, JobStatus::Failed, "nobody is there: {job:?}");
    let job = town.decommission(1, false).await;
    assert_eq!(job.status, JobStatus::Failed, "it must answer: {job:?}");
    town.fleet.mend(1);
    let job = town.decommission(1, false).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    assert_eq!(town.fleet.snapshot(1), pristine);
}
