//! A control plane over one simulated server, which can be killed and started again.

use std::{sync::Arc, time::Duration};

use kloigos_control::{Patience, Settings};
use kloigos_sim::fleet::SimFleet;
use kloigos_tests::{
    client::Client,
    keys::public_key,
    place::Place,
    plane::Plane,
    receiver::{Received, Receiver},
};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) struct Desk {
    pub(crate) place: Place,
    keys: TempDir,
    fleet: SimFleet,
    plane: Option<Plane>,
}

/// A webhook as its maker knows it.
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// What is tried again is tried at once, and often.
pub(crate) fn settings() -> Settings {
    Settings {
        delivery: Patience {
            first: Duration::from_millis(20),
            most: Duration::from_millis(100),
            tries: 1000,
        },
        poll: Duration::from_millis(20),
        revisit: Duration::from_hours(1),
        visit_every: Duration::from_hours(1),
        ..Settings::default()
    }
}

/// The same, and a message is given up after so many tries.
pub(crate) fn giving_up_after(tries: u32) -> Settings {
    let patient = settings();
    Settings {
        delivery: Patience {
            tries,
            ..patient.delivery
        },
        ..patient
    }
}

impl Desk {
    /// Over the database of this run.
    pub(crate) fn new() -> Self {
        Self::on(Place::new())
    }

    pub(crate) fn on(place: Place) -> Self {
        let mut desk = Self {
            place,
            keys: tempfile::tempdir().expect("a folder"),
            fleet: SimFleet::new(2),
            plane: None,
        };
        desk.start(settings());
        desk.plane().init(1, &["0-31"]);
        desk
    }

    /// Another control plane over the same.
    pub(crate) fn another(&self, settings: Settings) -> Plane {
        let key = self.keys.path().join("secret.key");
        Plane::on(&self.place, &key, Arc::new(self.fleet.clone()), settings)
    }

    pub(crate) fn start(&mut self, settings: Settings) {
        self.plane = Some(self.another(settings));
    }

    /// Ends the control plane wherever it is.
    pub(crate) fn kill(&mut self) {
        self.plane.take().expect("it runs").kill();
        self.place.let_leases_end();
    }

    pub(crate) fn plane(&self) -> &Plane {
        self.plane.as_ref().expect("it runs")
    }

    pub(crate) fn client(&self) -> &Client {
        self.plane().client()
    }

    pub(crate) fn webhook(&self, to: &Receiver, more: &Value) -> Webhook {
        let mut body = json!({"name": "chat", "url": to.url()});
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let made = self.client().post("/api/webhooks", &body).expect(200);
        let text = |name: &str| made[name].as_str().expect("a text").to_owned();
        Webhook {
            id: text("id"),
            secret: text("secret"),
        }
    }

    pub(crate) fn allocate(&self) -> String {
        let body = json!({"tags": null, "cpu_count": null, "ssh_public_key": public_key(1)});
        let unit = self.client().post("/api/compute_units/allocate", &body);
        let unit = unit.expect(200);
        unit["compute_id"].as_str().expect("a name").to_owned()
    }

    pub(crate) fn deallocate(&self, unit: &str) {
        let path = format!("/api/compute_units/deallocate/{unit}?wait=true");
        self.client().delete(&path).expect(200);
    }

    /// The number of the newest event, when nothing goes on any more.
    pub(crate) fn newest(&self) -> u64 {
        self.plane().await_rest();
        let log = self.client().get("/api/events/log?limit=1").expect(200);
        log[0]["id"].as_u64().expect("a number")
    }

    /// All messages to a webhook, the oldest first.
    pub(crate) fn deliveries(&self, webhook: &Webhook) -> Vec<Value> {
        let path = format!("/api/webhooks/{}/deliveries?limit=1000", webhook.id);
        let list = self.client().get(&path).expect(200);
        let mut list = list.as_array().expect("a list").clone();
        list.reverse();
        list
    }

    /// Waits until this is true of a webhook.
    #[track_caller]
    pub(crate) fn until(&self, webhook: &Webhook, is_so: impl Fn(&Value) -> bool) -> Value {
        let path = format!("/api/webhooks/{}", webhook.id);
        self.client().await_get(&path, is_so)
    }
}

/// The number of the event that a message tells.
pub(crate) fn event(message: &Received) -> Option<u64> {
    message.json()["data"]["id"].as_u64()
}

/// Events as they arrived first, in that order.
pub(crate) fn arrived(received: &[Received]) -> Vec<u64> {
    let mut seen = Vec::new();
    for message in received.iter().filter(|message| message.arrived()) {
        let number = event(message).expect("an event");
        if !seen.contains(&number) {
            seen.push(number);
        }
    }
    seen
}
