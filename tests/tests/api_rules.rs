//! What is answered to what cannot be done, and what is listed.

use kloigos_tests::{
    client::{Client, Reply},
    keys::public_key,
    plane::{Plane, init_body},
};
use serde_json::{Value, json};

const ALLOCATE: &str = "/api/compute_units/allocate";

fn wanted(cpu_count: u32, tags: &Value) -> Value {
    json!({"cpu_count": cpu_count, "tags": tags, "ssh_public_key": public_key(1)})
}

/// Two servers: `host1` in eu/a with two units of 4 and one of 8, `host2` in us/b with one of 4.
fn stage() -> Plane {
    let plane = Plane::simulated(2);
    plane.init(1, &["0-3", "4-7", "8-15"]);
    let mut second = init_body(2, &["0-7:2"]);
    (second["region"], second["zone"]) = (json!("us"), json!("b"));
    plane
        .client()
        .post("/api/admin/init_server?wait=true", &second)
        .expect(200);
    plane
}

fn ids(units: &Value) -> Vec<&str> {
    let units = units.as_array().into_iter().flatten();
    units
        .filter_map(|unit| unit["compute_id"].as_str())
        .collect()
}

#[track_caller]
fn refused(reply: &Reply, status: u16, sentence: &str) {
    assert_eq!(reply.status, status, "{}", reply.body);
    assert!(reply.detail().contains(sentence), "{}", reply.body);
}

#[test]
fn no_free_unit_is_a_460_that_says_why_for_each_server() {
    let plane = stage();
    let client = plane.client();
    let begins = "No free Compute Unit found to match your request";
    let reply = client.post(ALLOCATE, &wanted(5, &json!({})));
    refused(&reply, 460, begins);
    for reason in [
        "host1 has only units of 4, 8 CPUs",
        "host2 has only units of 4 CPUs",
    ] {
        assert!(reply.detail().contains(reason), "{}", reply.body);
    }
    client.post(ALLOCATE, &wanted(8, &json!({}))).expect(200);
    refused(
        &client.post(ALLOCATE, &wanted(8, &json!({}))),
        460,
        "its one unit of that size is not free",
    );
    let mut there = wanted(4, &json!({}));
    there["region"] = json!("mars");
    refused(&client.post(ALLOCATE, &there), 460, "is in region us");
    refused(
        &Plane::simulated(1)
            .client()
            .post(ALLOCATE, &wanted(4, &json!({}))),
        460,
        "there is no server",
    );
}

#[test]
fn only_the_tenancy_that_is_meant_is_ended() {
    let plane = stage();
    let client = plane.client();
    let unit = client.post(ALLOCATE, &wanted(8, &json!({}))).expect(200);
    let first = unit["allocation_id"].as_str().expect("an id");
    let path = "/api/compute_units/deallocate/host1_8-15";
    let other = "0199c0de-0000-7000-8000-000000000000";
    refused(
        &client.delete(&format!("{path}?allocation_id={other}")),
        412,
        first,
    );
    client
        .delete(&format!("{path}?allocation_id={first}&wait=true"))
        .expect(200);
    refused(&client.delete(path), 409, "free");
    client.post(ALLOCATE, &wanted(8, &json!({}))).expect(200);
    refused(
        &client.delete(&format!("{path}?allocation_id={first}")),
        412,
        first,
    );
    refused(
        &client.delete("/api/compute_units/deallocate/host1_9"),
        404,
        "host1_9",
    );
    refused(
        &client.delete("/api/compute_units/deallocate/host9_0-3"),
        404,
        "host9_0-3",
    );
}

#[test]
fn a_server_in_use_is_neither_cut_anew_nor_returned() {
    let plane = stage();
    let client = plane.client();
    client.post(ALLOCATE, &wanted(8, &json!({}))).expect(200);
    refused(
        &client.post(
            "/api/admin/init_server",
            &init_body(1, &["0-3", "4-7", "8-15"]),
        ),
        409,
        "host1_8-15",
    );
    let path = "/api/admin/decommission_server/host1";
    refused(&client.delete(path), 409, "host1_8-15");
    refused(
        &client.delete(&format!("{path}?force=false")),
        409,
        "force=true",
    );
    client
        .delete(&format!("{path}?force=true&wait=true"))
        .expect(200);
    refused(&client.delete(path), 404, "host1");
    refused(
        &client.delete("/api/admin/decommission_server/nope"),
        404,
        "nope",
    );
}

#[test]
fn a_name_or_address_that_is_anothers_is_a_409() {
    let plane = stage();
    let client = plane.client();
    let mut taken = init_body(1, &["0-3"]);
    taken["hostname"] = json!("other");
    refused(&client.post("/api/admin/init_server", &taken), 409, "host1");
    let mut elsewhere = init_body(1, &["0-3", "4-7", "8-15"]);
    elsewhere["ip"] = json!("127.64.0.9");
    refused(
        &client.post("/api/admin/init_server", &elsewhere),
        409,
        "host1",
    );
}

#[test]
fn a_decommissioned_server_is_history_and_may_come_back() {
    let plane = stage();
    let client = plane.client();
    client
        .delete("/api/admin/decommission_server/host2?wait=true")
        .expect(200);
    assert_eq!(ids(&client.get("/api/compute_units/").expect(200)).len(), 3);
    assert_eq!(
        ids(&client
            .get("/api/compute_units/?status=decommissioned")
            .expect(200)),
        ["host2_0-7-2"]
    );
    assert_eq!(
        client
            .get("/api/servers")
            .expect(200)
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(
        client.get("/api/servers/host2").expect(200)["status"],
        "decommissioned"
    );
    plane.init(2, &["0-7:2"]);
    assert_eq!(
        client.get("/api/servers/host2").expect(200)["status"],
        "ready"
    );
    assert_eq!(
        ids(&client.get("/api/compute_units/?hostname=host2").expect(200)),
        ["host2_0-7-2"]
    );
}

#[test]
fn a_free_unit_has_no_tags_and_no_time_and_an_allocated_one_has_both() {
    let plane = stage();
    let client = plane.client();
    let unit = client
        .post(
            ALLOCATE,
            &wanted(8, &json!({"deployment_id": "d1", "n": 3})),
        )
        .expect(200);
    assert_eq!(unit["tags"], json!({"deployment_id": "d1", "n": 3}));
    assert!(
        unit["started_at"]
            .as_str()
            .is_some_and(|at| at.ends_with('Z')),
        "{unit}"
    );
    assert_eq!(
        (&unit["ports_range"], &unit["user"]),
        (&json!("2400-2600"), &json!("u8-15"))
    );
    client
        .delete("/api/compute_units/deallocate/host1_8-15?wait=true")
        .expect(200);
    let free = client
        .get("/api/compute_units/?compute_id=host1_8-15")
        .expect(200)[0]
        .clone();
    assert_eq!(
        (&free["tags"], &free["started_at"], &free["allocation_id"]),
        (&json!({}), &json!(null), &json!(null))
    );
    assert_eq!(free["status"], "free");
}

/// Every filter, as a name and the value that a unit has for it.
fn filters(unit: &Value) -> Vec<(&'static str, String)> {
    let text = |name: &str| match &unit[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut filters: Vec<_> = [
        "compute_id",
        "hostname",
        "region",
        "zone",
        "cpu_count",
        "status",
    ]
    .into_iter()
    .map(|name| (name, text(name)))
    .collect();
    let deployment = unit["tags"]["deployment_id"].as_str();
    filters.extend(deployment.map(|id| ("deployment_id", id.to_owned())));
    filters
}

/// What a list of units, filtered by hand, would be.
fn matching<'u>(units: &'u [Value], wanted: &[&(&str, String)]) -> Vec<&'u str> {
    let fits = |unit: &&Value| {
        let has = filters(unit);
        wanted.iter().all(|filter| has.contains(filter))
    };
    units
        .iter()
        .filter(fits)
        .filter_map(|unit| unit["compute_id"].as_str())
        .collect()
}

#[test]
fn filters_combine_in_every_way() {
    let plane = stage();
    let client = plane.client();
    for (count, deployment) in [(4, "d1"), (8, "d2"), (4, "d2")] {
        client
            .post(
                ALLOCATE,
                &wanted(count, &json!({"deployment_id": deployment})),
            )
            .expect(200);
    }
    let units = client.get("/api/compute_units/").expect(200);
    let units = units.as_array().expect("a list");
    for unit in units {
        let filters = filters(unit);
        for chosen in 0..1_u32 << filters.len() {
            let wanted: Vec<_> = (0..)
                .zip(&filters)
                .filter(|(n, _)| chosen >> n & 1 == 1)
                .map(|(_, filter)| filter)
                .collect();
            assert_eq!(
                asked(client, &wanted),
                matching(units, &wanted),
                "{wanted:?}"
            );
        }
    }
}

fn asked(client: &Client, wanted: &[&(&str, String)]) -> Vec<String> {
    let query: Vec<String> = wanted
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let listed = client
        .get(&format!("/api/compute_units/?{}", query.join("&")))
        .expect(200);
    ids(&listed).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_status_is_found_in_any_case_and_what_nothing_has_finds_nothing() {
    let plane = stage();
    let client = plane.client();
    for status in ["free", "FREE", "Free"] {
        let units = client
            .get(&format!("/api/compute_units/?status={status}"))
            .expect(200);
        assert_eq!(ids(&units).len(), 4, "{status}");
    }
    for query in [
        "compute_id=host1_c0-3",
        "hostname=nope",
        "region=",
        "cpu_count=7",
        "deployment_id=%7B%7Bx%7D%7D",
    ] {
        assert_eq!(
            client
                .get(&format!("/api/compute_units/?{query}"))
                .expect(200),
            json!([]),
            "{query}"
        );
    }
    // Of a parameter given twice the last counts; one that is not known is passed over.
    let units = client
        .get("/api/compute_units/?zone=z&zone=b&colour=blue")
        .expect(200);
    assert_eq!(ids(&units), ["host2_0-7-2"]);
}

#[test]
fn jobs_are_listed_the_newest_first_and_by_what_they_do() {
    let plane = stage();
    let client = plane.client();
    client.post(ALLOCATE, &wanted(8, &json!({}))).expect(200);
    client
        .delete("/api/compute_units/deallocate/host1_8-15?wait=true")
        .expect(200);
    let kinds = |query: &str| -> Vec<String> {
        let jobs = client.get(&format!("/api/jobs{query}")).expect(200);
        let jobs = jobs.as_array().into_iter().flatten();
        jobs.filter_map(|job| job["kind"].as_str().map(str::to_owned))
            .collect()
    };
    assert_eq!(
        kinds(""),
        [
            "deallocating",
            "attesting",
            "allocating",
            "initializing",
            "initializing"
        ]
    );
    assert_eq!(kinds("?limit=1"), ["deallocating"]);
    assert_eq!(
        kinds("?kind=Allocating&status=SUCCEEDED&compute_id=host1_8-15"),
        ["allocating"]
    );
    assert_eq!(kinds("?hostname=host2"), ["initializing"]);
    assert_eq!(kinds("?status=failed"), [""; 0]);
}

#[test]
fn a_probe_changes_and_keeps_nothing() {
    let plane = Plane::simulated(2);
    let client = plane.client();
    let before = plane.everything();
    let seen = client
        .post("/api/servers/probe", &json!({"ip": "127.64.0.2"}))
        .expect(200);
    assert!(
        seen["host_key_fingerprint"]
            .as_str()
            .is_some_and(|print| print.starts_with("SHA256:")),
        "{seen}"
    );
    assert_eq!(seen["facts"]["cpu_range"], "0-63");
    let right = json!({"ip": "127.64.0.2", "host_key": seen["host_key"]});
    client.post("/api/servers/probe", &right).expect(200);
    let wrong = json!({"ip": "127.64.0.2", "host_key": public_key(3)});
    refused(&client.post("/api/servers/probe", &wrong), 409, "host key");
    refused(
        &client.post("/api/servers/probe", &json!({"ip": "127.64.0.9"})),
        409,
        "127.64.0.9",
    );
    assert_eq!(plane.everything(), before);
}
