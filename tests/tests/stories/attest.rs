//! What the kernel says of what was promised, and where it is kept.

use kloigos_control::{Attest, JobFilter, JobKind, JobStatus, Promised, Refusal};
use kloigos_host::sys::Files;
use kloigos_sim::fleet::Mishap;

use super::town::{Town, first_unit, hostname};

async fn allocated() -> Town {
    let town = Town::new(1).await;
    town.ready(1, &["0-31", "32-63"]).await;
    town.allocate(None).await.expect("a unit");
    town.rest().await;
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn every_allocation_is_attested_and_that_is_kept() {
    let town = allocated().await;
    let unit = town.unit(&first_unit()).await;
    let told = unit.attestation.expect("an attestation");
    assert!(Some(told.at) >= unit.started_at);
    let kept = town.control.attestations_of_unit(&unit.id, 10).await;
    let kept = kept.expect("attestations");
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].allocation, unit.allocation);
    assert!(!kept[0].report.checks.is_empty(), "something was looked at");
    town.deallocate(&unit.id).await;
    let free = town.unit(&unit.id).await;
    assert_eq!(free.attestation, None, "of a tenancy that is over");
    let kept = town.control.attestations_of_unit(&unit.id, 10).await;
    assert_eq!(kept.expect("attestations").len(), 1, "and still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attestation_changes_nothing_and_the_newest_comes_first() {
    let town = allocated().await;
    let (machine, asked) = (town.fleet.snapshot(1), town.fleet.asked(1));
    let begun = town.begin_attest().await.expect("a job");
    let job = town.end_of(begun).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    assert_eq!(town.fleet.snapshot(1), machine);
    assert_eq!(town.fleet.asked(1), asked);
    let made = town.control.attestation(begun.job).await.expect("a job");
    let kept = town.control.attestations_of_unit(&first_unit(), 1).await;
    assert_eq!(kept.expect("attestations"), [made.expect("an attestation")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_servers_own_part_is_attested() {
    let town = allocated().await;
    let op = Attest {
        of: Promised::Server(hostname(1)),
        remark: None,
        idempotency: None,
    };
    let begun = town.control.attest(op).await.expect("a job");
    let job = town.end_of(begun).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    let kept = town.control.attestations_of_server(&hostname(1), 10).await;
    let kept = kept.expect("attestations");
    assert_eq!(kept.len(), 1, "those of its units are not among them");
    assert_eq!(kept[0].job, begun.job);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_promise_is_told_and_the_unit_stays_its_tenants() {
    let town = allocated().await;
    // Somebody on the server takes a directory of the unit away, behind our back.
    town.fleet.on_machine(1, |machine| {
        machine.remove_tree("/opt/c0-31").expect("it is there");
    });
    let begun = town.begin_attest().await.expect("a job");
    assert_eq!(town.end_of(begun).await.status, JobStatus::Succeeded);
    let unit = town.unit(&first_unit()).await;
    assert_eq!(unit.status.as_str(), "allocated");
    let told = unit.attestation.expect("an attestation");
    assert!(
        told.broken
            .iter()
            .any(|broken| broken.contains("/opt/c0-31")),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_asked_again_and_then_said_so() {
    let town = allocated().await;
    town.fleet.mishap_at_look(1, Mishap::LostAfter);
    let begun = town.begin_attest().await.expect("a job");
    assert_eq!(town.end_of(begun).await.status, JobStatus::Succeeded);
    town.fleet.cut(1);
    let begun = town.begin_attest().await.expect("a job");
    let job = town.end_of(begun).await;
    assert_eq!(job.status, JobStatus::Failed);
    assert!(job.reason.expect("a reason").contains("no route"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_nobodys_and_not_free_is_not_attested() {
    let town = Town::new(1).await;
    town.fleet.cut(1);
    town.init(1, &["0-31", "32-63"]).await;
    let refused = town.begin_attest().await;
    assert!(
        matches!(refused, Err(Refusal::Conflict { .. })),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_attestation_of_a_tenancy_that_is_over_asks_nothing() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31"]).await;
    for _ in 0..4 {
        let unit = town.allocate(None).await.expect("a unit");
        town.deallocate(&unit.id).await;
    }
    town.rest().await;
    let attesting = JobFilter {
        kinds: vec![JobKind::Attesting],
        ..JobFilter::default()
    };
    let jobs = town.control.list_jobs(&attesting).await.expect("jobs");
    assert_eq!(jobs.len(), 4);
    let done = |status| status == JobStatus::Succeeded;
    assert!(jobs.iter().all(|job| done(job.status)), "{jobs:?}");
}
