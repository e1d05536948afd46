//! What is listed.

use kloigos_control::{JobFilter, JobKind, UnitFilter, UnitSummary};
use kloigos_model::compute_unit::UnitStatus;
use serde_json::json;

use super::town::{Town, allocate, tags};

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_combined() {
    let town = Town::new(2).await;
    town.ready(1, &["0-15", "16-31", "32-39"]).await;
    town.ready(2, &["0-15"]).await;
    let mut op = allocate(Some(8));
    op.tags = Some(tags(json!({"deployment_id": 7, "groups": ["db"]})));
    town.allocate_as(op).await.expect("a unit");
    let mut op = allocate(Some(16));
    op.tags = None;
    let untagged = town.allocate_as(op).await.expect("a unit");
    assert_eq!(untagged.tags, None, "null stays null");
    town.rest().await;

    let text = |text: &str| Some(text.to_owned());
    let any = UnitFilter::default;
    let cases = [
        (any(), "sim1_0-15 sim1_16-31 sim1_32-39 sim2_0-15"),
        (
            UnitFilter {
                hostname: text("sim2"),
                ..any()
            },
            "sim2_0-15",
        ),
        (
            UnitFilter {
                zone: text("z1"),
                cpu_count: Some(8),
                ..any()
            },
            "sim1_32-39",
        ),
        (
            UnitFilter {
                region: text("eu"),
                cpu_count: Some(16),
                hostname: text("sim1"),
                ..any()
            },
            "sim1_0-15 sim1_16-31",
        ),
        (
            UnitFilter {
                deployment_id: text("7"),
                ..any()
            },
            "sim1_32-39",
        ),
        (
            UnitFilter {
                deployment_id: text("7"),
                cpu_count: Some(16),
                ..any()
            },
            "",
        ),
        (
            UnitFilter {
                compute_id: text("sim1_16-31"),
                ..any()
            },
            "sim1_16-31",
        ),
        (
            UnitFilter {
                compute_id: text("no such thing"),
                ..any()
            },
            "",
        ),
        (
            UnitFilter {
                status: Some(UnitStatus::Decommissioned),
                ..any()
            },
            "",
        ),
    ];
    for (filter, expected) in cases {
        let found = town.control.list_units(&filter).await.expect("units");
        let short: Vec<UnitSummary> = found.iter().cloned().map(Into::into).collect();
        assert_eq!(streamed(&town, &filter).await, short, "{filter:?}");
        let found: Vec<&str> = found.iter().map(|unit| unit.id.as_str()).collect();
        assert_eq!(found.join(" "), expected, "{filter:?}");
    }
    let free = UnitFilter {
        status: Some(UnitStatus::Free),
        ..any()
    };
    let free = town.control.list_units(&free).await.expect("units");
    assert_eq!(free.len(), 2);
}

/// The units as they are handed on while they are read.
async fn streamed(town: &Town, filter: &UnitFilter) -> Vec<UnitSummary> {
    let mut list = town.control.stream_units(filter.clone());
    let mut units = Vec::new();
    while let Some(batch) = list.next().await {
        units.extend(batch.expect("units"));
    }
    units
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_and_servers_are_listed() {
    let town = Town::new(2).await;
    town.ready(2, &["0-15"]).await;
    town.ready(1, &["0-15", "16-31"]).await;
    town.allocate(None).await.expect("a unit");
    let servers = town.control.list_servers().await.expect("servers");
    let named: Vec<String> = servers.iter().map(|s| s.hostname.to_string()).collect();
    assert_eq!(named, ["sim1", "sim2"]);
    let units: u32 = servers.iter().flat_map(|s| s.units.values()).sum();
    assert_eq!(units, 3);
    let all = town
        .control
        .list_jobs(&JobFilter::default())
        .await
        .expect("jobs");
    let kinds: Vec<JobKind> = all.iter().map(|job| job.kind).collect();
    let expected = [
        JobKind::Attesting,
        JobKind::Allocating,
        JobKind::Initializing,
        JobKind::Initializing,
    ];
    assert_eq!(kinds, expected, "the newest first");
    let of_one = JobFilter {
        hostname: Some("sim2".to_owned()),
        ..JobFilter::default()
    };
    let of_one = town.control.list_jobs(&of_one).await.expect("jobs");
    assert!(
        of_one
            .iter()
            .all(|job| job.server.as_ref().is_some_and(|s| s.as_str() == "sim2"))
    );
}
