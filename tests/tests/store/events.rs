//! Events: numbered in the order of their commits, and kept for a while.

use std::{collections::BTreeSet, time::Duration};

use kloigos_model::event::{EventId, EventKind};
use kloigos_store::{Error, EventFilter, EventPage, EventRecord, NewEvent, Operation, Store, Tx};
use kloigos_tests::place::Place;
use tokio::task::JoinSet;

use super::rows::{Write, at, host1, job, store};

/// Writes so many events in one transaction, which takes a while.
struct Tell(usize);

impl Operation for Tell {
    type Output = ();
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        for _ in 0..self.0 {
            let event = NewEvent::of(EventKind::UnitChanged, at(1), "it is another");
            tx.tell(&event).await?;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }
}

struct Next(EventFilter, u32);

impl Operation for Next {
    type Output = EventPage;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<EventPage, Error> {
        tx.next_events(&self.0, self.1).await
    }
}

struct Latest(EventFilter, u32);

impl Operation for Latest {
    type Output = Vec<EventRecord>;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Error> {
        tx.list_events(&self.0, self.1).await
    }
}

struct Prune(u64);

impl Operation for Prune {
    type Output = u64;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Error> {
        tx.prune_events(self.0).await
    }
}

fn after(id: EventId) -> EventFilter {
    EventFilter {
        after: Some(id),
        ..EventFilter::default()
    }
}

async fn page(store: &Store, filter: EventFilter, limit: u32) -> EventPage {
    store.view(&Next(filter, limit)).await.expect("events")
}

async fn all(store: &Store) -> Vec<EventRecord> {
    page(store, EventFilter::default(), 1000).await.events
}

fn numbers(events: &[EventRecord]) -> Vec<u64> {
    events.iter().map(|event| event.id.number()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_on_where_it_was_misses_no_writer() {
    let (place, first) = store().await;
    // Where the engine is shared, half of the writers are another process's.
    let second = if Place::is_shared() {
        place.open().await
    } else {
        first.clone()
    };
    let mut writers = JoinSet::new();
    for store in [&first, &second].into_iter().cycle().take(8) {
        let store = store.clone();
        writers.spawn(async move {
            for _ in 0..5 {
                store.run(&Tell(3)).await.expect("events");
            }
        });
    }
    let (mut heard, mut seen) = (Vec::new(), EventId::BEFORE_ALL);
    while heard.len() < 8 * 5 * 3 {
        let page = page(&first, after(seen), 7).await;
        assert!(!page.gap);
        seen = page.seen;
        heard.extend(numbers(&page.events));
    }
    writers.join_all().await;
    assert!(heard.is_sorted(), "{heard:?}");
    let once: BTreeSet<u64> = heard.iter().copied().collect();
    assert_eq!(once, (1..=120).collect(), "each once, without gaps");
    assert_eq!(numbers(&all(&first).await), heard, "as they are kept");
}

#[tokio::test]
async fn what_changes_tells_so_and_what_is_taken_back_does_not() {
    let (_place, store) = store().await;
    let (host, units) = host1(&store).await;
    let before = all(&store).await.len();
    let new = job(host.id, Some(units[0].key));
    let refused = super::rows::Refused(Write::Job(new.clone()));
    store.run(&refused).await.expect_err("taken back");
    assert_eq!(all(&store).await.len(), before);
    store.run(&Write::Job(new.clone())).await.expect("a job");
    let told = all(&store).await.pop().expect("an event");
    assert_eq!(told.kind, EventKind::JobQueued);
    assert_eq!(told.job, Some(new.id));
    assert_eq!(told.hostname.expect("a name").to_string(), "host1");
    assert_eq!(told.unit.expect("a name").to_string(), "host1_0-3");
    assert_eq!(told.became.as_deref(), Some("queued"));
    assert!(told.detail.contains("deallocating"), "{}", told.detail);
}

#[tokio::test]
async fn events_are_found_by_what_they_are_about() {
    let (_place, store) = store().await;
    let (host, units) = host1(&store).await;
    let new = job(host.id, Some(units[1].key));
    store.run(&Write::Job(new.clone())).await.expect("a job");
    let found = async |filter: EventFilter| {
        let found = store.view(&Latest(filter, 1000)).await.expect("events");
        let kinds = found.iter().map(|event| event.kind.as_str());
        kinds.collect::<Vec<_>>().join(" ")
    };
    let nothing = EventFilter::default;
    let everything = "job_queued unit_status unit_status server_status server_status";
    assert_eq!(found(nothing()).await, everything, "the newest first");
    let of_unit = EventFilter {
        compute_id: Some("host1_4-7".to_owned()),
        ..nothing()
    };
    assert_eq!(found(of_unit.clone()).await, "job_queued unit_status");
    let both = EventFilter {
        kinds: vec![EventKind::JobQueued, EventKind::JobFailed],
        ..of_unit
    };
    assert_eq!(found(both).await, "job_queued");
    let of_job = EventFilter {
        job: Some(new.id),
        ..nothing()
    };
    assert_eq!(found(of_job).await, "job_queued");
    let elsewhere = EventFilter {
        hostname: Some("host2".to_owned()),
        ..nothing()
    };
    assert_eq!(found(elsewhere).await, "");
    let later = EventFilter {
        since: Some(at(1)),
        ..nothing()
    };
    assert_eq!(
        found(later).await,
        "unit_status unit_status server_status",
        "those at that time too"
    );
    let newest = all(&store).await.pop().expect("an event").id;
    let earlier = EventFilter {
        before: Some(newest),
        ..nothing()
    };
    assert_eq!(
        found(earlier).await,
        "unit_status unit_status server_status server_status"
    );
}

#[tokio::test]
async fn a_filtered_reader_goes_on_behind_what_it_passed_over() {
    let (_place, store) = store().await;
    store.run(&Tell(5)).await.expect("events");
    let filter = EventFilter {
        kinds: vec![EventKind::JobFailed],
        ..after(EventId::BEFORE_ALL)
    };
    let page = page(&store, filter, 100).await;
    assert_eq!((page.events.len(), page.seen.number()), (0, 5));
}

#[tokio::test]
async fn old_events_are_forgotten_and_whoever_missed_them_is_told() {
    let (_place, store) = store().await;
    store.run(&Tell(10)).await.expect("events");
    let third: EventId = "3".parse().expect("an id");
    assert!(!page(&store, after(third), 100).await.gap);
    assert_eq!(store.run(&Prune(4)).await.expect("pruned"), 6);
    assert_eq!(numbers(&all(&store).await), [7, 8, 9, 10]);
    assert!(page(&store, after(third), 100).await.gap);
    let sixth: EventId = "6".parse().expect("an id");
    assert!(!page(&store, after(sixth), 100).await.gap, "nothing missed");
    assert_eq!(store.run(&Prune(0)).await.expect("pruned"), 3);
    store.run(&Tell(1)).await.expect("an event");
    assert_eq!(numbers(&all(&store).await), [10, 11], "no number twice");
}
