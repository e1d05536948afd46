//! What is counted is what is living.

use kloigos_model::{compute_unit::UnitStatus, compute_unit::UnitVerb, server::ServerVerb};
use kloigos_store::{Error, JobKind, JobStatus, Operation, Tallies, Tx};

use super::rows::{Write, host1, job, server, store};

struct Count;

impl Operation for Count {
    type Output = Tallies;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Tallies, Error> {
        tx.tallies().await
    }
}

#[tokio::test]
async fn what_lives_is_counted_by_its_status() {
    let (_place, store) = store().await;
    let empty = store.view(&Count).await.expect("tallies");
    assert_eq!((empty.servers.len(), empty.jobs.len()), (0, 0));
    assert_eq!(empty.messages_waiting, 0);

    let (host1, units) = host1(&store).await;
    let taken = Write::MoveUnit(units[0].key, UnitVerb::Allocate);
    store.run(&taken).await.expect("it is free");
    let work = Write::Job(job(host1.id, Some(units[0].key)));
    store.run(&work).await.expect("a job");
    let other = server("host2", "10.0.0.2");
    let id = other.id;
    store.run(&Write::Server(other)).await.expect("a server");
    let failed = Write::MoveServer(id, ServerVerb::Fail);
    store.run(&failed).await.expect("it was being made ready");

    let tallies = store.view(&Count).await.expect("tallies");
    let [first, second] = tallies.servers.as_slice() else {
        panic!("two servers: {tallies:?}");
    };
    let cpus = [(UnitStatus::Free, 4), (UnitStatus::Allocating, 4)];
    assert_eq!(first.unit_cpus, cpus.into());
    let units = [(UnitStatus::Free, 1), (UnitStatus::Allocating, 1)];
    assert_eq!(first.record.units, units.into());
    assert!(second.unit_cpus.is_empty());
    let waiting = ((JobKind::Deallocating, JobStatus::Queued), 1);
    assert_eq!(tallies.jobs, [waiting].into());
}
