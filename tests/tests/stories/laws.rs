//! Death of the control plane before and after each call; death of the server at every call of its
//! machinery; every call failing once.

use kloigos_control::{JobKind, JobStatus};
use kloigos_sim::fleet::{Gate, Mishap};

use super::end::{End, before, begin, calm, same, works};
use super::town::Town;

/// The control plane dies while its request waits at the gate, and begins again.
async fn crash_at(town: Town, gate: &Gate) -> Town {
    gate.reached().await;
    let town = town.crash().await;
    town.rest().await;
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_plane_that_dies_at_any_step_of_any_job_comes_to_the_same_end() {
    for work in works() {
        let kind = work.kind;
        let (end, requests) = calm(work.clone()).await;
        assert_eq!(
            requests > 0,
            kind != JobKind::Attesting,
            "{work} changes something on the server"
        );
        for request in 0..requests {
            for done in [false, true] {
                let town = before(work.clone()).await;
                let gate = Gate::default();
                for _ in 0..request {
                    town.fleet.mishap(1, Mishap::Nothing);
                }
                town.fleet.mishap(1, waits(done, &gate));
                let begun = begin(work.clone(), &town).await.expect("a job");
                let town = crash_at(town, &gate).await;
                let job = town.end_of(begun).await;
                let place = format!("{work}, request {request}, carried out: {done}");
                assert_eq!(job.status, JobStatus::Succeeded, "{place}: {job:?}");
                assert!(job.attempts > 1, "{place}: taken up again");
                same(&End::of(&town).await, &end, &place);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_plane_that_dies_while_it_looks_at_a_server_comes_to_the_same_end() {
    for kind in [JobKind::Initializing, JobKind::Attesting] {
        let (end, _) = calm(kind).await;
        for done in [false, true] {
            let town = before(kind).await;
            let gate = Gate::default();
            town.fleet.mishap_at_look(1, waits(done, &gate));
            let begun = begin(kind, &town).await.expect("a job");
            let town = crash_at(town, &gate).await;
            let job = town.end_of(begun).await;
            assert_eq!(job.status, JobStatus::Succeeded, "{kind}: {job:?}");
            same(&End::of(&town).await, &end, "looking");
        }
    }
}

/// This happens to the first request of a job of this kind.
fn befalls(town: &Town, kind: JobKind, mishap: Mishap) {
    match kind {
        JobKind::Attesting => town.fleet.mishap_at_look(1, mishap),
        _ => town.fleet.mishap(1, mishap),
    }
}

fn waits(done: bool, gate: &Gate) -> Mishap {
    if done {
        Mishap::WaitsAfter(gate.clone())
    } else {
        Mishap::WaitsBefore(gate.clone())
    }
}

/// Some of the calls, spread over all of them, so that each kind takes seconds; how many is to be
/// had from the environment.
fn places(calls: u32) -> impl Iterator<Item = u32> {
    const PLACES: u32 = 12;
    let wanted = std::env::var("KLOIGOS_PLACES").ok();
    let places = wanted.map_or(PLACES, |places| places.parse().expect("a number"));
    let places = places.min(calls);
    let spread = (0..places).map(move |place| place * calls / places);
    // The last calls are made when the scope is done already.
    spread.chain(calls.saturating_sub(3)..calls)
}

/// How many calls the first request of a kind makes.
async fn calls(kind: JobKind) -> u32 {
    let town = before(kind).await;
    let gate = Gate::default();
    befalls(&town, kind, Mishap::WaitsAfter(gate.clone()));
    let begun = begin(kind, &town).await.expect("a job");
    gate.reached().await;
    let calls = town.fleet.calls(1);
    gate.open();
    town.end_of(begun).await;
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_at_any_call_comes_to_the_same_end() {
    for &kind in JobKind::ALL {
        let (end, _) = calm(kind).await;
        for call in places(calls(kind).await) {
            let town = before(kind).await;
            befalls(&town, kind, Mishap::DiesAfter(call));
            let begun = begin(kind, &town).await.expect("a job");
            let job = town.end_of(begun).await;
            assert_eq!(
                job.status,
                JobStatus::Succeeded,
                "{kind} at {call}: {job:?}"
            );
            town.rest().await;
            same(&End::of(&town).await, &end, &format!("{kind} at {call}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_fails_once_leaves_a_true_state() {
    for &kind in JobKind::ALL {
        let (end, _) = calm(kind).await;
        for call in places(calls(kind).await) {
            let town = before(kind).await;
            befalls(&town, kind, Mishap::FailsAfter(call));
            let begun = begin(kind, &town).await.expect("a job");
            let job = town.end_of(begun).await;
            town.rest().await;
            if job.status == JobStatus::Succeeded {
                same(&End::of(&town).await, &end, &format!("{kind} at {call}"));
            } else {
                // The only server could not do it, so that nobody could; its unit is free again.
                assert_eq!(kind, JobKind::Allocating, "at {call}: {job:?}");
                assert_eq!(town.tenant_places(1), [""; 0], "at {call}");
                let free = ["sim1_0-31 free", "sim1_32-63 free"];
                assert_eq!(town.standing().await, free, "at {call}");
            }
        }
    }
}
