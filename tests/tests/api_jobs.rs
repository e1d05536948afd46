//! Jobs over HTTP: their stream, taking back, trying again, filters.

use std::{sync::Arc, time::Duration};

use kloigos_control::{Patience, Settings};
use kloigos_sim::fleet::{Mishap, SimFleet};
use kloigos_tests::{
    keys::public_key,
    plane::Plane,
    sse::{Message, Stream},
};
use serde_json::{Value, json};

/// A control plane that waits an hour before it tries anything again, and its servers.
fn patient() -> (Plane, SimFleet) {
    let hour = Duration::from_hours(1);
    let patience = Patience {
        first: hour,
        most: hour,
        tries: 4,
    };
    let settings = Settings {
        repair: patience,
        contact: patience,
        ..Settings::default()
    };
    let fleet = SimFleet::new(1);
    let plane = Plane::over(Arc::new(fleet.clone()), settings, Duration::from_mins(1));
    plane.init(1, &["0-31"]);
    (plane, fleet)
}

/// Begins an allocation that waits for its next try.
fn waiting(plane: &Plane, fleet: &SimFleet) -> String {
    fleet.mishap(1, Mishap::LostAfter);
    let body = json!({"tags": null, "cpu_count": null, "ssh_public_key": public_key(1)});
    let path = "/api/compute_units/allocate?wait=false";
    let job = plane.client().post(path, &body).expect(202);
    let path = format!("/api/jobs/{}", job["id"].as_str().expect("an id"));
    plane
        .client()
        .await_get(&path, |job| job["next_at"].is_string());
    path
}

fn data(messages: &[Message], event: &str) -> Vec<Value> {
    let some = messages.iter().filter(|message| message.event == event);
    some.map(|message| message.data.clone()).collect()
}

#[test]
fn a_job_is_listened_to_up_to_its_end_and_from_any_line() {
    let plane = Plane::simulated(1);
    plane.init(1, &["0-31", "32-63"]);
    let job = plane
        .client()
        .get("/api/jobs?kind=initializing")
        .expect(200)[0]
        .clone();
    let path = format!("/api/jobs/{}", job["id"].as_str().expect("an id"));
    let heard: Vec<Message> =
        Stream::open(plane.client(), &format!("{path}/events"), None).collect();
    let shown = plane.client().get(&path).expect(200);
    assert_eq!(Value::from(data(&heard, "log")), shown["log"]);
    let end = heard.last().expect("a message");
    assert_eq!((end.event.as_str(), &end.data), ("end", &job));
    let first = heard[0].id.clone().expect("a number");
    assert_eq!(first, "1");
    let again = Stream::open(plane.client(), &format!("{path}/events"), Some(&first));
    assert_eq!(again.collect::<Vec<_>>(), heard[1..]);
    let nothing = "/api/jobs/0199c0de-0000-7000-8000-000000000000/events";
    plane.client().get(nothing).expect(404);
}

#[test]
fn a_job_that_waits_is_seen_to_wait_and_is_taken_back() {
    let (plane, fleet) = patient();
    let path = waiting(&plane, &fleet);
    let client = plane.client();
    let job = client.get(&path).expect(200);
    assert_eq!(
        (&job["status"], &job["tries"]),
        (&json!("queued"), &json!(1))
    );
    assert_eq!(
        (&job["can_cancel"], &job["can_retry"]),
        (&json!(true), &json!(true))
    );
    assert!(job["reason"].as_str().expect("why").contains("link"));
    assert!(job["next_action"].is_string());
    let mut stream = Stream::open(client, &format!("{path}/events"), None);
    while stream.next().expect("a message").event != "job" {}
    let body = json!({"reason": "a mistake"});
    let reply = client.post(&format!("{path}/cancel?wait=true"), &body);
    let job = reply.expect(202);
    assert_eq!(job["status"], "cancelled", "{job:#}");
    assert!(job["reason"].as_str().expect("why").contains("a mistake"));
    assert_eq!(reply.header("location"), Some(path.as_str()));
    let end = stream.last().expect("a message");
    assert_eq!((end.event.as_str(), &end.data), ("end", &job));
    client
        .post(&format!("{path}/cancel"), &json!({}))
        .expect(409);
    plane.await_rest();
    let units = client.get("/api/compute_units/").expect(200);
    assert_eq!(units[0]["status"], "free");
    let again = client.post(&format!("{path}/retry?wait=true"), &json!({}));
    let again = again.expect(202);
    assert_eq!(again["status"], "succeeded", "{again:#}");
    assert_eq!(again["retry_of"], job["id"]);
    let late = client.post(&format!("{path}/retry"), &json!({}));
    assert_eq!(late.expect(202)["id"], again["id"], "it was done");
}

#[test]
fn a_deallocation_is_not_taken_back_and_is_hurried() {
    let (plane, fleet) = patient();
    let body = json!({"tags": null, "cpu_count": null, "ssh_public_key": public_key(1)});
    let client = plane.client();
    client
        .post("/api/compute_units/allocate", &body)
        .expect(200);
    fleet.mishap(1, Mishap::LostAfter);
    let reply = client.delete("/api/compute_units/deallocate/host1_0-31");
    reply.expect(200);
    let path = format!("/api/jobs/{}", reply.header("kloigos-job").expect("a job"));
    let job = client.await_get(&path, |job| job["next_at"].is_string());
    assert_eq!(job["can_cancel"], false);
    let refused = client.post(&format!("{path}/cancel"), &json!({}));
    assert!(
        refused.detail().contains("tenancy is over"),
        "{}",
        refused.body
    );
    refused.expect(409);
    let same = client.post(
        &format!("{path}/retry?wait=true"),
        &json!({"reason": "now"}),
    );
    let same = same.expect(202);
    assert_eq!(
        (&same["id"], &same["status"]),
        (&job["id"], &json!("succeeded"))
    );
    client
        .post(&format!("{path}/retry"), &json!({}))
        .expect(409);
}

#[test]
fn jobs_are_found_by_what_they_do_and_how_they_stand() {
    let plane = Plane::simulated(1);
    plane.init(1, &["0-31"]);
    let body = json!({"tags": null, "cpu_count": null, "ssh_public_key": public_key(1)});
    let client = plane.client();
    client
        .post("/api/compute_units/allocate", &body)
        .expect(200);
    plane.await_rest();
    let kinds = |query: &str| {
        let jobs = client.get(&format!("/api/jobs?{query}")).expect(200);
        let jobs = jobs.as_array().expect("a list").clone();
        let kinds = jobs
            .iter()
            .map(|job| job["kind"].as_str().expect("a word").to_owned());
        kinds.collect::<Vec<_>>()
    };
    let all = ["attesting", "allocating", "initializing"];
    assert_eq!(kinds("status=succeeded,failed"), all);
    assert_eq!(kinds("kind=Initializing,allocating"), all[1..]);
    assert_eq!(kinds("status=queued,running,cancelled").len(), 0);
    let newest = client.get("/api/jobs?limit=1").expect(200)[0]["id"].clone();
    let newest = newest.as_str().expect("an id");
    assert_eq!(kinds(&format!("before={newest}")), all[1..]);
    for bad in ["kind=all", "status=queued,", "before=1"] {
        client.get(&format!("/api/jobs?{bad}")).expect(422);
    }
}
