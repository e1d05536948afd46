//! The contract of the API: its document, who is let in, and what answers look like.

use std::collections::BTreeSet;

use kloigos_tests::{
    client::{Call, Reply},
    keys::public_key,
    plane::Plane,
};
use serde_json::{Value, json};

const BEFORE: &str = include_str!("../fixtures/v0.2/openapi.json");
const CHECKED_IN: &str = include_str!("../../openapi.json");

fn document() -> Value {
    serde_json::to_value(kloigos_server::api::document()).expect("a document")
}

/// The parts of a JSON object.
fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn words(value: &Value) -> BTreeSet<String> {
    items(value)
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_document_that_is_checked_in_is_that_of_this_source() {
    let fresh = kloigos_server::api::document()
        .to_pretty_json()
        .expect("a document");
    assert!(
        fresh.trim_end() == CHECKED_IN.trim_end(),
        "openapi.json is stale; renew it: cargo run --bin kloigos -- openapi > openapi.json"
    );
}

#[test]
fn every_path_and_parameter_of_v0_2_is_still_there() {
    let (before, now) = (
        serde_json::from_str::<Value>(BEFORE).expect("a document"),
        document(),
    );
    assert_eq!(before["servers"], now["servers"]);
    for (path, methods) in entries(&before["paths"]) {
        for (method, before) in entries(methods) {
            let now = &now["paths"][path][method];
            assert_eq!(before["operationId"], now["operationId"], "{method} {path}");
            for parameter in items(&before["parameters"]) {
                let there = items(&now["parameters"]).any(|now| same_parameter(parameter, now));
                assert!(there, "{method} {path} has lost {parameter}");
            }
            for status in ["200", "422"] {
                assert!(
                    now["responses"][status].is_object(),
                    "{method} {path} {status}"
                );
            }
            let body = "/requestBody/content/application~1json/schema";
            assert_eq!(before.pointer(body), now.pointer(body), "{method} {path}");
        }
    }
}

fn same_parameter(before: &Value, now: &Value) -> bool {
    before["name"] == now["name"]
        && before["in"] == now["in"]
        && before["required"].as_bool() == Some(now["required"].as_bool().unwrap_or_default())
}

#[test]
fn every_field_of_v0_2_is_still_there_and_nothing_new_is_required() {
    let (before, now) = (
        serde_json::from_str::<Value>(BEFORE).expect("a document"),
        document(),
    );
    for (name, before) in entries(&before["components"]["schemas"]) {
        let now = &now["components"]["schemas"][name];
        let names = |schema: &Value| -> Vec<String> {
            entries(&schema["properties"])
                .map(|(name, _)| name.clone())
                .collect()
        };
        let (fields, fields_now) = (names(before), names(now));
        assert_eq!(fields, fields_now[..fields.len()], "{name}");
        let (required, required_now) = (words(&before["required"]), words(&now["required"]));
        match name.as_str() {
            "ComputeUnitRequest" | "InitServerRequest" => {
                assert_eq!(required, required_now, "{name}");
            }
            _ => assert!(required.is_subset(&required_now), "{name}"),
        }
    }
}

/// Every operation of the document, with something for each parameter of its path.
fn operations() -> Vec<(String, String)> {
    let document = document();
    let mut operations = Vec::new();
    for (path, methods) in entries(&document["paths"]) {
        let path = path
            .replace("{compute_id}", "host1_0-3")
            .replace("{hostname}", "host1");
        let path = path.replace("{id}", "0199c0de-0000-7000-8000-000000000000");
        operations.extend(
            entries(methods).map(|(method, _)| (method.to_uppercase(), format!("/api{path}"))),
        );
    }
    operations
}

/// Whether a call needs no token: health, and signing in and out.
fn is_open(path: &str) -> bool {
    ["/api/health", "/api/session"].contains(&path)
}

#[test]
fn every_call_but_the_open_ones_needs_a_known_token() {
    let plane = Plane::simulated(1);
    let operations = operations();
    assert!(operations.len() >= 11, "{operations:?}");
    for (method, path) in operations.iter().filter(|(_, path)| !is_open(path)) {
        for authorization in [
            None,
            Some("Bearer kloigos_0"),
            Some("Bearer "),
            Some("Basic YTpi"),
            Some("kloigos"),
        ] {
            let call = Call::new(method, path);
            let call =
                authorization.map_or(call.clone(), |value| call.header("Authorization", value));
            let reply = plane.client().anonymous().send(&call);
            assert_eq!(
                reply.status, 401,
                "{method} {path} {authorization:?}: {}",
                reply.body
            );
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
            assert!(reply.detail().contains("token"), "{}", reply.body);
        }
    }
    // A call that is refused at the door was not looked into.
    let bad = Call::new("POST", "/api/compute_units/allocate").body("{");
    plane.client().anonymous().send(&bad).expect(401);
    plane.client().send(&bad).expect(422);
}

#[test]
fn the_document_its_pages_and_health_are_open() {
    let plane = Plane::simulated(1);
    let open = plane.client().anonymous();
    assert_eq!(open.get("/api/openapi.json").expect(200), document());
    assert_eq!(open.get("/api/health").expect(200)["status"], "ok");
    for page in ["/docs", "/api/docs"] {
        assert_eq!(
            open.get(page).header("location"),
            Some(format!("{page}/").as_str())
        );
        let reply = open.get(&format!("{page}/"));
        assert!(
            reply.status == 200 && reply.body.contains("Swagger UI"),
            "{}",
            reply.body
        );
        let script = open.get(&format!("{page}/swagger-initializer.js"));
        assert!(script.body.contains("/api/openapi.json"), "{}", script.body);
    }
}

#[test]
fn fields_come_in_their_documented_order_with_nulls_present() {
    let plane = Plane::simulated(1);
    plane.init(1, &["0-3"]);
    let schemas = document()["components"]["schemas"].clone();
    let client = plane.client();
    let body = json!({"tags": null, "ssh_public_key": public_key(1)});
    let unit = client
        .post("/api/compute_units/allocate", &body)
        .expect(200);
    fits(&unit, &schemas["ComputeUnitResponse"]);
    let jobs = client.get("/api/jobs?kind=allocating").expect(200);
    let job = jobs[0].clone();
    fits(&job, &schemas["JobView"]);
    fits(
        &client.get("/api/servers").expect(200)[0],
        &schemas["ServerView"],
    );
    fits(
        &client.get("/api/health").expect(200),
        &schemas["HealthView"],
    );
    let server = client.get("/api/servers/host1").expect(200);
    fits(&server["facts"], &schemas["FactsView"]);
    fits(&server["facts"]["cpus"][0], &schemas["CpuView"]);
    fits(&server["facts"]["numa_nodes"][0], &schemas["NodeView"]);
    fits(&server["units"][0], &schemas["ComputeUnitResponse"]);
    let shown = client
        .get(&format!("/api/jobs/{}", job["id"].as_str().expect("an id")))
        .expect(200);
    fits(&shown["log"][0], &schemas["LogLineView"]);
    let log = client.get("/api/events/log").expect(200);
    fits(&log[0], &schemas["EventView"]);
    let probed = client
        .post("/api/servers/probe", &json!({"ip": "127.64.0.1"}))
        .expect(200);
    fits(&probed, &schemas["ProbeView"]);
    let thought = json!({"ip": "127.64.0.1", "layout": {"by": "numa", "housekeeping": 2}});
    let probed = client.post("/api/servers/probe", &thought).expect(200);
    fits(&probed["layout"], &schemas["LayoutView"]);
    fits(&probed["layout"]["units"][0], &schemas["PlannedUnitView"]);
    let unit = client.get("/api/compute_units/host1_0-3").expect(200);
    fits(&unit["limits"], &schemas["LimitsView"]);
    fits(&unit["directories"], &schemas["DirectoriesView"]);
    fits(&unit["keys"][0], &schemas["KeyView"]);
    let attest = "/api/compute_units/host1_0-3/attest";
    let attested = client.post(attest, &json!({})).expect(200);
    fits(&attested, &schemas["AttestationView"]);
    fits(&attested["checks"][0], &schemas["CheckView"]);
    let examined = client.get("/api/servers/host1/doctor").expect(200);
    fits(&examined, &schemas["ExaminationView"]);
}

#[track_caller]
fn fits(given: &Value, schema: &Value) {
    let names =
        |value: &Value| -> Vec<String> { entries(value).map(|(name, _)| name.clone()).collect() };
    assert_eq!(names(given), names(&schema["properties"]), "{given:#}");
    assert_eq!(
        words(&schema["required"]).len(),
        names(given).len(),
        "every field is promised"
    );
}

#[test]
fn a_wrong_slash_is_redirected_and_a_wrong_method_is_told_the_right_ones() {
    let plane = Plane::simulated(1);
    let client = plane.client();
    for path in [
        "/api/servers/",
        "/api/jobs/",
        "/api/health/",
        "/api/servers/host1/?a=b",
    ] {
        let reply = client.get(path);
        assert_eq!(reply.status, 307, "{path}");
        let to = path.replacen("/?", "?", 1);
        let to = format!("http://{}{}", client.address(), to.trim_end_matches('/'));
        assert_eq!(reply.header("location"), Some(to.as_str()));
    }
    for path in ["/api/compute_units", "/api/compute_units/"] {
        client.get(path).expect(200);
    }
    let refused = |reply: &Reply, allow: &str| {
        assert_eq!(
            (reply.status, reply.detail()),
            (405, "Method Not Allowed".to_owned())
        );
        assert_eq!(reply.header("allow"), Some(allow));
    };
    refused(&client.delete("/api/servers"), "GET,HEAD");
    refused(&client.get("/api/compute_units/allocate"), "POST");
    let unit = client.delete("/api/compute_units/host1_0-3");
    refused(&unit, "GET,HEAD");
    assert_eq!(
        client.get("/nowhere").expect(404),
        json!({"detail": "Not Found"})
    );
    assert_eq!(
        client.get("/api/tokens").expect(404),
        json!({"detail": "Not Found"})
    );
}
