//! Jobs that are tried again by hand, and by people who ask twice.

use std::time::Duration;

use kloigos_control::{JobKind, JobRecord, JobStatus, Refusal, Settings, recourse::can_retry};
use kloigos_model::compute_unit::UnitStatus;

use super::{
    end::{End, before, before_in, begin, calm, same},
    town::{Town, first_unit, swift},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_any_kind_that_failed_is_tried_again_by_hand() {
    for &kind in JobKind::ALL {
        let (end, _) = calm(kind).await;
        let settings = Settings {
            revisit: Duration::from_millis(5),
            ..swift()
        };
        let town = before_in(kind, settings).await;
        town.fleet.cut(1);
        let begun = begin(kind, &town).await.expect("a job");
        let failed = town.end_of(begun).await;
        assert_eq!(failed.status, JobStatus::Failed, "{kind}: {failed:?}");
        assert!(can_retry(&failed), "{kind}");
        town.rest().await;
        town.fleet.mend(1);
        if kind == JobKind::Allocating {
            let usable = |unit: &kloigos_control::UnitRecord| unit.status == UnitStatus::Free;
            town.until_units(|units| units.iter().all(usable)).await;
        }
        let (again, twice) = tokio::join!(town.retry(&failed), town.retry(&failed));
        let again = again.expect("another try");
        assert_ne!(again.job, begun.job, "{kind}");
        assert_eq!(twice.expect("the same").job, again.job, "{kind}");
        let job = town.end_of(again).await;
        assert_eq!(job.status, JobStatus::Succeeded, "{kind}: {job:?}");
        assert_eq!(job.retry_of, Some(begun.job), "{kind}");
        town.rest().await;
        same(&End::of(&town).await, &end, &format!("{kind} again"));
        let late = town.retry(&failed).await.expect("it was done");
        assert_eq!(late.job, again.job, "{kind}");
        let none = town.retry(&job).await;
        assert!(matches!(none, Err(Refusal::Conflict { .. })), "{kind}");
    }
}

/// A deallocation that failed because the server was away, which it is no more.
async fn failed_deallocation(town: &Town) -> JobRecord {
    town.fleet.cut(1);
    let begun = begin(JobKind::Deallocating, town).await.expect("a job");
    let failed = town.end_of(begun).await;
    assert_eq!(failed.status, JobStatus::Failed, "{failed:?}");
    town.fleet.mend(1);
    failed
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_failure_is_not_tried_on_somebody_elses_unit() {
    let town = before(JobKind::Deallocating).await;
    let failed = failed_deallocation(&town).await;
    town.deallocate(&first_unit()).await;
    town.allocate(None).await.expect("the next tenant");
    let refused = town.retry(&failed).await;
    assert!(matches!(refused, Err(Refusal::Conflict { .. })));
    let unit = town.unit(&first_unit()).await;
    assert_eq!(unit.status, UnitStatus::Allocated);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_asked_for_again_without_harm_to_who_came_since() {
    let town = before(JobKind::Deallocating).await;
    let failed = failed_deallocation(&town).await;
    let again = town.retry(&failed).await.expect("another try");
    town.end_of(again).await;
    town.allocate(None).await.expect("the next tenant");
    let late = town.retry(&failed).await.expect("it was done");
    assert_eq!(late.job, again.job);
    town.rest().await;
    let unit = town.unit(&first_unit()).await;
    assert_eq!(unit.status, UnitStatus::Allocated);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_other_try_failed_too_that_is_tried_again() {
    let town = before(JobKind::Deallocating).await;
    let first = failed_deallocation(&town).await;
    town.fleet.cut(1);
    let second = town.retry(&first).await.expect("another try");
    assert_eq!(town.end_of(second).await.status, JobStatus::Failed);
    town.fleet.mend(1);
    let third = town.retry(&first).await.expect("one more");
    let job = town.end_of(third).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    assert_eq!(job.retry_of, Some(second.job));
}
