//! Many callers at once, over HTTP.

use std::{collections::BTreeSet, sync::Barrier, thread};

use kloigos_tests::{
    client::{Client, Reply},
    keys::public_key,
    plane::Plane,
};
use serde_json::{Value, json};

const RANGES: [&str; 4] = ["0-15", "16-31", "32-47", "48-63"];

/// So many callers that all begin at the same moment.
fn at_once(count: u8, call: impl Fn(u8) -> Reply + Sync) -> Vec<Reply> {
    let begin = Barrier::new(count.into());
    thread::scope(|scope| {
        let callers: Vec<_> = (0..count)
            .map(|number| {
                let (begin, call) = (&begin, &call);
                scope.spawn(move || {
                    begin.wait();
                    call(number)
                })
            })
            .collect();
        callers
            .into_iter()
            .map(|caller| caller.join().expect("an answer"))
            .collect()
    })
}

fn allocate(client: &Client, number: u8) -> Reply {
    let body = json!({
        "cpu_count": 16, "tags": {"n": number}, "ssh_public_key": public_key(number),
    });
    client.post("/api/compute_units/allocate", &body)
}

fn with_status(units: &Value, status: &str) -> usize {
    let units = units.as_array().expect("a list");
    units.iter().filter(|unit| unit["status"] == status).count()
}

#[test]
fn sixty_four_allocations_of_sixteen_units_get_sixteen_different_ones() {
    let plane = Plane::simulated(4);
    (1..=4).for_each(|number| plane.init(number, &RANGES));
    let replies = at_once(64, |number| allocate(plane.client(), number));
    let (won, lost): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
    assert_eq!(won.len(), 16);
    let units: BTreeSet<String> = won
        .iter()
        .map(|reply| reply.json()["compute_id"].to_string())
        .collect();
    let tenancies: BTreeSet<String> = won
        .iter()
        .map(|reply| reply.json()["allocation_id"].to_string())
        .collect();
    assert_eq!((units.len(), tenancies.len()), (16, 16));
    for reply in &lost {
        assert_eq!(reply.status, 460, "{}", reply.body);
        assert!(reply.detail().contains("host4"), "{}", reply.body);
    }
    let listed = plane.client().get("/api/compute_units/").expect(200);
    assert_eq!(with_status(&listed, "allocated"), 16);
}

#[test]
fn deallocations_at_once_of_one_unit_are_one_job() {
    let plane = Plane::simulated(1);
    plane.init(1, &RANGES);
    let unit = allocate(plane.client(), 1).expect(200);
    let id = unit["compute_id"].as_str().expect("an id");
    let tenancy = unit["allocation_id"].as_str().expect("an id");
    let path = format!("/api/compute_units/deallocate/{id}?allocation_id={tenancy}");
    let replies = at_once(16, |_| plane.client().delete(&path));
    let jobs: BTreeSet<_> = replies
        .iter()
        .filter_map(|reply| reply.header("kloigos-job"))
        .collect();
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    for reply in &replies {
        // 409 and 412 are those that came when it was done already.
        assert!([200, 409, 412].contains(&reply.status), "{}", reply.body);
    }
    plane.client().await_get("/api/compute_units/", |units| {
        with_status(units, "free") == 4
    });
}

#[test]
fn repeats_at_once_with_one_idempotency_key_are_one_allocation() {
    let plane = Plane::simulated(2);
    plane.init(1, &RANGES);
    plane.init(2, &RANGES);
    let body = json!({"cpu_count": 16, "tags": {}, "ssh_public_key": public_key(1)});
    let call = kloigos_tests::client::Call::new("POST", "/api/compute_units/allocate")
        .header("Idempotency-Key", "deploy-7")
        .json(&body);
    let replies = at_once(16, |_| plane.client().send(&call));
    let units: BTreeSet<String> = replies
        .iter()
        .map(|reply| reply.expect(200).to_string())
        .collect();
    assert_eq!(units.len(), 1, "{units:?}");
    let listed = plane.client().get("/api/compute_units/").expect(200);
    assert_eq!(with_status(&listed, "allocated"), 1);
}
