//! Who does what, while all live.

use std::{collections::BTreeSet, sync::Arc};

use kloigos_control::{JobStatus, Refusal, Settings};
use kloigos_model::compute_unit::UnitStatus;
use tokio::task::JoinSet;

use super::{
    pair::{Ground, Plane, settings, sixteen},
    town::{AT_MOST, allocate, deallocate, key},
};

#[tokio::test(flavor = "multi_thread")]
async fn of_64_callers_over_two_control_planes_and_16_units_16_get_one_each() {
    let ground = Ground::new(1);
    let planes = [
        Arc::new(ground.plane(settings()).await),
        Arc::new(ground.plane(settings()).await),
    ];
    planes[0].ready(1, &sixteen()).await;
    let mut callers = JoinSet::new();
    for number in 0..64 {
        let plane = planes[number % 2].clone();
        callers.spawn(async move {
            let begun = plane.control.allocate(allocate(Some(4))).await?;
            plane.control.wait_for_unit(begun.job, AT_MOST).await
        });
    }
    let (mut units, mut refused) = (BTreeSet::new(), 0);
    for outcome in callers.join_all().await {
        match outcome {
            Ok(unit) => {
                let unit = unit.expect("ready in time");
                assert!(units.insert(unit.id.clone()), "{} twice", unit.id);
            }
            Err(Refusal::NoCapacity(_)) => refused += 1,
            Err(other) => panic!("neither a unit nor none: {other:?}"),
        }
    }
    assert_eq!((units.len(), refused), (16, 48));
    let work: Vec<usize> = planes.iter().map(|plane| plane.asked()).collect();
    assert!(
        work.iter().all(|&asked| asked > 0),
        "one did all of it: {work:?}"
    );
    ground.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_control_plane_was_asked_for_two_do_and_each_job_is_done_once() {
    let ground = Ground::new(4);
    // No more hands than two each, so that there is always a queue.
    let two_hands = Settings {
        at_once: 2,
        lease: Settings::default().lease,
        ..settings()
    };
    let asked = Arc::new(ground.plane(two_hands.clone()).await);
    let beside = ground.plane(two_hands).await;
    for number in 1..=4 {
        asked.ready(number, &sixteen()).await;
    }
    let before = beside.asked();
    let jobs = allocate_all(&asked, 64).await;
    assert_eq!(jobs.len(), 64);
    let units = asked.units().await;
    let allocated = |unit: &&kloigos_control::UnitRecord| unit.status == UnitStatus::Allocated;
    assert_eq!(units.iter().filter(allocated).count(), 64);
    assert!(beside.asked() > before, "the other one did nothing");
    let again = "SELECT j.attempt, j.kind, j.reason, l.line FROM jobs j \
                 LEFT JOIN job_log l ON l.job_id = j.id WHERE j.attempt > 1 ORDER BY j.id, l.seq";
    assert_eq!(ground.sql(again), "", "jobs were taken up more than once");
    for unit in &units {
        let begun = beside
            .control
            .deallocate(deallocate(&unit.id))
            .await
            .expect("a job");
        assert_eq!(asked.end_of(begun).await.status, JobStatus::Succeeded);
    }
    ground.is_sound().await;
}

async fn allocate_all(plane: &Arc<Plane>, count: usize) -> BTreeSet<String> {
    let mut callers = JoinSet::new();
    for _ in 0..count {
        let plane = plane.clone();
        callers.spawn(async move {
            let begun = plane
                .control
                .allocate(allocate(Some(4)))
                .await
                .expect("a job");
            let job = plane.end_of(begun).await;
            assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
            job.id.to_string()
        });
    }
    callers.join_all().await.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_at_another_control_plane_is_the_same_request() {
    let ground = Ground::new(1);
    let planes = [
        Arc::new(ground.plane(settings()).await),
        Arc::new(ground.plane(settings()).await),
    ];
    planes[0].ready(1, &sixteen()).await;
    let mut callers = JoinSet::new();
    for number in 0..16 {
        let plane = planes[number % 2].clone();
        callers.spawn(async move {
            let mut op = allocate(Some(4));
            op.idempotency = Some(key("k", "body"));
            let begun = plane.control.allocate(op).await.expect("a job");
            let unit = plane.control.wait_for_unit(begun.job, AT_MOST).await;
            unit.expect("a unit").expect("ready in time").id
        });
    }
    let units: BTreeSet<_> = callers.join_all().await.into_iter().collect();
    assert_eq!(units.len(), 1, "{units:?}");
    ground.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_a_scope_run_as_they_were_added_whatever_the_clocks_say() {
    let ground = Ground::new(1);
    let plane = ground.plane(settings()).await;
    plane.ready(1, &sixteen()).await;
    // As one whose clock is ahead would have written it: its id is later than all that follow.
    ground.sql(
        "INSERT INTO jobs (id, kind, state, step, status, server_id, unit_id, attempt, tries, \
         next_at, created_at, turn) SELECT 'ffffffff-0000-7000-8000-000000000000', \
         'decommissioning', '{}', 'x', 'queued', id, NULL, 0, 0, 9000000000000000, 0, \
         (SELECT MAX(turn) + 1 FROM jobs) FROM servers",
    );
    let begun = plane
        .control
        .allocate(allocate(Some(4)))
        .await
        .expect("a job");
    let poll = 20 * settings().poll;
    let waiting = plane.control.wait(begun.job, poll).await.expect("a job");
    assert_eq!(
        waiting.status,
        JobStatus::Queued,
        "it overtook what was there before it"
    );
    ground.sql("DELETE FROM jobs WHERE id LIKE 'ffffffff%'");
    assert_eq!(plane.end_of(begun).await.status, JobStatus::Succeeded);
}
