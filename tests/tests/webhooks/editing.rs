//! Webhooks are made, edited and removed; what is not sound is refused, and the secret is shown once.

use std::fs;

use kloigos_tests::receiver::Receiver;
use serde_json::json;

use super::desk::{Desk, arrived};

const NOBODY: &str = "0199c0de-0000-7000-8000-000000000000";

#[test]
fn a_secret_is_shown_to_its_maker_and_nowhere_else() {
    let desk = Desk::on(kloigos_tests::place::Place::file());
    let receiver = Receiver::open();
    let webhook = desk.webhook(&receiver, &json!({"kinds": ["webhook_changed"]}));
    receiver.until(|came| arrived(came).len() == 1);
    let path = format!("/api/webhooks/{}", webhook.id);
    for seen in [
        desk.client().get("/api/webhooks").expect(200),
        desk.client().get(&path).expect(200),
        desk.client()
            .patch(&path, &json!({"reason": "nothing"}))
            .expect(200),
        json!(desk.deliveries(&webhook)),
    ] {
        assert!(!seen.to_string().contains("whsec_"), "{seen:#}");
    }
    let drawn = desk
        .client()
        .patch(&path, &json!({"new_secret": true}))
        .expect(200);
    let second = drawn["secret"].as_str().expect("a new one").to_owned();
    assert_ne!(second, webhook.secret);
    let came = receiver.until(|came| arrived(came).len() == 2);
    assert!(came[0].is_signed_with(&webhook.secret) && !came[0].is_signed_with(&second));
    assert!(came[1].is_signed_with(&second) && !came[1].is_signed_with(&webhook.secret));
    let kloigos_store::Database::File(dir) = desk.place.database() else {
        panic!("it is a file");
    };
    for secret in [&webhook.secret, &second] {
        let plain = secret.strip_prefix("whsec_").expect("a prefix");
        for file in fs::read_dir(&dir).expect("a folder") {
            let bytes = fs::read(file.expect("a file").path()).expect("a file");
            let holds = bytes
                .windows(plain.len())
                .any(|some| some == plain.as_bytes());
            assert!(!holds, "the database holds a secret in clear");
        }
    }
}

#[test]
fn what_is_not_sound_is_refused_with_its_place() {
    let desk = Desk::new();
    let receiver = Receiver::open();
    let webhook = desk.webhook(&receiver, &json!({"enabled": false}));
    let client = desk.client();
    for (body, place) in [
        (json!({}), json!(["body", "name"])),
        (
            json!({"name": "a b", "url": "http://h/"}),
            json!(["body", "name"]),
        ),
        (
            json!({"name": "x", "url": "ftp://h/"}),
            json!(["body", "url"]),
        ),
        (
            json!({"name": "x", "url": "http://u:p@h/"}),
            json!(["body", "url"]),
        ),
        (
            json!({"name": "x", "url": "http://h/", "kinds": ["nonsense"]}),
            json!(["body", "kinds", 0]),
        ),
        (
            json!({"name": "x", "url": "http://h/", "kinds": "unit_status"}),
            json!(["body", "kinds"]),
        ),
        (
            json!({"name": "x", "url": "http://h/", "enabled": "perhaps"}),
            json!(["body", "enabled"]),
        ),
    ] {
        let faults = client.post("/api/webhooks", &body).expect(422);
        assert_eq!(faults["detail"][0]["loc"], place, "{faults:#}");
    }
    let taken = client.post(
        "/api/webhooks",
        &json!({"name": "chat", "url": "http://h/"}),
    );
    taken.expect(409);
    let other = client.post(
        "/api/webhooks",
        &json!({"name": "other", "url": "http://h/", "enabled": false}),
    );
    let other = other.expect(200);
    let path = format!("/api/webhooks/{}", other["id"].as_str().expect("an id"));
    client.patch(&path, &json!({"name": "chat"})).expect(409);
    let edited = client.patch(
        &path,
        &json!({"kinds": ["job_failed", "drift_found", "job_failed"]}),
    );
    assert_eq!(
        edited.expect(200)["kinds"],
        json!(["drift_found", "job_failed"])
    );
    let edited = client
        .patch(&path, &json!({"url": "https://h/2"}))
        .expect(200);
    assert_eq!(
        edited["kinds"],
        json!(["drift_found", "job_failed"]),
        "what is left out stays"
    );
    let edited = client.patch(&path, &json!({"kinds": null})).expect(200);
    assert_eq!(
        (&edited["kinds"], &edited["url"]),
        (&json!([]), &json!("https://h/2"))
    );
    let names: Vec<_> = client
        .get("/api/webhooks")
        .expect(200)
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(names, ["chat", "other"]);
    for id in [NOBODY, "chat", "1"] {
        let path = format!("/api/webhooks/{id}");
        client.get(&path).expect(404);
        client.patch(&path, &json!({"enabled": true})).expect(404);
        client.delete(&path).expect(404);
        client.get(&format!("{path}/deliveries")).expect(404);
        client
            .post(&format!("{path}/test"), &json!(null))
            .expect(404);
        let path = format!("/api/webhooks/{}/deliveries/{id}/redeliver", webhook.id);
        client.post(&path, &json!(null)).expect(404);
    }
    let path = format!("/api/webhooks/{}/deliveries", webhook.id);
    for bad in ["limit=0", "before=1"] {
        client.get(&format!("{path}?{bad}")).expect(422);
    }
}

#[test]
fn a_webhook_that_is_removed_is_told_nothing_more() {
    let desk = Desk::new();
    let (receiver, other) = (Receiver::open(), Receiver::open());
    let webhook = desk.webhook(&receiver, &json!({"enabled": false}));
    let kept = desk.webhook(&other, &json!({"name": "kept"}));
    let path = format!("/api/webhooks/{}", webhook.id);
    desk.client()
        .post(&format!("{path}/test"), &json!(null))
        .expect(200);
    desk.client()
        .delete(&format!("{path}?reason=no%20more"))
        .expect(200);
    desk.client().delete(&path).expect(404);
    let newest = desk.newest();
    other.until(|came| arrived(came).last() == Some(&newest));
    assert_eq!(receiver.received().len(), 1, "nothing but the test");
    let told = other.received().last().expect("a message").json();
    assert_eq!(
        told["data"]["detail"],
        "webhook chat is removed; reason: no more"
    );
    desk.until(&kept, |webhook| webhook["place"] == newest);
}
