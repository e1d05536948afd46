//! A unit over HTTP while its tenancy lasts: what it is, its keys, its limits, stop and start,
//! reset, attestation.

use kloigos_model::ssh::PublicKey;
use kloigos_tests::{
    client::{Call, Client, Reply},
    keys::public_key,
    plane::{Plane, init_body},
};
use serde_json::{Value, json};

const UNIT: &str = "/api/compute_units/host1_0-3";

/// A server of two units, the first of which is a tenant's.
fn stage() -> Plane {
    let plane = Plane::simulated(2);
    plane.init(1, &["0-3", "4-7"]);
    let wanted = json!({"tags": {}, "ssh_public_key": public_key(1)});
    plane
        .client()
        .post("/api/compute_units/allocate", &wanted)
        .expect(200);
    // What follows an allocation is over, too.
    plane.await_rest();
    plane
}

fn fingerprint(line: &str) -> String {
    line.parse::<PublicKey>().expect("a key").fingerprint()
}

#[track_caller]
fn refused(reply: &Reply, status: u16, sentence: &str) {
    assert_eq!(reply.status, status, "{}", reply.body);
    assert!(reply.detail().contains(sentence), "{}", reply.body);
}

#[track_caller]
fn done(client: &Client, path: &str, body: &Value) {
    let reply = client.post(&format!("{UNIT}/{path}?wait=true"), body);
    assert!(reply.header("kloigos-job").is_some(), "it names its job");
    assert_eq!(reply.expect(200), json!({}));
}

#[test]
fn a_unit_tells_everything_of_itself() {
    let plane = stage();
    let unit = plane.client().get(UNIT).expect(200);
    assert_eq!(unit["compute_id"], "host1_0-3");
    assert_eq!(unit["status"], "allocated");
    assert_eq!(unit["activity"], "running");
    assert_eq!(
        unit["directories"],
        json!({"home": "/home/u0-3", "opt": "/opt/c0-3", "mnt": "/mnt/c0-3"})
    );
    assert_eq!(unit["keys"][0]["fingerprint"], fingerprint(&public_key(1)));
    assert_eq!(unit["limits"]["swap_max"], 0);
    assert_eq!(unit["limits"]["tasks_max"], 4096);
    assert!(unit["limits"]["memory_max"].as_u64() > Some(0));
    assert_eq!(unit["volume"], Value::Null);
    assert!(unit["attestation"]["at"].is_string());
    let unknown = plane.client().get("/api/compute_units/host1_8-9");
    refused(&unknown, 404, "there is no compute unit");
    let impossible = plane.client().get("/api/compute_units/%24%28id%29");
    refused(&impossible, 404, "there is no compute unit");
}

#[test]
fn keys_are_listed_added_and_removed() {
    let plane = stage();
    let client = plane.client();
    let keys = |client: &Client| {
        let list = client.get(&format!("{UNIT}/keys")).expect(200);
        list.as_array().map_or(0, Vec::len)
    };
    // A fingerprint with a slash in it, so that both ways of writing it are tried.
    let slashed = (2..100).map(public_key);
    let slashed = slashed
        .into_iter()
        .find(|line| fingerprint(line).contains('/'))
        .expect("one of many has a slash");
    for written in [
        fingerprint(&slashed),
        fingerprint(&slashed).replace('/', "%2F"),
    ] {
        done(
            client,
            "keys",
            &json!({"ssh_public_key": slashed, "reason": "new laptop"}),
        );
        assert_eq!(keys(client), 2);
        let path = format!("{UNIT}/keys/{written}?wait=true&reason=lost%20laptop");
        client.send(&Call::new("DELETE", &path)).expect(200);
        assert_eq!(keys(client), 1);
        let again = client.send(&Call::new("DELETE", &path));
        refused(&again, 404, "has no key");
    }
    let last = format!("{UNIT}/keys/{}", fingerprint(&public_key(1)));
    let last = client.delete(&last);
    refused(&last, 409, "last key");
    let free = client.get("/api/compute_units/host1_4-7/keys").expect(200);
    assert_eq!(free, json!([]));
}

#[test]
fn limits_are_changed_while_it_runs() {
    let plane = stage();
    let client = plane.client();
    let patch = |body: &Value| {
        client.send(&Call::new("PATCH", &format!("{UNIT}/limits?wait=true")).json(body))
    };
    let wish = json!({"limits": {"memory_max": "1G", "tasks_max": null, "io_weight": 50}});
    patch(&wish).expect(200);
    let unit = client.get(UNIT).expect(200);
    assert_eq!(unit["limits"]["memory_max"], 1_u64 << 30);
    assert_eq!(unit["limits"]["tasks_max"], Value::Null);
    assert_eq!(unit["limits"]["io_weight"], 50);
    assert_eq!(unit["limits"]["swap_max"], 0, "what is left out stays");
    assert_eq!(unit["default_limits"]["tasks_max"], 4096);
    let much = patch(&json!({"limits": {"memory_max": "4096T"}}));
    assert_eq!(much.status, 422, "{}", much.body);
    assert_eq!(
        much.json()["detail"][0]["loc"],
        json!(["body", "limits", "memory_max"])
    );
}

#[test]
fn a_unit_is_stopped_started_and_reset() {
    let plane = stage();
    let client = plane.client();
    let activity = || client.get(UNIT).expect(200)["activity"].clone();
    done(client, "stop", &json!({"mode": "freeze"}));
    assert_eq!(activity(), "frozen");
    client
        .send(&Call::new("POST", &format!("{UNIT}/stop?wait=true")))
        .expect(200);
    assert_eq!(activity(), "stopped", "without a body its processes end");
    done(client, "reset", &json!({"reason": "begin anew"}));
    let unit = client.get(UNIT).expect(200);
    assert_eq!(
        (&unit["activity"], &unit["resets"]),
        (&json!("running"), &json!(1))
    );
    done(client, "start", &json!({}));
    let free = client.post("/api/compute_units/host1_4-7/stop", &json!({}));
    refused(&free, 409, "is free");
    let stranger = "allocation_id=0199c0de-0000-7000-8000-000000000000";
    let other = client.post(&format!("{UNIT}/reset?{stranger}"), &json!({}));
    refused(&other, 412, "belongs to allocation");
}

#[test]
fn an_attestation_is_answered_and_listed() {
    let plane = stage();
    let client = plane.client();
    let made = client.send(&Call::new("POST", &format!("{UNIT}/attest")));
    let made = made.expect(200);
    assert_eq!(made["scope"], "u0-3");
    assert!(
        made["checks"]
            .as_array()
            .is_some_and(|list| !list.is_empty())
    );
    let list = client.get(&format!("{UNIT}/attestations")).expect(200);
    assert_eq!(list[0], made, "the newest first");
    assert_eq!(list.as_array().map(Vec::len), Some(2));
    let one = client
        .get(&format!("{UNIT}/attestations?limit=1"))
        .expect(200);
    assert_eq!(one.as_array().map(Vec::len), Some(1));
    let later = client.send(&Call::new("POST", &format!("{UNIT}/attest?wait=false")));
    later.expect(202);
    let server = client.post("/api/servers/host1/attest", &json!({"reason": "audit"}));
    assert_eq!(server.expect(200)["scope"], "server");
    let list = client.get("/api/servers/host1/attestations").expect(200);
    assert_eq!(list.as_array().map(Vec::len), Some(1));
}

#[test]
fn a_server_is_examined_with_its_tenants_on_it() {
    let plane = stage();
    let told = plane.client().get("/api/servers/host1/doctor").expect(200);
    assert!(told["findings"].is_array(), "{told:#}");
    assert_eq!(told["facts"]["initialised"], true);
}

#[test]
fn an_init_says_what_units_may_use_and_what_is_declined() {
    let plane = Plane::simulated(2);
    let client = plane.client();
    let mut body = init_body(1, &["0-3", "4-7"]);
    body["limits"] = json!({"memory_max": "2G", "disk_bytes": "none"});
    body["decline"] = json!(["guard_cron"]);
    body["confine_host"] = json!(true);
    client
        .post("/api/admin/init_server?wait=true", &body)
        .expect(200);
    let unit = client.get(UNIT).expect(200);
    assert_eq!(unit["limits"]["memory_max"], 2_u64 << 30);
    assert_eq!(unit["declined"], json!(["guard_cron"]));
    let server = client.get("/api/servers/host1").expect(200);
    assert_eq!(server["confine_host"], true);
    assert_eq!(server["housekeeping_cpus"], "8-63");
    let mut all = init_body(2, &["0-31", "32-63"]);
    all["confine_host"] = json!(true);
    let none_left = client.post("/api/admin/init_server?wait=true", &all);
    refused(&none_left, 470, "take every CPU");
}

#[test]
fn a_server_may_be_called_probe() {
    let plane = Plane::simulated(1);
    let mut body = init_body(1, &["0-3"]);
    body["hostname"] = json!("probe");
    let client = plane.client();
    client
        .post("/api/admin/init_server?wait=true", &body)
        .expect(200);
    let server = client.get("/api/servers/probe").expect(200);
    assert_eq!(server["hostname"], "probe");
    client.get("/api/servers/probe/doctor").expect(200);
    client
        .post("/api/servers/probe/attest", &json!({}))
        .expect(200);
    let looked = client.post("/api/servers/probe", &json!({"ip": "127.64.0.1"}));
    assert!(looked.expect(200)["findings"].is_array());
}
