//! What is not done, and what the caller is told.

use kloigos_control::{JobStatus, PathPart, Refusal, Settings, World};
use kloigos_model::{compute_unit::UnitStatus, ids::AllocationId};
use kloigos_sim::fleet::{Gate, Mishap};

use super::town::{AT_MOST, Town, allocate, deallocate, hostname, init, swift};

#[tokio::test(flavor = "multi_thread")]
async fn no_capacity_says_why_server_by_server() {
    let town = Town::new(2).await;
    let none = town.allocate(None).await.expect_err("no server");
    assert!(none.to_string().contains("there is no server"), "{none}");
    town.ready(1, &["0-31"]).await;
    town.ready(2, &["0-15"]).await;
    town.allocate(Some(32)).await.expect("a unit");
    let none = town.allocate(Some(32)).await.expect_err("none left");
    let text = none.to_string();
    assert!(
        text.contains("sim1 its one unit of that size is not free"),
        "{text}"
    );
    assert!(text.contains("sim2 has only units of 16 CPUs"), "{text}");
    assert!(matches!(none, Refusal::NoCapacity(_)));
    let mut elsewhere = allocate(None);
    elsewhere.wanted.region = Some("mars".to_owned());
    let none = town
        .allocate_as(elsewhere)
        .await
        .expect_err("no such region");
    assert!(none.to_string().contains("sim1 is in region eu"), "{none}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deallocation_is_of_the_tenancy_that_is_meant() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31"]).await;
    let first = town.allocate(None).await.expect("a unit");
    town.deallocate(&first.id).await;
    let free = town.begin_deallocate(&first.id).await;
    assert!(matches!(free, Err(Refusal::Conflict { .. })), "{free:?}");
    let second = town.allocate(None).await.expect("a unit");
    let mut op = deallocate(&second.id);
    op.allocation = first.allocation;
    let wrong = town.control.deallocate(op.clone()).await;
    assert!(
        matches!(wrong, Err(Refusal::WrongTenancy { .. })),
        "{wrong:?}"
    );
    op.allocation = second.allocation;
    town.control.deallocate(op).await.expect("its own");
    let unknown = "sim1_2-3".parse().expect("a unit id");
    let none = town.begin_deallocate(&unknown).await;
    assert!(matches!(none, Err(Refusal::NotFound { .. })), "{none:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_deallocation_is_the_same_job() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31"]).await;
    let unit = town.allocate(None).await.expect("a unit");
    let gate = Gate::default();
    town.fleet.mishap(1, Mishap::WaitsBefore(gate.clone()));
    let first = town.begin_deallocate(&unit.id).await.expect("a job");
    gate.reached().await;
    assert_eq!(town.unit(&unit.id).await.status, UnitStatus::Deallocating);
    let again = town.begin_deallocate(&unit.id).await.expect("a job");
    assert_eq!(first.job, again.job);
    gate.open();
    assert_eq!(town.end_of(first).await.status, JobStatus::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_init_is_refused_where_it_would_take_something() {
    let town = Town::new(2).await;
    town.ready(1, &["0-31", "32-63"]).await;
    let conflict = |result: Result<_, Refusal>| match result {
        Err(Refusal::Conflict { reason }) => reason,
        other => panic!("no conflict: {other:?}"),
    };
    let mut thief = init(2, &["0-31"]);
    thief.ip = init(1, &["0-31"]).ip;
    let reason = conflict(town.control.init_server(thief).await);
    assert!(reason.contains("is the address of server sim1"), "{reason}");
    let reason = conflict(town.begin_init(1, &["0-15"]).await);
    assert!(reason.contains("decommission it first"), "{reason}");
    let mut moved = init(1, &["0-31", "32-63"]);
    moved.ip = init(2, &["0"]).ip;
    let reason = conflict(town.control.init_server(moved).await);
    assert!(reason.contains("decommission it first"), "{reason}");
    let unit = town.allocate(None).await.expect("a unit");
    let reason = conflict(town.begin_init(1, &["0-31", "32-63"]).await);
    assert!(reason.contains(unit.id.as_str()), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layout_that_overlaps_names_the_range() {
    let town = Town::new(1).await;
    let refused = town.begin_init(1, &["0-15", "16-31", "8-23"]).await;
    let Err(Refusal::Invalid(faults)) = refused else {
        panic!("not refused: {refused:?}");
    };
    let path = [PathPart::Name("cpu_ranges".to_owned()), PathPart::Index(2)];
    assert_eq!(faults[0].path, path);
    assert!(town.units().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_preflight_changes_nothing_and_says_everything() {
    let town = Town::new(1).await;
    let before = town.fleet.snapshot(1);
    let job = town.init(1, &["0-15", "60-79"]).await;
    assert_eq!(job.status, JobStatus::Failed);
    let reason = job.reason.expect("a reason");
    assert!(reason.contains("no CPU 64-79"), "{reason}");
    assert_eq!(town.fleet.snapshot(1), before);
    let units = town.units().await;
    assert!(units.iter().all(|unit| unit.status == UnitStatus::InitFail));
    assert!(
        units
            .iter()
            .all(|unit| unit.reason.as_ref() == Some(&reason))
    );
    // With what was wrong put right, the same name is begun anew.
    town.ready(1, &["0-15", "16-31"]).await;
    assert_eq!(town.standing().await, ["sim1_0-15 free", "sim1_16-31 free"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_init_failed_untouched_is_decommissioned_without_being_asked() {
    let town = Town::new(1).await;
    town.fleet.cut(1);
    let job = town.init(1, &["0-15"]).await;
    assert_eq!(job.status, JobStatus::Failed);
    assert!(job.reason.expect("a reason").contains("cannot be reached"));
    let job = town.decommission(1, false).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    assert_eq!(town.fleet.asked(1), 0);
    let none = town.begin_decommission(1, false).await;
    assert!(matches!(none, Err(Refusal::NotFound { .. })), "{none:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_host_key_is_refused() {
    let town = Town::new(2).await;
    let mut op = init(1, &["0-15"]);
    op.host_key = Some(town.fleet.host_key(2));
    let begun = town.control.init_server(op).await.expect("an init");
    let job = town.end_of(begun).await;
    let reason = job.reason.expect("a reason");
    for number in [1, 2] {
        let print = town.fleet.host_key(number).fingerprint();
        assert!(reason.contains(&print), "{reason}");
    }
    let mut op = init(1, &["0-15"]);
    op.host_key = Some(town.fleet.host_key(1));
    let begun = town.control.init_server(op).await.expect("an init");
    assert_eq!(town.end_of(begun).await.status, JobStatus::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenancy_of_nobody_is_not_touched_by_another_id() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31"]).await;
    let unit = town.allocate(None).await.expect("a unit");
    let stranger: AllocationId = "0199c0de-0000-7000-8000-000000000000"
        .parse()
        .expect("an id");
    let mut op = deallocate(&unit.id);
    op.allocation = Some(stranger);
    let wrong = town.control.deallocate(op).await;
    assert!(matches!(wrong, Err(Refusal::WrongTenancy { .. })));
    assert_eq!(town.unit(&unit.id).await.status, UnitStatus::Allocated);
    let detail = town.control.server(&hostname(1)).await.expect("a server");
    assert_eq!(detail.units.len(), 1);
    let job = town.control.wait(
        "0199c0de-0000-7000-8000-000000000000"
            .parse()
            .expect("an id"),
        AT_MOST,
    );
    assert!(matches!(job.await, Err(Refusal::NotFound { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_host_key_is_refused_until_it_is_trusted_by_hand() {
    let files = tempfile::tempdir().expect("a directory");
    let known_hosts = files.path().join("known_hosts");
    let settings = Settings {
        known_hosts: vec![known_hosts.clone()],
        ..swift()
    };
    let town = Town::with(1, settings, World::system()).await;
    town.ready(1, &["0-31"]).await;
    let before = town.fleet.host_key(1);
    town.fleet.change_host_key(1, "another");
    let after = town.fleet.host_key(1);
    let refused = town
        .allocate(None)
        .await
        .expect_err("another key")
        .to_string();
    for key in [&before, &after] {
        assert!(refused.contains(&key.fingerprint()), "{refused}");
    }
    let command = format!("ssh-keyscan -p 22 127.64.0.1 >> {}", known_hosts.display());
    assert!(refused.contains(&command), "{refused}");
    assert_eq!(
        town.count(UnitStatus::Unavailable).await,
        1,
        "nothing was sent"
    );

    std::fs::write(&known_hosts, format!("127.64.0.1 {after}\n")).expect("a file");
    town.ready(1, &["0-31"]).await;
    let detail = town.control.server(&hostname(1)).await.expect("a server");
    assert_eq!(detail.record.host_key, Some(after), "pinned anew");
    town.allocate(None).await.expect("a unit");
}
