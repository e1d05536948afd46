//! What people do about jobs: look on, take back, try again.

use std::time::Duration;

use kloigos_control::{
    Begun, Change, JobKind, JobPage, JobStatus, Patience, Refusal, Settings, World,
    recourse::{can_cancel, can_retry},
};
use kloigos_model::compute_unit::UnitStatus;
use kloigos_sim::fleet::{Gate, Mishap};

use super::{
    end::{End, before, before_in, begin, same},
    town::{Town, allocate, first_unit, swift},
};

/// Settings under which what is tried again waits until somebody does something.
fn patient() -> Settings {
    let hour = Duration::from_hours(1);
    let patience = Patience {
        first: hour,
        most: hour,
        tries: 4,
    };
    Settings {
        repair: patience,
        contact: patience,
        ..swift()
    }
}

/// A job that waits for its next try.
async fn waiting(town: &Town, begun: Begun) {
    let waits = |job: &kloigos_control::JobRecord| job.next_at.is_some();
    let job = town.until_job(begun, waits).await;
    assert_eq!((job.status, job.tries), (JobStatus::Queued, 1));
    assert!(can_retry(&job), "{job:?}");
    assert!(job.reason.is_some(), "it says what hindered it");
}

/// Nothing is in between, and nothing of a tenant is where none should be.
pub(super) async fn is_settled(town: &Town, place: &str) {
    for unit in town.units().await {
        let between = [
            UnitStatus::Initializing,
            UnitStatus::Allocating,
            UnitStatus::Deallocating,
            UnitStatus::Decommissioning,
        ];
        assert!(!between.contains(&unit.status), "{place}: {unit:?}");
        let quarantined = unit.status.is_quarantined();
        assert!(!quarantined || unit.reason.is_some(), "{place}: {unit:?}");
        if unit.status == UnitStatus::Free && unit.id == first_unit() {
            assert_eq!(town.tenant_places(1), [""; 0], "{place}");
        }
    }
}

fn mishaps() -> [Mishap; 4] {
    [
        Mishap::LostBefore,
        Mishap::LostAfter,
        Mishap::DiesAfter(7),
        Mishap::DiesAfter(40),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_any_kind_that_is_taken_back_leaves_a_settled_state() {
    for &kind in JobKind::ALL {
        for mishap in mishaps() {
            let place = format!("{kind}, {mishap:?}");
            let town = before_in(kind, patient()).await;
            match kind {
                JobKind::Attesting => town.fleet.mishap_at_look(1, mishap),
                _ => town.fleet.mishap(1, mishap),
            }
            let begun = begin(kind, &town).await.expect("a job");
            waiting(&town, begun).await;
            let job = town.control.job(begun.job).await.expect("a job").record;
            let job = match town.cancel(begun).await {
                Ok(job) => job,
                Err(Refusal::Conflict { reason }) => {
                    assert!(!can_cancel(&job), "{place}: {reason}");
                    town.retry(&job).await.expect("at once");
                    town.end_of(begun).await
                }
                Err(refusal) => panic!("{place}: {refusal}"),
            };
            town.rest().await;
            is_settled(&town, &place).await;
            let taken_back = job.status == JobStatus::Cancelled;
            let finished = kind == JobKind::Changing || !can_cancel_kind(kind);
            assert_ne!(taken_back, finished, "{place}: {job:?}");
            if taken_back {
                assert!(job.reason.expect("a reason").contains("a mistake"));
            }
        }
    }
}

/// What ends a tenancy or returns a server goes on; and so does a reset that was begun, which is
/// the change that is made here.
fn can_cancel_kind(kind: JobKind) -> bool {
    !matches!(kind, JobKind::Deallocating | JobKind::Decommissioning)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_taken_back_is_undone() {
    let town = before_in(JobKind::Changing, patient()).await;
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJcN5SNx3PGXnqF1tUuDQSJbhXlJtSFpvLmNRDpKDVoI \
        other";
    let keys: kloigos_model::ssh::AuthorizedKeys = key.parse().expect("a key");
    let machine = End::of(&town).await;
    town.fleet.mishap(1, Mishap::LostAfter);
    let change = town.begin_change(Change::AddKeys(keys)).await;
    let change = change.expect("a change");
    waiting(&town, change).await;
    let job = town.cancel(change).await.expect("taken back");
    assert_eq!(job.status, JobStatus::Cancelled, "{job:?}");
    let unit = town.control.unit(&first_unit()).await.expect("a unit");
    assert_eq!(unit.record.reason, None);
    let tenancy = unit.allocation.expect("a tenancy").tenancy;
    assert_eq!(tenancy.keys.iter().count(), 1);
    same(&End::of(&town).await, &machine, "undone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_its_turn_is_taken_back_untouched() {
    let town = before(JobKind::Changing).await;
    let gate = Gate::default();
    town.fleet.mishap(1, Mishap::WaitsBefore(gate.clone()));
    let first = town.begin_change(Change::Stop).await.expect("a change");
    gate.reached().await;
    let second = town.begin_change(Change::Reset).await.expect("a change");
    let asked = town.fleet.asked(1);
    let op = kloigos_control::CancelJob {
        job: second.job,
        remark: None,
    };
    town.control.cancel_job(op).await.expect("to be taken back");
    gate.open();
    assert_eq!(town.end_of(first).await.status, JobStatus::Succeeded);
    let second = town.end_of(second).await;
    assert_eq!(second.status, JobStatus::Cancelled);
    assert_eq!(town.fleet.asked(1), asked, "the server never heard of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_by_then_stays_done() {
    let town = before(JobKind::Allocating).await;
    let gate = Gate::default();
    town.fleet.mishap(1, Mishap::WaitsAfter(gate.clone()));
    let begun = town.control.allocate(allocate(None)).await.expect("a job");
    gate.reached().await;
    let op = kloigos_control::CancelJob {
        job: begun.job,
        remark: None,
    };
    town.control.cancel_job(op.clone()).await.expect("asked");
    let job = town.control.job(begun.job).await.expect("a job").record;
    assert!(job.cancel_at.is_some() && !can_cancel(&job), "{job:?}");
    gate.open();
    let job = town.end_of(begun).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    let late = town.control.cancel_job(op).await;
    assert!(matches!(late, Err(Refusal::Conflict { .. })), "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_tried_at_once_by_hand() {
    let town = before_in(JobKind::Allocating, patient()).await;
    town.fleet.mishap(1, Mishap::LostBefore);
    let begun = town.control.allocate(allocate(None)).await.expect("a job");
    waiting(&town, begun).await;
    let job = town.control.job(begun.job).await.expect("a job").record;
    let again = town.retry(&job).await.expect("at once");
    assert_eq!(again.job, begun.job);
    assert_eq!(town.end_of(begun).await.status, JobStatus::Succeeded);
}

/// The control plane dies after the server did it, and the server is away when it is back: nobody
/// knows what is there, so that the unit is nobody's and not free.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_control_plane_may_have_done_is_not_taken_for_undone() {
    let town = before(JobKind::Allocating).await;
    let gate = Gate::default();
    town.fleet.mishap(1, Mishap::WaitsAfter(gate.clone()));
    let begun = town.control.allocate(allocate(None)).await.expect("a job");
    gate.reached().await;
    assert!(town.has_tenant(1));
    town.fleet.cut(1);
    let town = town.crash().await;
    let job = town.end_of(begun).await;
    assert_eq!(job.status, JobStatus::Failed, "{job:?}");
    let unit = town.unit(&first_unit()).await;
    assert_eq!(unit.status, UnitStatus::AllocationFail, "{unit:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_job_says_is_heard_line_by_line_while_it_works() {
    let settings = Settings {
        tell: Duration::from_millis(1),
        ..swift()
    };
    let town = Town::with(1, settings, World::system()).await;
    let gate = Gate::default();
    town.fleet.mishap(1, Mishap::WaitsAfter(gate.clone()));
    let begun = town.begin_init(1, &["0-31", "32-63"]).await;
    let begun = begun.expect("an init");
    let mut watch = town.control.watch_job(begun.job, 0).await.expect("a job");
    let mut heard: Vec<JobPage> = Vec::new();
    loop {
        let page = watch.next().await.expect("the job").expect("it goes on");
        let far = page.record.progress.clone();
        heard.push(page);
        if let Some(far) = far {
            assert!(far.of > 10 && far.done <= far.of, "{far:?}");
            assert!(!far.what.is_empty());
            break;
        }
    }
    assert_eq!(
        heard.last().expect("a page").record.status,
        JobStatus::Running
    );
    gate.open();
    while let Some(page) = watch.next().await.expect("the job") {
        heard.push(page);
    }
    let last = heard.last().expect("a page").record.clone();
    assert_eq!(last.status, JobStatus::Succeeded);
    let lines = heard.iter().flat_map(|page| &page.lines);
    let lines: Vec<_> = lines.cloned().collect();
    let kept = town.control.job(begun.job).await.expect("the job").log;
    assert_eq!(lines, kept, "each once");
    let steps = lines.iter().filter_map(|line| line.step.as_deref());
    let mut steps: Vec<&str> = steps.collect();
    steps.dedup();
    assert_eq!(steps, ["contact", "prepare"]);
    let from = lines[0].seq;
    let mut again = town
        .control
        .watch_job(begun.job, from)
        .await
        .expect("a job");
    let page = again.next().await.expect("the job").expect("a page");
    assert_eq!(page.lines, lines[1..], "from there on");
    assert_eq!(again.next().await.expect("the job"), None, "it is over");
}
