//! Bad input: every field of every request against a table of hostile values. Each is answered
//! with a sentence that names the fault, nothing is written and nothing is run.

#[path = "api/hostile.rs"]
mod hostile;

use std::sync::Arc;

use hostile::Case;
use kloigos_control::Settings;
use kloigos_sim::fleet::SimFleet;
use kloigos_tests::{
    client::{Call, Client, Reply},
    keys::public_key,
    plane::{Plane, init_body},
};
use serde_json::{Value, json};

/// A plane with a server in use, which must be the same afterwards, and its fleet.
struct Stage {
    fleet: SimFleet,
    plane: Plane,
}

impl Stage {
    fn new() -> Self {
        let fleet = SimFleet::new(2);
        let wait = std::time::Duration::from_mins(1);
        let plane = Plane::over(Arc::new(fleet.clone()), Settings::default(), wait);
        plane.init(1, &["0-3", "4-7"]);
        let taken = plane
            .client()
            .post("/api/compute_units/allocate", &allocate_body());
        taken.expect(200);
        // What follows an allocation is over, too.
        plane.await_rest();
        Self { fleet, plane }
    }

    fn client(&self) -> &Client {
        self.plane.client()
    }

    /// What is listed and how often the servers were asked to change something.
    fn state(&self) -> (Value, usize, usize) {
        (
            self.plane.everything(),
            self.fleet.asked(1),
            self.fleet.asked(2),
        )
    }

    /// Nothing of what `act` does changes anything.
    #[track_caller]
    fn unchanged(&self, act: impl FnOnce()) {
        let before = self.state();
        act();
        assert_eq!(self.state(), before);
    }
}

fn allocate_body() -> Value {
    json!({"cpu_count": 4, "region": "eu", "zone": "a", "tags": {}, "ssh_public_key": public_key(9)})
}

/// Every value of every field: 422, at that field, with its sentence.
fn refused(client: &Client, path: &str, sound: &Value, fields: Vec<(&str, Vec<Case>)>) {
    for (field, cases) in fields {
        for (value, sentence) in cases {
            let mut body = sound.clone();
            body[field] = value.clone();
            let reply = client.post(path, &body);
            let shown = value.to_string().chars().take(80).collect::<String>();
            assert_eq!(reply.status, 422, "{field} = {shown}: {}", reply.body);
            assert!(
                names(&reply, "body", field, sentence),
                "{field} = {shown}: {}",
                reply.body
            );
        }
    }
}

/// The same for a call by PATCH.
fn patched(client: &Client, path: &str, sound: &Value, fields: Vec<(&str, Vec<Case>)>) {
    for (field, cases) in fields {
        for (value, sentence) in cases {
            let mut body = sound.clone();
            body[field] = value.clone();
            let reply = client.send(&Call::new("PATCH", path).json(&body));
            assert_eq!(reply.status, 422, "{field} = {value}: {}", reply.body);
            assert!(
                names(&reply, "body", field, sentence),
                "{field} = {value}: {}",
                reply.body
            );
        }
    }
}

/// Whether some fault at this field says so, and every fault says something.
fn names(reply: &Reply, root: &str, field: &str, sentence: &str) -> bool {
    let detail = reply.json()["detail"].clone();
    let faults = detail.as_array().cloned().unwrap_or_default();
    let here = |fault: &&Value| fault["loc"][0] == root && fault["loc"][1] == field;
    let says = |fault: &Value| {
        fault["msg"]
            .as_str()
            .is_some_and(|msg| msg.contains(sentence))
    };
    faults.iter().filter(here).any(says)
}

#[test]
fn every_field_of_an_allocate_is_checked() {
    let stage = Stage::new();
    stage.unchanged(|| {
        refused(
            stage.client(),
            "/api/compute_units/allocate",
            &allocate_body(),
            hostile::allocate(),
        );
    });
}

#[test]
fn every_field_of_an_init_is_checked() {
    let stage = Stage::new();
    stage.unchanged(|| {
        let sound = init_body(2, &["0-3", "4-7"]);
        refused(
            stage.client(),
            "/api/admin/init_server",
            &sound,
            hostile::init(),
        );
    });
}

#[test]
fn every_field_of_a_probe_is_checked() {
    let stage = Stage::new();
    stage.unchanged(|| {
        let sound = json!({"ip": "127.64.0.2"});
        refused(
            stage.client(),
            "/api/servers/probe",
            &sound,
            hostile::probe(),
        );
    });
}

#[test]
fn every_field_of_a_change_is_checked() {
    let stage = Stage::new();
    stage.unchanged(|| {
        for (call, sound, fields) in hostile::changes() {
            let path = format!("/api/compute_units/host1_0-3/{call}");
            if call == "limits" {
                patched(stage.client(), &path, &sound, fields);
            } else {
                refused(stage.client(), &path, &sound, fields);
            }
        }
    });
}

#[test]
fn no_hostile_fingerprint_is_a_key() {
    let stage = Stage::new();
    stage.unchanged(|| {
        for print in [
            "a",
            "%00",
            "%24%28id%29",
            "..",
            "../../../etc/passwd",
            "SHA256:%0A",
            "a%2Fb%2Fc",
        ] {
            let path = format!("/api/compute_units/host1_0-3/keys/{print}");
            let reply = stage.client().send(&Call::new("DELETE", &path));
            assert_eq!(reply.status, 404, "{print}: {}", reply.body);
        }
        let reply = stage.client().send(&Call::new(
            "DELETE",
            "/api/compute_units/host1_0-3/keys/x?reason=a%0Ab",
        ));
        assert!(
            names(&reply, "query", "reason", "one line"),
            "{}",
            reply.body
        );
    });
}

#[test]
fn every_filter_is_checked() {
    let stage = Stage::new();
    stage.unchanged(|| {
        for (path, field, values) in hostile::filters() {
            for value in values {
                let reply = stage.client().get(&format!("{path}?{field}={value}"));
                assert_eq!(reply.status, 422, "{path} {field}={value}: {}", reply.body);
                assert!(
                    names(&reply, "query", field, ""),
                    "{field}={value}: {}",
                    reply.body
                );
            }
        }
    });
}

#[test]
fn every_other_parameter_is_checked() {
    let stage = Stage::new();
    let unit = "/api/compute_units/deallocate/host1_0-3";
    stage.unchanged(|| {
        for (path, field) in [
            (format!("{unit}?wait=maybe"), "wait"),
            (format!("{unit}?wait="), "wait"),
            (format!("{unit}?allocation_id=1"), "allocation_id"),
            (format!("{unit}?allocation_id=%27%3B--"), "allocation_id"),
            (
                "/api/admin/decommission_server/host1?force=perhaps".to_owned(),
                "force",
            ),
            (
                "/api/admin/decommission_server/host1?wait=2".to_owned(),
                "wait",
            ),
        ] {
            let reply = stage.client().delete(&path);
            assert_eq!(reply.status, 422, "{path}: {}", reply.body);
            assert!(names(&reply, "query", field, ""), "{path}: {}", reply.body);
        }
    });
}

#[test]
fn every_name_in_a_path_is_checked() {
    let stage = Stage::new();
    let names = [
        "nope",
        "host1_c0-3",
        "host1_0-3%0A",
        "%24%28id%29",
        "..%2F..%2Fetc%2Fpasswd",
        "%2e%2e",
        "%00",
        "%FF",
        "a%20b",
        "%7B%7B7*7%7D%7D",
        "HOST1_0-3;id",
    ];
    stage.unchanged(|| {
        for name in names.iter().copied().chain([&*"x".repeat(3000)]) {
            for (method, path) in [
                ("DELETE", "/api/compute_units/deallocate/"),
                ("DELETE", "/api/admin/decommission_server/"),
                ("GET", "/api/servers/"),
                ("GET", "/api/jobs/"),
            ] {
                let reply = stage
                    .client()
                    .send(&Call::new(method, &format!("{path}{name}")));
                assert_eq!(reply.status, 404, "{method} {path}{name}: {}", reply.body);
                assert!(
                    !reply.detail().is_empty() && reply.body.len() < 600,
                    "{}",
                    reply.body
                );
            }
        }
    });
}

#[test]
fn every_body_that_is_no_request_is_refused() {
    let stage = Stage::new();
    let key = public_key(9);
    let nan = format!("{{\"cpu_count\": NaN, \"tags\": {{}}, \"ssh_public_key\": \"{key}\"}}");
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"\"x\"".to_vec(),
        b"{".to_vec(),
        b"{}{}".to_vec(),
        nan.clone().into_bytes(),
        nan.replace("NaN", "Infinity").into_bytes(),
        nan.replace("NaN", "-Infinity").into_bytes(),
        nan.replace("NaN", "1e999").into_bytes(),
        nan.replace("NaN", "0123").into_bytes(),
        b"\xff\xfe{\0}\0".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        b"{\"tags\": \"\xff\"}".to_vec(),
        b"{\"tags\": {\"a\": \"\\ud800\"}}".to_vec(),
        "[".repeat(100_000).into_bytes(),
        "{\"a\":".repeat(100_000).into_bytes(),
    ];
    stage.unchanged(|| {
        for path in [
            "/api/compute_units/allocate",
            "/api/admin/init_server",
            "/api/servers/probe",
        ] {
            for body in &bodies {
                let call = Call::new("POST", path).header("Content-Type", "application/json");
                let reply = stage.client().send(&call.body(body.clone()));
                let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
                assert_eq!(reply.status, 422, "{path} {shown}: {}", reply.body);
            }
            let large = vec![b' '; (1 << 20) + 1];
            let reply = stage.client().send(&Call::new("POST", path).body(large));
            assert_eq!(reply.status, 413);
            assert!(reply.detail().contains("1 MiB"), "{}", reply.body);
        }
    });
}

#[test]
fn every_header_of_ours_is_checked() {
    let stage = Stage::new();
    let long = "k".repeat(256);
    stage.unchanged(|| {
        for key in ["", "a b", "ä", long.as_str()] {
            let call =
                Call::new("POST", "/api/compute_units/allocate").header("Idempotency-Key", key);
            let reply = stage.client().send(&call.json(&allocate_body()));
            assert_eq!(reply.status, 422, "{key:?}: {}", reply.body);
            assert!(
                names(&reply, "header", "idempotency-key", "visible ASCII"),
                "{}",
                reply.body
            );
        }
    });
}

#[test]
fn faults_of_the_query_the_headers_and_the_body_are_told_together() {
    let stage = Stage::new();
    let call =
        Call::new("POST", "/api/admin/init_server?wait=perhaps").header("Idempotency-Key", "a b");
    let body = json!({"ip": "x", "zone": 1, "hostname": "a_b", "cpu_ranges": ["", "0-3", 7, "2-5"], "ssh_port": 0});
    let reply = stage.client().send(&call.json(&body));
    let faults = reply.expect(422)["detail"].clone();
    let places: Vec<&Value> = faults
        .as_array()
        .expect("faults")
        .iter()
        .map(|fault| &fault["loc"])
        .collect();
    let expected = [
        json!(["query", "wait"]),
        json!(["header", "idempotency-key"]),
        json!(["body", "ip"]),
        json!(["body", "region"]),
        json!(["body", "zone"]),
        json!(["body", "hostname"]),
        json!(["body", "cpu_ranges", 0]),
        json!(["body", "cpu_ranges", 2]),
        json!(["body", "ssh_port"]),
    ];
    assert_eq!(places, expected.iter().collect::<Vec<_>>(), "{faults:#}");
}

#[test]
fn every_overlap_is_told_at_its_range() {
    let stage = Stage::new();
    let body = init_body(2, &["0-3", "2-5", "8-11", "11-12", "20"]);
    let faults = stage
        .client()
        .post("/api/admin/init_server", &body)
        .expect(422)["detail"]
        .clone();
    let places: Vec<&Value> = faults
        .as_array()
        .expect("faults")
        .iter()
        .map(|fault| &fault["loc"][2])
        .collect();
    assert_eq!(places, [&json!(1), &json!(3)], "{faults:#}");
}

#[test]
fn a_private_key_is_never_sent_back() {
    let stage = Stage::new();
    let secret = "b3BlbnNzaC1rZXktdjEAAAAA";
    let key =
        format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{secret}\n-----END OPENSSH PRIVATE KEY-----");
    let reply = stage.client().post(
        "/api/compute_units/allocate",
        &json!({"ssh_public_key": key}),
    );
    reply.expect(422);
    assert!(
        reply.body.contains("this is a private key") && !reply.body.contains(secret),
        "{}",
        reply.body
    );
}

#[test]
fn what_looks_hostile_in_a_tag_is_data_and_comes_back_as_it_was() {
    let stage = Stage::new();
    let mut body = allocate_body();
    body["tags"] = json!({
        "{{ 7*7 }}": "$(reboot)", "a;b": "`id`", "../x": "'; DROP TABLE units; --", "n": -9_223_372_036_854_775_808_i64,
        "l": ["{% x %}", "\u{202e}", "%00"],
    });
    let unit = stage
        .client()
        .post("/api/compute_units/allocate", &body)
        .expect(200);
    assert_eq!(unit["tags"].to_string(), body["tags"].to_string());
}

#[test]
fn what_only_the_server_can_tell_ends_as_init_fail_with_its_reason() {
    let stage = Stage::new();
    let before = stage.fleet.snapshot(2);
    let body = init_body(2, &["0-3", "60-67"]);
    let reply = stage
        .client()
        .post("/api/admin/init_server?wait=true", &body);
    assert_eq!(reply.status, 470, "{}", reply.body);
    assert!(reply.detail().contains("no CPU 64-67"), "{}", reply.body);
    assert_eq!(stage.fleet.snapshot(2), before, "the server is as it was");
    let units = stage
        .client()
        .get("/api/compute_units/?hostname=host2")
        .expect(200);
    for unit in units.as_array().expect("a list") {
        assert_eq!(unit["status"], "init_fail");
        assert!(
            unit["reason"]
                .as_str()
                .is_some_and(|why| why.contains("no CPU 64-67")),
            "{unit}"
        );
    }
    let server = stage.client().get("/api/servers/host2").expect(200);
    assert_eq!(server["status"], "init_fail");
}
