//! What is heard of what happens.

use kloigos_control::{Control, EventFilter, EventRecord, EventWatch};
use kloigos_model::event::{EventId, EventKind};
use kloigos_sim::fleet::{Gate, Mishap};

use super::town::{Town, allocate};

/// Listens from behind an event.
async fn listen(control: &Control, after: EventId) -> EventWatch {
    let filter = EventFilter {
        after: Some(after),
        ..EventFilter::default()
    };
    control.watch_events(filter).await.expect("a watch")
}

/// Hears all up to one of this kind.
async fn up_to(watch: &mut EventWatch, kind: EventKind) -> Vec<EventRecord> {
    let mut heard = Vec::new();
    loop {
        let page = watch.next().await.expect("events");
        assert!(!page.gap);
        heard.extend(page.events);
        if heard.iter().any(|event| event.kind == kind) {
            return heard;
        }
    }
}

fn told(events: &[EventRecord]) -> Vec<String> {
    let told = events.iter().map(|event| match &event.became {
        Some(became) => format!("{} {became}", event.kind),
        None => event.kind.to_string(),
    });
    told.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenancy_is_told_from_its_beginning_to_its_end() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31"]).await;
    let mut watch = town
        .control
        .watch_events(EventFilter::default())
        .await
        .expect("a watch");
    let unit = town.allocate(None).await.expect("a unit");
    let heard = up_to(&mut watch, EventKind::JobSucceeded).await;
    assert_eq!(
        told(&heard)[..6],
        [
            "unit_status allocating",
            "job_queued queued",
            "job_started running",
            "unit_status allocated",
            "job_queued queued",
            "job_succeeded succeeded",
        ],
        "and a job that attests it"
    );
    assert_eq!(heard[3].job, heard[5].job, "done by the job");
    town.rest().await;
    let mut watch = listen(&town.control, watch.place()).await;
    town.deallocate(&unit.id).await;
    let heard = up_to(&mut watch, EventKind::UnitStatus).await;
    assert!(heard.iter().any(|event| {
        event.unit.as_ref() == Some(&unit.id) && event.became.as_deref() == Some("deallocating")
    }));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_told_twice_when_the_control_plane_dies() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31"]).await;
    let mut watch = town
        .control
        .watch_events(EventFilter::default())
        .await
        .expect("a watch");
    let gate = Gate::default();
    town.fleet.mishap(1, Mishap::WaitsAfter(gate.clone()));
    let begun = town.control.allocate(allocate(None)).await.expect("a job");
    let mut heard = up_to(&mut watch, EventKind::JobStarted).await;
    gate.reached().await;
    let place = watch.place();
    let town = town.crash().await;
    town.end_of(begun).await;
    let mut watch = listen(&town.control, place).await;
    heard.extend(up_to(&mut watch, EventKind::JobSucceeded).await);
    let ids = heard.iter().map(|event| event.id.number());
    let ids: Vec<u64> = ids.collect();
    let whole: Vec<u64> = (ids[0]..).take(ids.len()).collect();
    assert_eq!(ids, whole);
    let started = heard
        .iter()
        .filter(|event| event.kind == EventKind::JobStarted && event.job == Some(begun.job));
    assert_eq!(started.count(), 2, "taken up again, and told so");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_control_plane_does_another_tells() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31"]).await;
    let Some(other) = town.beside().await else {
        return;
    };
    let mut watch = other
        .watch_events(EventFilter::default())
        .await
        .expect("a watch");
    town.allocate(None).await.expect("a unit");
    let heard = up_to(&mut watch, EventKind::JobSucceeded).await;
    assert_eq!(told(&heard)[0], "unit_status allocating");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_job_waits_or_failed_is_told() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31"]).await;
    let unit = town.allocate(None).await.expect("a unit");
    town.rest().await;
    let mut watch = town
        .control
        .watch_events(EventFilter::default())
        .await
        .expect("a watch");
    town.fleet.cut(1);
    town.deallocate(&unit.id).await;
    let heard = up_to(&mut watch, EventKind::JobFailed).await;
    for kind in [EventKind::JobWaiting, EventKind::JobFailed] {
        let told = heard.iter().find(|event| event.kind == kind);
        let told = told.expect("it is told");
        assert!(told.detail.contains("no route"), "{}", told.detail);
    }
    let health = heard.iter().find(|e| e.kind == EventKind::ServerHealth);
    let health = health.expect("it is told");
    assert_eq!(health.became.as_deref(), Some("unreachable"));
}
