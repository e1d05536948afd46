//! Who waits for what, where the work is named, and what a repeat gets.

use std::{sync::Arc, time::Duration};

use kloigos_control::{Patience, Settings};
use kloigos_sim::fleet::{Gate, Mishap, SimFleet};
use kloigos_tests::{
    client::{Call, Client, Reply},
    keys::public_key,
    plane::{Plane, init_body},
};
use serde_json::{Value, json};

const ALLOCATE: &str = "/api/compute_units/allocate";

/// A fleet in the test's hand, its first server cut into two units.
fn stage(wait: Duration) -> (SimFleet, Plane) {
    let fleet = SimFleet::new(2);
    let patience = Patience {
        first: Duration::from_millis(10),
        most: Duration::from_millis(20),
        tries: 3,
    };
    let settings = Settings {
        repair: patience,
        contact: patience,
        revisit: Duration::from_millis(50),
        ..Settings::default()
    };
    let plane = Plane::over(Arc::new(fleet.clone()), settings, wait);
    plane.init(1, &["0-3", "4-7"]);
    (fleet, plane)
}

fn patient() -> (SimFleet, Plane) {
    stage(Duration::from_mins(1))
}

fn body() -> Value {
    json!({"tags": {"a": "b"}, "ssh_public_key": public_key(1)})
}

fn keyed(key: &str, body: &Value) -> Call {
    Call::new("POST", ALLOCATE)
        .header("Idempotency-Key", key)
        .json(body)
}

/// The job that an answer names.
#[track_caller]
fn job(reply: &Reply) -> String {
    reply
        .header("kloigos-job")
        .expect("a job is named")
        .to_owned()
}

/// The job that a 202 names three times, and where it is.
#[track_caller]
fn accepted(client: &Client, reply: &Reply) -> String {
    let view = reply.expect(202);
    let location = reply.header("location").expect("a location");
    assert_eq!(location, format!("/api/jobs/{}", job(reply)));
    assert_eq!(view["id"], job(reply));
    assert_eq!(client.get(location).expect(200)["id"], job(reply));
    location.to_owned()
}

#[test]
fn a_caller_that_does_not_wait_is_told_where_to_look() {
    let (_fleet, plane) = patient();
    let client = plane.client();
    let calls = [
        Call::new("POST", "/api/compute_units/allocate?wait=false").json(&body()),
        Call::new("POST", ALLOCATE)
            .header("Prefer", "handling=lenient, respond-async")
            .json(&body()),
    ];
    for call in calls {
        let location = accepted(client, &client.send(&call));
        let ended = client.await_get(&location, |job| job["status"] == "succeeded");
        let unit = ended["compute_id"].as_str().expect("a unit");
        let listed = client
            .get(&format!("/api/compute_units/?compute_id={unit}"))
            .expect(200);
        assert_eq!(listed[0]["status"], "allocated");
        assert!(
            ended["log"].as_array().is_some_and(|log| !log.is_empty()),
            "{ended:#}"
        );
    }
}

#[test]
fn past_the_wait_an_allocation_goes_on() {
    let (fleet, plane) = stage(Duration::from_millis(50));
    let gate = Gate::default();
    fleet.mishap(1, Mishap::WaitsBefore(gate.clone()));
    let reply = plane.client().post(ALLOCATE, &body());
    let location = accepted(plane.client(), &reply);
    gate.open();
    plane
        .client()
        .await_get(&location, |job| job["status"] == "succeeded");
}

#[test]
fn a_stop_answers_those_that_wait() {
    let (fleet, plane) = patient();
    let gate = Gate::default();
    fleet.mishap(1, Mishap::WaitsBefore(gate.clone()));
    let client = plane.client().clone();
    let caller = std::thread::spawn(move || client.post(ALLOCATE, &body()));
    plane
        .client()
        .await_get("/api/jobs?status=running", |jobs| !jobs[0].is_null());
    let _stopping = plane.stop();
    let reply = caller.join().expect("an answer");
    assert_eq!(reply.status, 202, "{}", reply.body);
    gate.open();
}

#[test]
fn what_a_call_begins_is_named_and_answered_at_once() {
    let (fleet, plane) = patient();
    let client = plane.client();
    client.post(ALLOCATE, &body()).expect(200);
    let gate = Gate::default();
    fleet.mishap(1, Mishap::WaitsBefore(gate.clone()));
    let path = "/api/compute_units/deallocate/host1_0-3";
    let first = client.delete(path);
    assert_eq!((first.status, first.body.as_str()), (200, "{}"));
    let listed = client
        .get("/api/compute_units/?status=deallocating")
        .expect(200);
    assert_eq!(listed[0]["compute_id"], "host1_0-3");
    let again = client.delete(path);
    assert_eq!(again.status, 200);
    assert_eq!(job(&again), job(&first), "a repeat is the same job");
    gate.open();
    client.await_get("/api/compute_units/?status=free", |units| {
        !units[1].is_null()
    });
    let init = client.post("/api/admin/init_server", &init_body(2, &["0-3"]));
    assert_eq!((init.status, init.body.as_str()), (200, "{}"));
    client.await_get("/api/servers/host2", |server| server["status"] == "ready");
    let leave = client.delete("/api/admin/decommission_server/host2");
    assert_eq!((leave.status, leave.body.as_str()), (200, "{}"));
    client.await_get(&format!("/api/jobs/{}", job(&leave)), |job| {
        job["status"] == "succeeded"
    });
}

#[test]
fn with_wait_the_work_is_done_when_the_answer_comes() {
    let (_fleet, plane) = patient();
    let client = plane.client();
    client
        .post("/api/admin/init_server?wait=true", &init_body(2, &["0-3"]))
        .expect(200);
    let unit = client.post(ALLOCATE, &body()).expect(200);
    let id = unit["compute_id"].as_str().expect("an id");
    let done = client.delete(&format!("/api/compute_units/deallocate/{id}?wait=true"));
    assert_eq!((done.status, done.body.as_str()), (200, "{}"));
    let free = client.get("/api/compute_units/?status=free").expect(200);
    assert_eq!(free.as_array().map(Vec::len), Some(3));
    client
        .delete("/api/admin/decommission_server/host2?wait=true")
        .expect(200);
    let gone = client
        .get("/api/compute_units/?status=decommissioned")
        .expect(200);
    assert_eq!(gone[0]["compute_id"], "host2_0-3");
}

#[test]
fn work_that_is_waited_for_and_fails_is_a_470_that_names_job_and_reason() {
    let (fleet, plane) = patient();
    let client = plane.client();
    fleet.cut(2);
    let init = client.post("/api/admin/init_server?wait=true", &init_body(2, &["0-3"]));
    assert_eq!(init.status, 470, "{}", init.body);
    assert!(
        init.detail().contains(&job(&init)) && init.detail().contains("no route"),
        "{}",
        init.body
    );
    client.post(ALLOCATE, &body()).expect(200);
    fleet.cut(1);
    let end = client.delete("/api/compute_units/deallocate/host1_0-3?wait=true");
    assert_eq!(end.status, 470, "{}", end.body);
    let ended = client.get(&format!("/api/jobs/{}", job(&end))).expect(200);
    assert_eq!(ended["status"], "failed");
    assert!(
        end.detail()
            .contains(ended["reason"].as_str().expect("a reason")),
        "{}",
        end.body
    );
}

#[test]
fn an_allocation_that_no_server_can_serve_is_a_470_and_costs_no_unit() {
    let (fleet, plane) = patient();
    fleet.cut(1);
    let reply = plane.client().post(ALLOCATE, &body());
    assert_eq!(reply.status, 470, "{}", reply.body);
    assert!(
        reply.detail().contains(&job(&reply)) && reply.detail().contains("host1"),
        "{}",
        reply.body
    );
    let units = plane
        .client()
        .get("/api/compute_units/?status=unavailable")
        .expect(200);
    assert_eq!(
        units.as_array().map(Vec::len),
        Some(2),
        "both are nobody's, and free once their server was visited"
    );
}

#[test]
fn a_repeat_with_the_same_key_and_body_is_the_same_allocation() {
    let (_fleet, plane) = patient();
    let client = plane.client();
    let first = client.send(&keyed("k1", &body()));
    let again = client.send(&keyed("k1", &body()));
    assert_eq!(first.expect(200), again.expect(200));
    assert_eq!(job(&first), job(&again));
    // The answer is that of then, whatever became of the unit.
    client
        .delete("/api/compute_units/deallocate/host1_0-3?wait=true")
        .expect(200);
    assert_eq!(client.send(&keyed("k1", &body())).expect(200), first.json());
    assert_ne!(
        client.send(&keyed("k2", &body())).expect(200)["allocation_id"],
        first.json()["allocation_id"]
    );
}

#[test]
fn a_repeat_with_the_same_key_and_another_body_is_refused() {
    let (_fleet, plane) = patient();
    let client = plane.client();
    client.send(&keyed("k1", &body())).expect(200);
    let reply = client.send(&keyed(
        "k1",
        &json!({"tags": {}, "ssh_public_key": public_key(2)}),
    ));
    let fault = reply.expect(422)["detail"][0].clone();
    assert_eq!(fault["loc"], json!(["header", "idempotency-key"]));
    // Another method or path is another request.
    let end = Call::new(
        "DELETE",
        "/api/compute_units/deallocate/host1_0-3?wait=true",
    );
    client
        .send(&end.clone().header("Idempotency-Key", "k1"))
        .expect(200);
    client
        .send(&end.header("Idempotency-Key", "k1"))
        .expect(200);
}

#[test]
fn errors_are_not_replayed() {
    let (fleet, plane) = patient();
    let client = plane.client();
    let wanted = json!({"cpu_count": 8, "tags": {}, "ssh_public_key": public_key(1)});
    assert_eq!(client.send(&keyed("k1", &wanted)).status, 460);
    plane.init(2, &["0-7"]);
    fleet.cut(2);
    assert_eq!(client.send(&keyed("k1", &wanted)).status, 470);
    fleet.mend(2);
    // A server that failed is passed over until a visit succeeds; a probe is none.
    client.await_get("/api/servers/host2", |server| {
        server["health"] != "unreachable"
    });
    client.send(&keyed("k1", &wanted)).expect(200);
}
