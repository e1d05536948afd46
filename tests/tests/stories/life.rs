//! A server and its units from init to decommission.

use kloigos_control::{JobStatus, UnitFilter};
use kloigos_model::{
    compute_unit::UnitStatus,
    server::{Health, ServerStatus},
};
use serde_json::json;

use super::town::{AT_MOST, Town, allocate, hostname, tags};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_initialised_used_and_returned() {
    let town = Town::new(1).await;
    let before = town.fleet.snapshot(1);
    let begun = town
        .begin_init(1, &["0-15", "16-31"])
        .await
        .expect("an init");
    let listed = town.units().await;
    assert_eq!(listed.len(), 2, "units are listed at once");
    assert_eq!(town.end_of(begun).await.status, JobStatus::Succeeded);
    assert_eq!(town.standing().await, ["sim1_0-15 free", "sim1_16-31 free"]);

    let mut op = allocate(Some(16));
    op.tags = Some(tags(json!({"deployment_id": "d1"})));
    let unit = town.allocate_as(op).await.expect("a unit");
    assert_eq!(unit.status, UnitStatus::Allocated);
    assert!(unit.started_at.is_some() && unit.allocation.is_some());
    assert_eq!(unit.ports.to_string(), "2000-2200");
    assert!(town.has_tenant(1));
    let lets_in = town
        .fleet
        .on_machine(1, |machine| machine.lets_in("u0-15", unit.uid));
    assert!(lets_in, "the tenant can log in");

    let job = town.deallocate(&unit.id).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    let free = town.unit(&unit.id).await;
    assert_eq!(free.status, UnitStatus::Free);
    assert_eq!((free.started_at, free.allocation), (None, None));
    assert_eq!(free.tags, Some(tags(json!({}))));
    assert!(!town.has_tenant(1));

    let job = town.decommission(1, false).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    assert!(town.units().await.is_empty());
    assert_eq!(town.fleet.snapshot(1), before, "the machine is as it was");
    let history = UnitFilter {
        status: Some(UnitStatus::Decommissioned),
        ..UnitFilter::default()
    };
    let history = town.control.list_units(&history).await.expect("units");
    assert_eq!(history.len(), 2);
    let detail = town.control.server(&hostname(1)).await.expect("a server");
    assert_eq!(detail.record.status, ServerStatus::Decommissioned);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_is_follows_from_its_facts() {
    let town = Town::new(1).await;
    town.ready(1, &["0-15", "48-63"]).await;
    let detail = town.control.server(&hostname(1)).await.expect("a server");
    assert_eq!(detail.record.status, ServerStatus::Ready);
    assert_eq!(detail.record.host_key, Some(town.fleet.host_key(1)));
    let housekeeping = detail.record.housekeeping.map(|cpus| cpus.to_string());
    assert_eq!(housekeeping.as_deref(), Some("16-47"));
    assert!(detail.facts.expect("facts").simulated);
    let nodes: Vec<String> = detail
        .units
        .iter()
        .map(|unit| unit.memory_nodes.as_ref().expect("nodes").to_string())
        .collect();
    assert_eq!(nodes, ["0", "1"]);
    let limits = detail.units[0].limits;
    assert!(limits.memory_max.is_some_and(|bytes| bytes > 0));
    assert_eq!(
        (limits.tasks_max, limits.swap_max),
        (Some(16 * 1024), Some(0))
    );
    assert_ne!(detail.record.health, Health::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decommissioned_server_is_initialised_anew() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31", "32-63"]).await;
    let before = town.control.server(&hostname(1)).await.expect("a server");
    town.decommission(1, false).await;
    town.ready(1, &["0-15", "16-31"]).await;
    let after = town.control.server(&hostname(1)).await.expect("a server");
    assert_ne!(before.record.id, after.record.id, "new rows");
    assert_eq!(town.standing().await, ["sim1_0-15 free", "sim1_16-31 free"]);
    town.allocate(Some(16)).await.expect("a unit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ready_server_is_gone_over_again() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31", "32-63"]).await;
    let before = town.control.server(&hostname(1)).await.expect("a server");
    town.ready(1, &["0-31", "32-63"]).await;
    let after = town.control.server(&hostname(1)).await.expect("a server");
    assert_eq!(before.record.id, after.record.id, "the same life");
    assert!(after.record.generation > before.record.generation);
    assert_eq!(town.count(UnitStatus::Free).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn force_evicts_tenants() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31", "32-63"]).await;
    let unit = town.allocate(None).await.expect("a unit");
    let refused = town.begin_decommission(1, false).await;
    let text = refused.expect_err("a unit is in use").to_string();
    assert!(text.contains(unit.id.as_str()), "{text}");
    let begun = town.begin_decommission(1, true).await.expect("a job");
    let again = town.begin_decommission(1, true).await.expect("a job");
    assert_eq!(begun.job, again.job, "a repeat is the same job");
    let job = town.end_of(begun).await;
    assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    assert!(town.units().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_allocate_made_is_told_also_when_it_is_over() {
    let town = Town::new(1).await;
    town.ready(1, &["0-31"]).await;
    let begun = town.control.allocate(allocate(None)).await.expect("a job");
    let made = town.control.wait_for_unit(begun.job, AT_MOST).await;
    let made = made.expect("a job").expect("a unit");
    town.deallocate(&made.id).await;
    let told = town.control.allocated_unit(begun.job).await.expect("told");
    let told = told.expect("a unit");
    assert_eq!(told.status, UnitStatus::Allocated);
    assert_eq!(told.started_at, made.started_at);
    assert_eq!(told.allocation, made.allocation);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_tells_what_it_did() {
    let town = Town::new(1).await;
    let job = town.init(1, &["0-31"]).await;
    let detail = town.control.job(job.id).await.expect("a job");
    assert_eq!(detail.record.server, Some(hostname(1)));
    let log: Vec<&str> = detail.log.iter().map(|line| line.line.as_str()).collect();
    let fingerprint = town.fleet.host_key(1).fingerprint();
    assert!(
        log.iter().any(|line| line.contains(&fingerprint)),
        "the fingerprint that was pinned is shown: {log:?}"
    );
}
