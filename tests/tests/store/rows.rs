//! Rows for the tests, and the operations that write them.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU32, Ordering},
};

use jiff::Timestamp;
use kloigos_model::{
    compute_unit::UnitVerb,
    host::Generation,
    ids::{AllocationId, JobId, ServerId, UnitKey},
    layout::{Numbering, Slot, plan},
    limits::{Limits, LimitsWish},
    names::{Hostname, UnitId},
    server::ServerVerb,
};
use kloigos_store::{
    Error, JobKind, JobScope, JobState, NewAllocation, NewJob, NewServer, NewUnit, Operation,
    ServerPlace, Store, Tx,
};
use kloigos_tests::place::Place;

pub(crate) const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB2AZu1bQ1Fkhd3kjTOIcCPsrO0q3P3nQ0jgAXvxcKJT";

/// A store on the engine of this run, gone with its place.
pub(crate) async fn store() -> (Place, Store) {
    let place = Place::new();
    let store = place.open().await;
    (place, store)
}

/// A UUID text that no other call gives, later ones greater.
fn next_id() -> String {
    static LAST: AtomicU32 = AtomicU32::new(1);
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    format!("0199c0de-0000-7000-8000-{number:012x}")
}

pub(crate) fn server_id() -> ServerId {
    next_id().parse().expect("an id")
}

pub(crate) fn unit_key() -> UnitKey {
    next_id().parse().expect("an id")
}

pub(crate) fn job_id() -> JobId {
    next_id().parse().expect("an id")
}

fn allocation_id() -> AllocationId {
    next_id().parse().expect("an id")
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("a time")
}

const FIRST: Generation = Generation {
    epoch: 1,
    counter: 1,
};

pub(crate) fn server(hostname: &str, ip: &str) -> NewServer {
    NewServer {
        id: server_id(),
        hostname: hostname.parse().expect("a hostname"),
        place: ServerPlace {
            ip: ip.parse().expect("an address"),
            ssh_port: 22,
            ssh_user: None,
            given_host_key: None,
            region: "eu".parse().expect("a label"),
            zone: "a".parse().expect("a label"),
            warm: true,
            declined: BTreeSet::new(),
            confined: false,
            limits: LimitsWish::default(),
        },
        numbering: Numbering::default(),
        generation: FIRST,
        created_at: at(0),
    }
}

pub(crate) fn slots(ranges: &[&str]) -> Vec<Slot> {
    let ranges: Vec<_> = ranges.iter().map(|r| r.parse().expect("CPUs")).collect();
    plan(&ranges, Numbering::default()).expect("a layout")
}

pub(crate) fn unit(server: &NewServer, position: u32, slot: &Slot) -> NewUnit {
    NewUnit {
        key: unit_key(),
        id: UnitId::of(&server.hostname, &slot.cpus),
        server: server.id,
        position,
        slot: slot.clone(),
        volume: None,
        generation: FIRST,
        created_at: at(0),
    }
}

pub(crate) fn job(server: ServerId, unit: Option<UnitKey>) -> NewJob {
    NewJob {
        id: job_id(),
        kind: JobKind::Deallocating,
        state: JobState {
            step: "first".to_owned(),
            json: "{}".to_owned(),
        },
        scope: JobScope { server, unit },
        created_at: at(0),
    }
}

/// What a test writes, in one transaction.
pub(crate) enum Write {
    Server(NewServer),
    Unit(NewUnit),
    Job(NewJob),
    /// A tenancy with a job of its own.
    Allocation(UnitKey, ServerId),
    MoveUnit(UnitKey, UnitVerb),
    MoveServer(ServerId, ServerVerb),
    /// A free unit is taken, for a reason.
    Why(UnitKey, String),
    /// A server and its units, free.
    Ready(NewServer, Vec<NewUnit>),
}

impl Operation for Write {
    type Output = ();
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        match self {
            Self::Server(server) => tx.insert_server(server).await,
            Self::Unit(unit) => tx.insert_unit(unit).await,
            Self::Job(job) => tx.insert_job(job).await,
            Self::Allocation(unit, server) => allocate(tx, *unit, *server).await,
            Self::MoveUnit(unit, verb) => tx.move_unit(*unit, *verb, None, at(1)).await.map(drop),
            Self::MoveServer(server, verb) => {
                tx.move_server(*server, *verb, None, at(1)).await.map(drop)
            }
            Self::Why(unit, reason) => {
                let taken = tx.move_unit(*unit, UnitVerb::Allocate, Some(reason), at(1));
                taken.await.map(drop)
            }
            Self::Ready(server, units) => {
                tx.insert_server(server).await?;
                tx.move_server(server.id, ServerVerb::Settle, None, at(1))
                    .await?;
                for unit in units {
                    tx.insert_unit(unit).await?;
                    tx.move_unit(unit.key, UnitVerb::Settle, None, at(1))
                        .await?;
                }
                Ok(())
            }
        }
    }
}

/// Writes, and then is refused.
pub(crate) struct Refused(pub(crate) Write);

impl Operation for Refused {
    type Output = ();
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        self.0.run(tx).await?;
        Err(Error::Contention)
    }
}

async fn allocate(tx: &mut Tx<'_>, unit: UnitKey, server: ServerId) -> Result<(), Error> {
    let job = job(server, Some(unit));
    tx.insert_job(&job).await?;
    let allocation = NewAllocation {
        id: allocation_id(),
        unit,
        job: job.id,
        keys: &KEY.parse().expect("a key"),
        limits: &Limits::default(),
        tags: None,
        created_at: at(0),
    };
    tx.insert_allocation(&allocation).await
}

/// A ready server `host1` with two free units.
pub(crate) async fn host1(store: &Store) -> (NewServer, Vec<NewUnit>) {
    let server = server("host1", "10.0.0.1");
    let units: Vec<NewUnit> = (0..)
        .zip(slots(&["0-3", "4-7"]))
        .map(|(position, slot)| unit(&server, position, &slot))
        .collect();
    let ready = Write::Ready(server.clone(), units.clone());
    store.run(&ready).await.expect("rows");
    (server, units)
}

pub(crate) fn hostname(name: &str) -> Hostname {
    name.parse().expect("a hostname")
}
