//! Each event arrives, in its order, signed, through whatever goes wrong.

use std::collections::BTreeSet;

use kloigos_tests::receiver::{Answer, Receiver};
use serde_json::json;

use super::desk::{Desk, arrived, event, giving_up_after};

#[test]
fn each_event_arrives_in_order_through_failures_and_deaths() {
    let mut desk = Desk::new();
    let receiver = Receiver::open();
    receiver.answers([Answer::Status(500), Answer::Hang, Answer::Cut]);
    let webhook = desk.webhook(&receiver, &json!({}));
    let unit = desk.allocate();
    receiver.until(|came| came.len() >= 6);
    // It dies over a message that its receiver keeps it waiting with.
    receiver.answers([Answer::Hang]);
    desk.deallocate(&unit);
    receiver.until(|came| came.iter().filter(|m| m.answer == Answer::Hang).count() == 2);
    desk.kill();
    // Its receiver is gone when it is back.
    let closed = receiver.close();
    desk.start(super::desk::settings());
    let refused = desk.until(&webhook, |webhook| {
        webhook["problem"]
            .as_str()
            .is_some_and(|why| why.contains("not reached"))
    });
    assert!(
        refused["waiting"]["next_attempt_at"].is_string(),
        "{refused:#}"
    );
    desk.allocate();
    let receiver = closed.open();
    let newest = desk.newest();
    let came = receiver.until(|came| arrived(came).last() == Some(&newest));

    let arrived = arrived(&came);
    let first = arrived[0];
    let all: Vec<u64> = (first..=newest).collect();
    assert_eq!(arrived, all, "each in its order, and none is missing");
    let ids: BTreeSet<&str> = came.iter().map(|message| message.id.as_str()).collect();
    assert_eq!(ids.len(), all.len(), "each has one id, whatever repeats it");
    for message in &came {
        assert!(message.is_signed_with(&webhook.secret), "{message:#?}");
        assert_eq!(message.content_type, "application/json");
    }
    let told = came[0].json();
    assert_eq!(told["type"], "webhook_changed", "{told:#}");
    assert_eq!(told["timestamp"], told["data"]["at"]);

    let idle = desk.until(&webhook, |webhook| {
        webhook["place"] == newest && webhook["waiting"].is_null()
    });
    assert_eq!(idle["problem"], json!(null), "{idle:#}");
    let log = desk.deliveries(&webhook);
    assert!(
        log.iter().all(|message| message["status"] == "delivered"),
        "{log:#?}"
    );
    let first = &log[0];
    let how = |number: usize| {
        (
            first["history"][number]["status_code"].clone(),
            first["history"][number]["error"].clone(),
        )
    };
    assert_eq!(how(0).0, 500);
    assert!(
        how(1).1.as_str().is_some_and(|why| why.contains("timeout")),
        "{first:#}"
    );
    assert_eq!(how(3), (json!(200), json!(null)), "{first:#}");
    assert_eq!(first["history"][3]["answer"], "heard");
    assert_eq!(first["attempts"], 4);
    let met_nobody = log
        .iter()
        .any(|message| message["history"].to_string().contains("not reached"));
    assert!(met_nobody, "{log:#?}");
}

#[test]
fn a_message_that_is_given_up_holds_up_no_other_and_can_be_sent_by_hand() {
    let mut desk = Desk::new();
    desk.kill();
    desk.start(giving_up_after(3));
    let receiver = Receiver::open();
    receiver.answers([Answer::Status(503); 3]);
    let webhook = desk.webhook(&receiver, &json!({"kinds": ["webhook_changed"]}));
    let edit = json!({"enabled": true, "name": "pager", "reason": "another"});
    desk.client()
        .patch(&format!("/api/webhooks/{}", webhook.id), &edit)
        .expect(200);
    receiver.until(|came| arrived(came).len() == 1);
    desk.until(&webhook, |webhook| webhook["waiting"].is_null());
    let log = desk.deliveries(&webhook);
    let states: Vec<&str> = log.iter().filter_map(|m| m["status"].as_str()).collect();
    assert_eq!(states, ["failed", "delivered"], "{log:#?}");
    let failed = &log[0];
    assert_eq!(
        (&failed["attempts"], &failed["attempts_left"]),
        (&json!(3), &json!(0))
    );
    assert_eq!(failed["status_code"], 503);
    assert!(failed["ended_at"].is_string() && failed["next_attempt_at"].is_null());
    let id = failed["id"].as_str().expect("an id");
    let path = format!("/api/webhooks/{}/deliveries/{id}/redeliver", webhook.id);
    let sent = desk.client().post(&path, &json!(null)).expect(200);
    assert_eq!(
        (&sent["status"], &sent["attempts"]),
        (&json!("delivered"), &json!(4))
    );
    // What arrived can be sent again as well, and fails alone.
    receiver.answers([Answer::Status(404)]);
    let sent = desk.client().post(&path, &json!(null)).expect(200);
    assert_eq!(
        (&sent["status"], &sent["status_code"]),
        (&json!("failed"), &json!(404))
    );
    let came = receiver.received();
    assert_eq!(came.iter().filter(|message| message.id == id).count(), 5);
    let (once, again) = (&came[0], &came[4]);
    assert_eq!((&once.id, &once.body), (&again.id, &again.body));
}

#[test]
fn only_what_is_asked_for_is_told_and_only_while_it_is() {
    let desk = Desk::new();
    let receiver = Receiver::open();
    let kinds = json!({"kinds": ["unit_status", "server_status"], "enabled": false});
    let webhook = desk.webhook(&receiver, &kinds);
    let unit = desk.allocate();
    let path = format!("/api/webhooks/{}", webhook.id);
    let test = desk
        .client()
        .post(&format!("{path}/test"), &json!(null))
        .expect(200);
    assert_eq!(
        (&test["kind"], &test["status"]),
        (&json!("test"), &json!("delivered"))
    );
    assert_eq!(receiver.received().len(), 1, "nothing but the test");
    desk.client()
        .patch(&path, &json!({"enabled": true}))
        .expect(200);
    desk.deallocate(&unit);
    let newest = |kind: &str| {
        let log = desk
            .client()
            .get(&format!("/api/events/log?kind={kind}&limit=1"));
        log.expect(200)[0]["id"].as_u64()
    };
    desk.newest();
    let last = newest("unit_status");
    let came = receiver.until(|came| came.iter().any(|message| event(message) == last));
    let kinds: Vec<String> = came
        .iter()
        .map(|m| m.json()["type"].as_str().expect("a kind").to_owned())
        .collect();
    assert_eq!(kinds[0], "test");
    assert!(
        kinds[1..].iter().all(|kind| kind == "unit_status"),
        "{kinds:?}"
    );
    let became: Vec<String> = came[1..]
        .iter()
        .map(|m| {
            m.json()["data"]["became"]
                .as_str()
                .expect("a state")
                .to_owned()
        })
        .collect();
    assert_eq!(
        became,
        ["allocating", "allocated", "deallocating", "free"],
        "also what happened meanwhile"
    );
}

#[test]
fn events_that_are_not_kept_any_more_are_told_as_a_gap() {
    let desk = Desk::new();
    let receiver = Receiver::open();
    let webhook = desk.webhook(&receiver, &json!({"enabled": false}));
    let before = desk.until(&webhook, |_| true)["place"].clone();
    desk.allocate();
    desk.newest();
    desk.plane().prune_events(2);
    let path = format!("/api/webhooks/{}", webhook.id);
    desk.client()
        .patch(&path, &json!({"enabled": true}))
        .expect(200);
    let came = receiver.until(|came| came.len() == 4);
    let gap = came[0].json();
    assert_eq!(
        (&gap["type"], &gap["data"]["after"]),
        (&json!("gap"), &before)
    );
    let newest = desk.newest();
    let told: Vec<u64> = came[1..].iter().filter_map(event).collect();
    assert_eq!(told, [newest - 2, newest - 1, newest]);
}

#[test]
fn a_redirect_is_not_followed_and_an_answer_is_not_kept_whole() {
    let desk = Desk::new();
    let (receiver, other) = (Receiver::open(), Receiver::open());
    let webhook = desk.webhook(&receiver, &json!({"enabled": false}));
    receiver.answers([Answer::Redirect(other.address()), Answer::Long]);
    let path = format!("/api/webhooks/{}/test", webhook.id);
    let sent = desk.client().post(&path, &json!(null)).expect(200);
    assert_eq!(
        (&sent["status"], &sent["status_code"]),
        (&json!("failed"), &json!(307))
    );
    assert!(
        sent["error"]
            .as_str()
            .expect("why")
            .contains("not followed")
    );
    let sent = desk.client().post(&path, &json!(null)).expect(200);
    assert_eq!(sent["status"], "delivered");
    assert_eq!(
        sent["history"][0]["answer"].as_str().map(str::len),
        Some(500)
    );
    assert!(other.received().is_empty());
}
