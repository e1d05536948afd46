//! What is changed of a unit while its tenancy lasts: keys, limits, activity, and resets.

use kloigos_control::{Change, JobStatus, Refusal, UnitDetail};
use kloigos_model::{
    compute_unit::UnitStatus,
    host::Activity,
    limits::{LimitsWish, Wish},
    ssh::{AuthorizedKeys, PublicKey},
};
use kloigos_sim::fleet::{Gate, Mishap};
use kloigos_tests::keys::public_key;

use super::{
    end::{End, same},
    town::{KEY, Town, allocate, first_unit},
};

/// A town whose first unit is the stories' tenant's.
async fn allocated() -> Town {
    let town = Town::new(1).await;
    town.ready(1, &["0-31", "32-63"]).await;
    town.allocate(None).await.expect("a unit");
    town.rest().await;
    town
}

async fn detail(town: &Town) -> UnitDetail {
    town.control.unit(&first_unit()).await.expect("a unit")
}

fn more_keys() -> Change {
    Change::AddKeys(public_key(7).parse().expect("a key"))
}

fn fingerprint(line: &str) -> String {
    line.parse::<PublicKey>().expect("a key").fingerprint()
}

fn memory(bytes: u64) -> Change {
    Change::SetLimits(LimitsWish {
        memory_max: Wish::At(bytes),
        ..LimitsWish::default()
    })
}

/// One of each kind that can be made to a unit that runs.
fn changes() -> Vec<Change> {
    vec![
        more_keys(),
        memory(512 << 20),
        Change::Stop,
        Change::Freeze,
        Change::Start,
        Change::Reset,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_and_go_while_the_unit_runs() {
    let town = allocated().await;
    let first: AuthorizedKeys = KEY.parse().expect("a key");
    for _ in 0..2 {
        let job = town.change(more_keys()).await;
        assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    }
    let open = detail(&town).await.allocation.expect("a tenancy");
    assert_eq!(open.tenancy.keys.iter().count(), 2, "the same key once");
    let blob = public_key(7);
    let blob = blob.split(' ').nth(1).expect("a blob");
    let on_server = |text: &str| {
        let machine = town.fleet.snapshot(1);
        machine
            .iter()
            .any(|(path, body)| path.contains("/etc/ssh/kloigos") && body.contains(text))
    };
    assert!(on_server(blob), "the new key lets in");
    let job = town
        .change(Change::RemoveKey(fingerprint(&public_key(7))))
        .await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    assert!(!on_server(blob), "and no more");
    let open = detail(&town).await.allocation.expect("a tenancy");
    assert_eq!(open.tenancy.keys, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_key_and_an_unknown_one_are_not_removed() {
    let town = allocated().await;
    let last = town.begin_change(Change::RemoveKey(fingerprint(KEY))).await;
    let Err(Refusal::Conflict { reason }) = last else {
        panic!("not refused: {last:?}");
    };
    assert!(reason.contains("last key"), "{reason}");
    let unknown = town
        .begin_change(Change::RemoveKey("SHA256:nobody".to_owned()))
        .await;
    assert!(
        matches!(unknown, Err(Refusal::NotFound { .. })),
        "{unknown:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_of_the_tenancy_and_end_with_it() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31", "32-63"]).await;
    let mut op = allocate(None);
    op.limits.tasks_max = Wish::At(2000);
    let unit = town.allocate_as(op).await.expect("a unit");
    let usual = unit.limits;
    let job = town.change(memory(512 << 20)).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    let now = detail(&town).await.allocation.expect("a tenancy");
    let limits = now.tenancy.limits;
    assert_eq!(
        (limits.memory_max, limits.tasks_max, limits.swap_max),
        (Some(512 << 20), Some(2000), Some(0)),
        "what was asked for first stays"
    );
    let tasks = |town: &Town| {
        let machine = town.fleet.snapshot(1);
        machine.values().any(|body| body.contains("TasksMax=2000"))
    };
    assert!(tasks(&town), "the server enforces them");
    town.deallocate(&unit.id).await;
    let free = detail(&town).await;
    assert_eq!(free.record.limits, usual, "the unit's own are as before");
    assert!(free.allocation.is_none());
    assert!(!tasks(&town), "and so are those on the server");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_memory_than_there_is_is_refused() {
    let town = allocated().await;
    let refused = town.begin_change(memory(1 << 60)).await;
    let Err(Refusal::Invalid(faults)) = refused else {
        panic!("not refused: {refused:?}");
    };
    assert!(faults[0].message.contains("memory nodes"), "{faults:?}");
    let mut op = allocate(None);
    op.limits.memory_max = Wish::At(1 << 60);
    let refused = town.allocate_as(op).await;
    assert!(matches!(refused, Err(Refusal::Invalid(_))), "{refused:?}");
    let mut op = super::town::init(1, &["0-31", "32-63"]);
    op.limits.memory_max = Wish::At(1 << 60);
    let unit = first_unit();
    town.deallocate(&unit).await;
    let begun = town.control.init_server(op).await.expect("an init");
    let job = town.end_of(begun).await;
    let reason = job.reason.expect("a reason");
    assert!(reason.contains("memory_max"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_is_stopped_frozen_and_started() {
    let town = allocated().await;
    for (change, activity) in [
        (Change::Freeze, Activity::Frozen),
        (Change::Stop, Activity::Stopped),
        (Change::Stop, Activity::Stopped),
        (Change::Start, Activity::Running),
    ] {
        let job = town.change(change).await;
        assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
        let unit = town.unit(&first_unit()).await;
        assert_eq!(unit.activity, Some(activity));
        assert_eq!(unit.status, UnitStatus::Allocated);
    }
    town.change(Change::Stop).await;
    let frozen = town.begin_change(Change::Freeze).await;
    assert!(
        matches!(frozen, Err(Refusal::Conflict { .. })),
        "{frozen:?}"
    );
}

/// And what was set while its slice ran is gone with that.
#[tokio::test(flavor = "multi_thread")]
async fn limits_that_are_changed_while_it_is_stopped_hold_when_it_starts() {
    let town = allocated().await;
    for change in [
        memory(512 << 20),
        Change::Stop,
        memory(256 << 20),
        Change::Start,
    ] {
        let job = town.change(change).await;
        assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    }
    let begun = town.begin_attest().await.expect("a job");
    town.end_of(begun).await;
    let told = town.unit(&first_unit()).await.attestation;
    let broken = told.expect("an attestation").broken;
    assert!(broken.is_empty(), "{broken:?}");
    let left = town.fleet.snapshot(1);
    let mut set = left
        .keys()
        .filter(|path| path.contains("system.control/user-"));
    assert_eq!(set.next(), None, "set while it ran");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_keeps_the_tenancy_and_counts() {
    let town = allocated().await;
    let before = detail(&town).await.allocation.expect("a tenancy");
    town.change(Change::Stop).await;
    let job = town.change(Change::Reset).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    let after = detail(&town).await.allocation.expect("a tenancy");
    assert_eq!(
        (after.id, after.tenancy.resets, after.tenancy.activity),
        (before.id, 1, Activity::Running)
    );
    assert!(town.has_tenant(1), "the same people may log in");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_allocated_unit_is_changed_and_only_the_tenancy_that_is_meant() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31", "32-63"]).await;
    for change in changes() {
        let refused = town.begin_change(change.clone()).await;
        let Err(Refusal::Conflict { reason }) = refused else {
            panic!("{change} not refused: {refused:?}");
        };
        assert!(reason.contains("is free"), "{reason}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_leaves_everything_as_it_was() {
    for change in changes() {
        let town = allocated().await;
        let before = detail(&town).await.allocation;
        town.fleet.cut(1);
        let job = town.change(change.clone()).await;
        assert_eq!(job.status, JobStatus::Failed, "{change}");
        assert!(job.reason.expect("a reason").contains("no route"));
        let after = detail(&town).await;
        assert_eq!(after.allocation, before, "{change}");
        assert_eq!(after.record.status, UnitStatus::Allocated, "{change}");
        town.fleet.mend(1);
        let job = town.change(change.clone()).await;
        assert_eq!(job.status, JobStatus::Succeeded, "{change}: {job:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_asked_for_again() {
    for change in changes() {
        for mishap in [Mishap::LostBefore, Mishap::DiesAfter(5), Mishap::LostAfter] {
            let town = allocated().await;
            town.fleet.mishap(1, mishap.clone());
            let job = town.change(change.clone()).await;
            assert_eq!(job.status, JobStatus::Succeeded, "{change} {mishap:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_again_and_again_is_taken_back() {
    for change in changes() {
        let town = allocated().await;
        let (before, end) = (detail(&town).await.allocation, End::of(&town).await);
        // Late enough that something was changed, as often as it is tried.
        let calls = calls_of(change.clone()).await;
        for _ in 0..4 {
            town.fleet.mishap(1, Mishap::FailsAfter(calls - 2));
        }
        let job = town.change(change.clone()).await;
        if job.status == JobStatus::Succeeded {
            continue;
        }
        let after = detail(&town).await;
        if change == Change::Reset {
            assert_eq!(after.record.status, UnitStatus::DeallocationFail, "{job:?}");
            let reason = after.record.reason.expect("a reason");
            assert!(reason.contains("deallocate the unit"), "{reason}");
            assert!(!town.has_tenant(1) || after.allocation.is_some());
            assert_eq!(
                town.deallocate(&first_unit()).await.status,
                JobStatus::Succeeded
            );
            assert!(!town.has_tenant(1));
        } else {
            assert_eq!(after.allocation, before, "{change}");
            assert_eq!(after.record.status, UnitStatus::Allocated, "{change}");
            same(&End::of(&town).await, &end, &change.to_string());
        }
    }
}

/// How many calls the request of a change makes.
async fn calls_of(change: Change) -> u32 {
    let town = allocated().await;
    let gate = Gate::default();
    town.fleet.mishap(1, Mishap::WaitsAfter(gate.clone()));
    let begun = town.begin_change(change).await.expect("a job");
    gate.reached().await;
    let calls = town.fleet.calls(1);
    gate.open();
    town.end_of(begun).await;
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_done_reset_that_nobody_hears_of_again_is_quarantined() {
    let town = allocated().await;
    town.fleet.mishap(1, Mishap::DiesAfter(12));
    for _ in 0..3 {
        town.fleet.mishap(1, Mishap::Unreachable);
    }
    let job = town.change(Change::Reset).await;
    assert_eq!(job.status, JobStatus::Failed);
    let unit = town.unit(&first_unit()).await;
    assert_eq!(unit.status, UnitStatus::DeallocationFail);
    assert!(unit.reason.expect("a reason").contains("reset"));
    let job = town.deallocate(&unit.id).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    assert!(!town.has_tenant(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsure_change_is_told_until_it_is_settled() {
    let town = allocated().await;
    town.fleet.mishap(1, Mishap::LostBefore);
    for _ in 0..3 {
        town.fleet.mishap(1, Mishap::Unreachable);
    }
    let job = town.change(memory(512 << 20)).await;
    assert_eq!(job.status, JobStatus::Failed);
    let unit = town.unit(&first_unit()).await;
    assert_eq!(unit.status, UnitStatus::Allocated);
    assert!(unit.reason.expect("a reason").contains("not known"));
    town.change(memory(512 << 20)).await;
    assert_eq!(town.unit(&first_unit()).await.reason, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_plane_that_dies_at_any_change_comes_to_the_same_end() {
    for change in changes() {
        let calm = allocated().await;
        calm.change(change.clone()).await;
        let end = End::of(&calm).await;
        for done in [false, true] {
            let town = allocated().await;
            let gate = Gate::default();
            let waits = if done {
                Mishap::WaitsAfter(gate.clone())
            } else {
                Mishap::WaitsBefore(gate.clone())
            };
            town.fleet.mishap(1, waits);
            let begun = town.begin_change(change.clone()).await.expect("a job");
            gate.reached().await;
            let town = town.crash().await;
            let job = town.end_of(begun).await;
            assert_eq!(job.status, JobStatus::Succeeded, "{change}: {job:?}");
            let place = format!("{change}, carried out: {done}");
            same(&End::of(&town).await, &end, &place);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deallocation_that_comes_meanwhile_wins() {
    for change in changes() {
        let town = allocated().await;
        let gate = Gate::default();
        town.fleet.mishap(1, Mishap::WaitsBefore(gate.clone()));
        let begun = town.begin_change(change.clone()).await.expect("a job");
        gate.reached().await;
        let ending = town.begin_deallocate(&first_unit()).await.expect("a job");
        gate.open();
        let job = town.end_of(begun).await;
        assert_eq!(job.status, JobStatus::Failed, "{change}: {job:?}");
        let job = town.end_of(ending).await;
        assert_eq!(job.status, JobStatus::Succeeded, "{change}: {job:?}");
        assert_eq!(town.unit(&first_unit()).await.status, UnitStatus::Free);
        assert!(!town.has_tenant(1), "{change}");
    }
}
