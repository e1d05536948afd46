//! A server as a whole over HTTP: what is done about drift, cordon and uncordon, check and repair;
//! what others made on it.

#[path = "api/by_hand.rs"]
mod by_hand;

use std::{sync::Arc, time::Duration};

use kloigos_control::Settings;
use kloigos_host::sys::Files;
use kloigos_sim::fleet::SimFleet;
use kloigos_tests::{client::Client, keys::public_key, plane::Plane};
use serde_json::{Value, json};

const SERVER: &str = "/api/servers/host1";
const GONE: &str = "/opt/c0-31";

/// A server of two units, the first of which is a tenant's, and the hand that meddles with it.
struct Stage {
    plane: Plane,
    fleet: SimFleet,
}

impl Stage {
    /// Visited when somebody asks for that, and no sooner.
    fn new() -> Self {
        let fleet = SimFleet::new(2);
        let settings = Settings {
            visit_every: Duration::from_hours(1),
            revisit: Duration::from_hours(1),
            poll: Duration::from_millis(20),
            ..Settings::default()
        };
        let wait = Duration::from_mins(2);
        let plane = Plane::over(Arc::new(fleet.clone()), settings, wait);
        plane.init(1, &["0-31", "32-63"]);
        let wanted = json!({"tags": {}, "cpu_count": 32, "ssh_public_key": public_key(1)});
        let unit = plane.client().post("/api/compute_units/allocate", &wanted);
        assert_eq!(unit.expect(200)["compute_id"], "host1_0-31");
        plane.await_rest();
        Self { plane, fleet }
    }

    fn client(&self) -> &Client {
        self.plane.client()
    }

    /// Somebody takes away a tenant's directory behind our back.
    fn damage(&self) {
        self.fleet.on_machine(1, |machine| {
            machine.remove_tree(GONE).expect("it is there");
        });
    }

    #[track_caller]
    fn ask(&self, verb: &str, body: &Value) -> Value {
        let path = format!("{SERVER}/{verb}");
        self.client().post(&path, body).expect(200)
    }

    #[track_caller]
    fn mode(&self, mode: &str) -> Value {
        let body = json!({"mode": mode, "reason": "as agreed"});
        self.client().patch(SERVER, &body).expect(200)
    }

    fn statuses(&self) -> Vec<Value> {
        let server = self.client().get(SERVER).expect(200);
        let units = server["units"].as_array().expect("units").iter();
        units.map(|unit| unit["status"].clone()).collect()
    }

    fn events(&self, kind: &str) -> Vec<Value> {
        let path = format!("/api/events/log?kind={kind}&hostname=host1");
        let log = self.client().get(&path).expect(200);
        log.as_array().expect("a list").clone()
    }
}

#[test]
fn what_differs_is_reported_by_a_check_and_mended_by_a_repair() {
    let stage = Stage::new();
    let well = stage.ask("check", &json!(null));
    assert_eq!(
        (&well["drift"], &well["health"]),
        (&json!([]), &json!("healthy"))
    );
    assert!(well["visited_at"].is_string());
    assert_eq!(
        stage.ask("repair", &json!(null)),
        json!([]),
        "nothing differs"
    );

    stage.damage();
    let machine = stage.fleet.snapshot(1);
    let server = stage.ask("check", &json!(null));
    assert_eq!(stage.fleet.snapshot(1), machine, "looking changes nothing");
    let drift = &server["drift"][0];
    assert_eq!(drift["compute_id"], "host1_0-31", "{server:#}");
    assert!(
        drift["change"].as_str().expect("what").contains(GONE),
        "{drift:#}"
    );
    assert_eq!(server["health"], "degraded");
    assert!(
        server["health_reason"]
            .as_str()
            .expect("why")
            .contains("differs")
    );
    let again = stage.ask("check", &json!(null));
    assert_eq!(again["drift"], server["drift"], "known since then");
    assert_eq!(stage.events("drift_found").len(), 1, "told once");
    stage.plane.await_rest();

    let jobs = stage.ask("repair", &json!({"reason": "ticket 7"}));
    let [job] = jobs.as_array().expect("jobs").as_slice() else {
        panic!("one job: {jobs:#}");
    };
    assert_eq!(
        (&job["kind"], &job["compute_id"]),
        (&json!("repairing"), &json!("host1_0-31"))
    );
    stage.plane.await_rest();
    let path = format!("/api/jobs/{}", job["id"].as_str().expect("an id"));
    let job = stage.client().get(&path).expect(200);
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert!(
        job["log"].to_string().contains(GONE),
        "it says what it changed: {job:#}"
    );
    let server = stage.ask("check", &json!(null));
    assert_eq!(
        (&server["drift"], &server["health"]),
        (&json!([]), &json!("healthy"))
    );
    assert_eq!(stage.events("drift_gone").len(), 1);
    assert_eq!(stage.statuses(), ["allocated", "free"]);
}

#[test]
fn a_mode_says_what_is_done_about_drift() {
    let stage = Stage::new();
    assert_eq!(stage.client().get(SERVER).expect(200)["mode"], "report");
    stage.damage();
    stage.ask("check", &json!(null));
    stage.plane.await_rest();
    let damaged = stage.fleet.snapshot(1);
    assert_eq!(stage.mode("repair")["mode"], "repair");
    stage.mode("repair");
    assert_eq!(
        stage.events("server_mode").len(),
        1,
        "a repeat changes nothing"
    );
    let told = &stage.events("server_mode")[0];
    assert_eq!(
        (&told["was"], &told["became"]),
        (&json!("report"), &json!("repair"))
    );
    assert!(told["detail"].as_str().expect("why").contains("as agreed"));
    // It is visited at once, and put right without anybody asking.
    stage
        .client()
        .await_get(SERVER, |server| server["drift"] == json!([]));
    assert_ne!(stage.fleet.snapshot(1), damaged);
    let jobs = stage.client().get("/api/jobs?kind=repairing").expect(200);
    assert_eq!(jobs[0]["compute_id"], "host1_0-31", "{jobs:#}");
}

#[test]
fn where_drift_is_not_looked_for_it_is_not_told_either() {
    let stage = Stage::new();
    stage.damage();
    let server = stage.ask("check", &json!(null));
    assert_eq!(server["health"], "degraded");
    stage.plane.await_rest();
    assert_eq!(
        stage.mode("off")["drift"],
        json!([]),
        "what was known is forgotten"
    );
    let server = stage.client().await_get(SERVER, |server| {
        let why = server["health_reason"].as_str().unwrap_or_default();
        !why.contains("differs")
    });
    assert_eq!(server["drift"], json!([]));
    let server = stage.ask("check", &json!(null));
    assert_eq!(server["drift"], json!([]));
    let why = server["health_reason"].as_str().unwrap_or_default();
    assert!(!why.contains("differs"), "{server:#}");
    assert_eq!(stage.events("drift_found").len(), 1, "what was told before");
    let gone = stage.events("drift_gone");
    assert!(gone.is_empty(), "nobody knows that: {gone:?}");
    // Looked for again, it is there.
    stage.mode("report");
    let server = stage
        .client()
        .await_get(SERVER, |server| server["drift"] != json!([]));
    assert_eq!(server["drift"][0]["compute_id"], "host1_0-31");
}

#[test]
fn a_cordoned_server_hands_nothing_out_and_keeps_its_tenants() {
    let stage = Stage::new();
    stage.ask("check", &json!(null));
    let cordoned = stage.ask("cordon", &json!({"reason": "new disks"}));
    assert_eq!(cordoned["status"], "cordoned");
    assert!(
        cordoned["reason"]
            .as_str()
            .expect("why")
            .contains("new disks"),
        "{cordoned:#}"
    );
    assert_eq!(stage.statuses(), ["allocated", "unavailable"]);
    let repeated = stage.ask("cordon", &json!(null));
    assert_eq!(
        repeated["reason"], cordoned["reason"],
        "a repeat changes nothing"
    );
    assert_eq!(
        stage.events("server_status").len(),
        3,
        "initializing, ready, cordoned"
    );
    let wanted = json!({"tags": {}, "cpu_count": 32, "ssh_public_key": public_key(2)});
    let refused = stage.client().post("/api/compute_units/allocate", &wanted);
    refused.expect(460);
    assert_eq!(
        stage.ask("check", &json!(null))["health"],
        "healthy",
        "it is looked at all the same"
    );
    assert_eq!(stage.statuses(), ["allocated", "unavailable"]);
    assert_eq!(stage.ask("uncordon", &json!(null))["status"], "ready");
    assert_eq!(stage.ask("uncordon", &json!(null))["status"], "ready");
    // They are compared first, and that is soon.
    let free = |server: &Value| server["units"][1]["status"] == "free";
    stage.client().await_get(SERVER, free);
    assert_eq!(stage.statuses(), ["allocated", "free"]);
    stage
        .client()
        .post("/api/compute_units/allocate", &wanted)
        .expect(200);
}

#[test]
fn what_is_not_sound_or_cannot_be_is_refused() {
    let stage = Stage::new();
    let client = stage.client();
    for body in [
        json!({}),
        json!({"mode": "perhaps"}),
        json!({"mode": 1}),
        json!([]),
    ] {
        client.patch(SERVER, &body).expect(422);
    }
    let bad = json!({"mode": "off", "reason": "two\nlines"});
    let faults = client.patch(SERVER, &bad).expect(422);
    assert_eq!(faults["detail"][0]["loc"], json!(["body", "reason"]));
    for verb in ["cordon", "uncordon", "repair"] {
        let bad = json!({"reason": 7});
        client.post(&format!("{SERVER}/{verb}"), &bad).expect(422);
    }
    for verb in ["cordon", "uncordon", "repair", "check"] {
        for unknown in ["host2", "a_b", "a%20b"] {
            let path = format!("/api/servers/{unknown}/{verb}");
            client.post(&path, &json!(null)).expect(404);
        }
    }
    client
        .patch("/api/servers/host2", &json!({"mode": "off"}))
        .expect(404);
    // One whose init failed is nothing that could be looked at, mended or set aside.
    let body = kloigos_tests::plane::init_body(2, &["0-200"]);
    client.post("/api/admin/init_server", &body).expect(200);
    let path = "/api/servers/host2";
    client.await_get(path, |server| server["status"] == "init_fail");
    for verb in ["cordon", "uncordon", "repair", "check"] {
        let refused = client.post(&format!("{path}/{verb}"), &json!(null));
        assert_eq!(refused.status, 409, "{verb}: {}", refused.body);
        assert!(refused.detail().contains("init_fail"), "{}", refused.body);
    }
}
