//! What somebody confined by hand, as a probe tells it.

use std::{sync::Arc, time::Duration};

use kloigos_control::Settings;
use kloigos_model::host::HandCut;
use kloigos_sim::fleet::SimFleet;
use kloigos_tests::{
    keys::public_key,
    plane::{Plane, init_body},
};
use serde_json::{Value, json};

fn carol(processes: usize) -> HandCut {
    HandCut {
        account: "carol".to_owned(),
        uid: 1003,
        cpus: "8,10,12,14".parse().expect("CPUs"),
        home: "/srv/carol".to_owned(),
        processes,
        keys: vec![public_key(3).parse().expect("a key")],
        other_keys: 1,
    }
}

#[test]
fn a_probe_tells_who_was_confined_by_hand_and_an_init_is_kept_off_their_cpus() {
    let fleet = SimFleet::new(1);
    let wait = Duration::from_mins(2);
    let plane = Plane::over(Arc::new(fleet.clone()), Settings::default(), wait);
    let client = plane.client();
    let probe = |range: &str| {
        let body = json!({"ip": "127.64.0.1", "layout": {"cpu_ranges": [range]}});
        client.post("/api/servers/probe", &body).expect(200)
    };
    assert_eq!(probe("0-15")["cut_by_hand"], json!([]));

    fleet.on_machine(1, |machine| machine.cut_by_hand(&carol(2)));
    let told = json!([{
        "account": "carol", "uid": 1003, "cpu_range": "8-15:2", "cpu_count": 4,
        "home": "/srv/carol", "processes": 2, "keys": [public_key(3)], "other_keys": 1,
    }]);
    let seen = probe("0-15");
    assert_eq!(seen["cut_by_hand"], told);
    let refuses = |seen: &Value| {
        let findings = seen["findings"].as_array().expect("findings");
        let mut faults = findings
            .iter()
            .filter(|finding| finding["severity"] == "refuses");
        faults.any(|finding| finding["fault"].to_string().contains("carol (1003)"))
    };
    assert!(refuses(&seen), "{seen:#}");
    assert!(!refuses(&probe("0-7")), "its CPUs are its own");

    client
        .post("/api/admin/init_server", &init_body(1, &["0-15"]))
        .expect(200);
    let failed = client.await_get("/api/servers/host1", |server| {
        server["status"] != "initializing"
    });
    let reason = failed["reason"].to_string();
    assert!(reason.contains("carol (1003)"), "{failed:#}");
    assert_eq!(probe("0-7")["cut_by_hand"], told, "it is as it was");
    fleet.on_machine(1, |machine| machine.cut_by_hand(&carol(0)));
    assert!(!refuses(&probe("0-15")));
    plane.init(1, &["0-15"]);
    assert_eq!(probe("0-15")["cut_by_hand"][0]["account"], "carol");
}
