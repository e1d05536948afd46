//! What must never be, the database forbids, whatever the code above it asks for.

use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    host::Volume,
    server::ServerVerb,
};
use kloigos_store::{Error, NewServer, NewUnit, Operation, Store, Tx, UnitFilter, UnitRecord};
use tokio::task::JoinSet;

use super::rows::{Refused, Write, host1, hostname, server, slots, store, unit};

async fn refused(store: &Store, write: Write) {
    let result = store.run(&write).await;
    assert!(matches!(result, Err(Error::Conflict { .. })), "{result:?}");
}

#[tokio::test]
async fn a_living_servers_name_and_address_are_its_own() {
    let (_dir, store) = store().await;
    host1(&store).await;
    refused(&store, Write::Server(server("host1", "10.0.0.9"))).await;
    refused(&store, Write::Server(server("host2", "10.0.0.1"))).await;
    let mut beside = server("host2", "10.0.0.1");
    beside.place.ssh_port = 2222;
    store
        .run(&Write::Server(beside))
        .await
        .expect("another port");
}

#[tokio::test]
async fn no_cpu_number_or_port_is_twice_on_a_server() {
    let (_dir, store) = store().await;
    let (host1, _) = host1(&store).await;
    let fresh = &slots(&["0-3", "4-7", "8-11"])[2];
    let taken = &slots(&["0-3"])[0];
    let same_cpu = {
        let mut slot = fresh.clone();
        slot.cpus = "7-11".parse().expect("CPUs");
        unit(&host1, 2, &slot)
    };
    let same_uid = {
        let mut slot = fresh.clone();
        slot.uid = taken.uid;
        unit(&host1, 2, &slot)
    };
    let same_user = {
        let mut slot = fresh.clone();
        slot.user = taken.user.clone();
        unit(&host1, 2, &slot)
    };
    let same_dir = {
        let mut slot = fresh.clone();
        slot.dir = taken.dir.clone();
        unit(&host1, 2, &slot)
    };
    let same_ports = unit(&host1, 0, fresh);
    for wrong in [same_cpu, same_uid, same_user, same_dir, same_ports] {
        refused(&store, Write::Unit(wrong)).await;
    }
    store
        .run(&Write::Unit(unit(&host1, 2, fresh)))
        .await
        .expect("its own");
    let other = server("host2", "10.0.0.2");
    let beside = unit(&other, 0, taken);
    store
        .run(&Write::Server(other))
        .await
        .expect("another server");
    store
        .run(&Write::Unit(beside))
        .await
        .expect("the same numbers there");
}

#[tokio::test]
async fn a_volume_is_one_living_units_of_a_server() {
    let (_dir, store) = store().await;
    let (host1, _) = host1(&store).await;
    let volume = Volume {
        path: "/dev/disk/by-id/nvme-1".parse().expect("a path"),
        wipe: false,
    };
    let fresh = slots(&["0-3", "4-7", "8-11", "12-15"]);
    let with_volume = |server: &NewServer, position: u32, slot: usize| NewUnit {
        volume: Some(volume.clone()),
        ..unit(server, position, &fresh[slot])
    };
    let first = with_volume(&host1, 2, 2);
    store.run(&Write::Unit(first)).await.expect("its own");
    refused(&store, Write::Unit(with_volume(&host1, 3, 3))).await;
    let other = server("host2", "10.0.0.2");
    let beside = with_volume(&other, 0, 0);
    store.run(&Write::Server(other)).await.expect("another");
    store
        .run(&Write::Unit(beside))
        .await
        .expect("the same there");
}

#[tokio::test]
async fn ports_follow_from_the_slot_and_never_overlap() {
    let (_dir, store) = store().await;
    host1(&store).await;
    let units = units(&store).await;
    let ports: Vec<String> = units.iter().map(|unit| unit.ports.to_string()).collect();
    assert_eq!(ports, ["2000-2200", "2200-2400"]);
    assert!(!units[0].ports.overlaps(units[1].ports));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_tenancies_at_once_a_unit_gets_one() {
    let (_dir, store) = store().await;
    let (host1, units) = host1(&store).await;
    let mut racers = JoinSet::new();
    for _ in 0..32 {
        let (store, unit, server) = (store.clone(), units[0].key, host1.id);
        racers.spawn(async move { store.run(&Write::Allocation(unit, server)).await });
    }
    let outcomes = racers.join_all().await;
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let conflicts = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(Error::Conflict { .. })))
        .count();
    assert_eq!((won, conflicts), (1, 31));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_16_units_at_once_on_the_same_cpus_one_is_made() {
    let (_dir, store) = store().await;
    let (host1, _) = host1(&store).await;
    let ranges: Vec<String> = (0..16).map(|n| format!("8,{}", 16 + n)).collect();
    let mut racers = JoinSet::new();
    for (position, range) in (2..).zip(&ranges) {
        let mut slot = slots(&[range])[0].clone();
        slot.uid += position;
        let (store, unit) = (store.clone(), unit(&host1, position, &slot));
        racers.spawn(async move { store.run(&Write::Unit(unit)).await });
    }
    let won = racers.join_all().await.iter().filter(|o| o.is_ok()).count();
    assert_eq!(won, 1, "CPU 8 has one unit");
}

#[tokio::test]
async fn an_ended_life_is_history_and_in_nobodys_way() {
    let (_dir, store) = store().await;
    let (first, units_then) = host1(&store).await;
    for unit in &units_then {
        for verb in [UnitVerb::Decommission, UnitVerb::Retire] {
            store
                .run(&Write::MoveUnit(unit.key, verb))
                .await
                .expect("its way");
        }
    }
    for verb in [ServerVerb::Decommission, ServerVerb::Retire] {
        store
            .run(&Write::MoveServer(first.id, verb))
            .await
            .expect("its way");
    }
    let (second, _) = host1(&store).await;
    assert_ne!(first.id, second.id);
    assert_eq!(units(&store).await.len(), 2, "the living");
    let old = UnitFilter {
        status: Some(UnitStatus::Decommissioned),
        ..UnitFilter::default()
    };
    assert_eq!(store.view(&List(old)).await.expect("units").len(), 2);
    let living = store.view(&FindServer("host1")).await.expect("a server");
    assert_eq!(living, Some(second.id));
}

#[tokio::test]
async fn a_refused_operation_leaves_nothing() {
    let (_dir, store) = store().await;
    let write = Write::Server(server("host1", "10.0.0.1"));
    let refused = store.run(&Refused(write)).await;
    assert!(refused.is_err());
    assert_eq!(store.view(&FindServer("host1")).await.expect("none"), None);
}

#[tokio::test]
async fn a_status_is_left_only_by_its_own_ways() {
    let (_dir, store) = store().await;
    let (_, units) = host1(&store).await;
    let forbidden = store
        .run(&Write::MoveUnit(units[0].key, UnitVerb::HandOver))
        .await;
    assert!(
        matches!(forbidden, Err(Error::Forbidden(_))),
        "{forbidden:?}"
    );
}

#[tokio::test]
async fn what_changes_a_units_desired_state_makes_it_newer() {
    let (_dir, store) = store().await;
    let (_, made) = host1(&store).await;
    let mut last = units(&store).await[0].generation;
    for (verb, newer) in [
        (UnitVerb::Allocate, true),
        (UnitVerb::HandOver, false),
        (UnitVerb::Deallocate, true),
        (UnitVerb::Clear, false),
        (UnitVerb::Allocate, true),
        (UnitVerb::GiveBack, true),
        (UnitVerb::Decommission, true),
    ] {
        store
            .run(&Write::MoveUnit(made[0].key, verb))
            .await
            .expect("its way");
        let now = units(&store).await[0].generation;
        assert_eq!(now > last, newer, "{verb}");
        assert!(now >= last);
        last = now;
    }
}

#[tokio::test]
async fn reads_cannot_write() {
    let (_dir, store) = store().await;
    let refused = store
        .view(&Write::Server(server("host1", "10.0.0.1")))
        .await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn any_text_is_looked_for_and_kept_as_text() {
    let (_dir, store) = store().await;
    let (_, made) = host1(&store).await;
    let hostile = "nul \0, quote ' \" \\, %_, \u{202e} and more \u{1F980}";
    let filter = UnitFilter {
        hostname: Some(hostile.to_owned()),
        region: Some("\0".to_owned()),
        ..UnitFilter::default()
    };
    assert_eq!(store.view(&List(filter)).await.expect("a list"), []);
    let why = Write::Why(made[0].key, hostile.to_owned());
    store.run(&why).await.expect("kept");
    let kept = units(&store).await[0].reason.clone().expect("a reason");
    assert_eq!(kept, hostile.replace('\0', "\u{FFFD}"));
}

async fn units(store: &Store) -> Vec<UnitRecord> {
    store
        .view(&List(UnitFilter::default()))
        .await
        .expect("units")
}

struct List(UnitFilter);

impl Operation for List {
    type Output = Vec<UnitRecord>;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Error> {
        tx.list_units(&self.0).await
    }
}

struct FindServer(&'static str);

impl Operation for FindServer {
    type Output = Option<kloigos_model::ids::ServerId>;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Error> {
        let found = tx.living_server(&hostname(self.0)).await?;
        Ok(found.map(|server| server.id))
    }
}
