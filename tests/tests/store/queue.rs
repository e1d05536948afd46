//! How jobs are handed out.

use std::collections::BTreeSet;

use kloigos_model::ids::JobId;
use kloigos_store::{Claim, ClaimRules, Error, JobState, NewJob, Operation, Outcome, Store, Tx};
use tokio::task::JoinSet;

use super::rows::{Write, at, host1, job, server, store};

/// Takes the next job at this second, for ten seconds, on so many servers at most.
struct Take(i64, u32);

impl Operation for Take {
    type Output = Option<Claim>;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Error> {
        let rules = ClaimRules {
            now: at(self.0),
            lease_until: at(self.0 + 10),
            per_server: 4,
            servers: self.1,
        };
        tx.claim(None, &rules).await
    }
}

struct End<'a>(&'a Claim);

impl Operation for End<'_> {
    type Output = ();
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        tx.end_job(self.0.id, self.0.attempt, Outcome::Succeeded, at(0))
            .await
    }
}

struct Retry<'a>(&'a Claim, i64);

impl Operation for Retry<'_> {
    type Output = ();
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let Claim { id, attempt, .. } = *self.0;
        let state = JobState {
            step: "second".to_owned(),
            json: "{}".to_owned(),
        };
        tx.retry_job(id, attempt, &state, at(self.1), "because", at(0))
            .await
    }
}

async fn enqueue(store: &Store, job: NewJob) -> JobId {
    store.run(&Write::Job(job.clone())).await.expect("a job");
    job.id
}

async fn take(store: &Store, second: i64) -> Option<Claim> {
    store.run(&Take(second, 100)).await.expect("the queue")
}

#[tokio::test]
async fn jobs_of_a_scope_run_one_after_the_other_in_their_order() {
    let (_dir, store) = store().await;
    let (host, units) = host1(&store).await;
    let unit = Some(units[0].key);
    let first = enqueue(&store, job(host.id, unit)).await;
    let second = enqueue(&store, job(host.id, unit)).await;
    let beside = enqueue(&store, job(host.id, Some(units[1].key))).await;
    let one = take(&store, 0).await.expect("the first");
    assert_eq!(one.id, first);
    assert_eq!(take(&store, 0).await.expect("another unit's").id, beside);
    assert_eq!(take(&store, 0).await, None);
    store.run(&Retry(&one, 5)).await.expect("ours");
    assert_eq!(
        take(&store, 4).await,
        None,
        "the second waits for the first's next try"
    );
    let one = take(&store, 5).await.expect("the first again");
    assert_eq!(
        (one.id, one.tries, one.state.step.as_str()),
        (first, 1, "second")
    );
    store.run(&End(&one)).await.expect("ours");
    assert_eq!(take(&store, 5).await.expect("the second").id, second);
}

#[tokio::test]
async fn a_servers_job_runs_alone_on_it() {
    let (_dir, store) = store().await;
    let (host, units) = host1(&store).await;
    let other = server("host2", "10.0.0.2");
    store
        .run(&Write::Server(other.clone()))
        .await
        .expect("a server");
    let before = enqueue(&store, job(host.id, Some(units[0].key))).await;
    let whole = enqueue(&store, job(host.id, None)).await;
    enqueue(&store, job(host.id, Some(units[1].key))).await;
    let elsewhere = enqueue(&store, job(other.id, None)).await;
    let one = take(&store, 0).await.expect("a job");
    assert_eq!(one.id, before);
    assert_eq!(take(&store, 0).await.expect("a job").id, elsewhere);
    assert_eq!(
        take(&store, 0).await,
        None,
        "nothing overtakes the server's job"
    );
    store.run(&End(&one)).await.expect("ours");
    assert_eq!(take(&store, 0).await.expect("a job").id, whole);
    assert_eq!(take(&store, 0).await, None);
}

#[tokio::test]
async fn a_silent_holder_loses_its_job_and_can_write_no_more() {
    let (_dir, store) = store().await;
    let (host, _) = host1(&store).await;
    enqueue(&store, job(host.id, None)).await;
    let dead = take(&store, 0).await.expect("a job");
    assert_eq!(take(&store, 10).await, None, "the lease holds");
    let alive = take(&store, 11).await.expect("the same job");
    assert_eq!((alive.id, alive.attempt), (dead.id, dead.attempt + 1));
    assert!(
        !dead.died && alive.died,
        "whoever comes after a death knows"
    );
    let late = store.run(&End(&dead)).await;
    assert!(
        matches!(late, Err(Error::Missed { table: "jobs", .. })),
        "{late:?}"
    );
    let late = store.run(&Retry(&dead, 20)).await;
    assert!(
        matches!(late, Err(Error::Missed { table: "jobs", .. })),
        "{late:?}"
    );
    store.run(&End(&alive)).await.expect("its holder");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_claimers_each_job_has_one() {
    let (_dir, store) = store().await;
    for number in 0..24 {
        let host = server(&format!("h{number}"), &format!("10.0.1.{number}"));
        store
            .run(&Write::Server(host.clone()))
            .await
            .expect("a server");
        enqueue(&store, job(host.id, None)).await;
    }
    let mut claimers = JoinSet::new();
    for _ in 0..8 {
        let store = store.clone();
        claimers.spawn(async move {
            let mut mine = Vec::new();
            while let Some(claim) = take(&store, 0).await {
                mine.push(claim.id);
            }
            mine
        });
    }
    let all: Vec<JobId> = claimers.join_all().await.into_iter().flatten().collect();
    let each: BTreeSet<JobId> = all.iter().copied().collect();
    assert_eq!((all.len(), each.len()), (24, 24));
}

#[tokio::test]
async fn only_so_many_servers_are_worked_on_at_once() {
    let (_dir, store) = store().await;
    let mut hosts = Vec::new();
    for number in 0..3 {
        let host = server(&format!("h{number}"), &format!("10.0.1.{number}"));
        let new = Write::Server(host.clone());
        store.run(&new).await.expect("a server");
        enqueue(&store, job(host.id, None)).await;
        hosts.push(host.id);
    }
    let take = async || store.run(&Take(0, 2)).await.expect("the queue");
    let one = take().await.expect("the first");
    let two = take().await.expect("the second");
    assert_eq!([one.scope.server, two.scope.server], hosts[..2]);
    assert_eq!(take().await, None, "two are enough");
    store.run(&End(&one)).await.expect("ours");
    assert_eq!(take().await.expect("the third").scope.server, hosts[2]);
}

#[tokio::test]
async fn a_job_that_is_left_properly_is_not_taken_for_a_dead_ones() {
    let (_dir, store) = store().await;
    let (host, _) = host1(&store).await;
    enqueue(&store, job(host.id, None)).await;
    let first = take(&store, 0).await.expect("a job");
    store.run(&Retry(&first, 5)).await.expect("ours");
    let second = take(&store, 5).await.expect("the same job");
    assert!(!second.died);
    let third = take(&store, 100).await.expect("the same job");
    assert!(third.died, "the second was not heard of again");
}
