//! The recordings, and the fleets that they were made against.

use kloigos_tests::{client::Call, keys::public_key, plane::Plane};
use serde_json::{Value, json};

const RECORDINGS: &str = include_str!("../../fixtures/v0.2/exchanges.jsonl");

/// The recorded servers: name, recorded address, region, zone, CPU ranges.
const SERVERS: [(&str, &str, &str, &str, [&str; 2]); 2] = [
    (
        "ec2-3-250-173-37",
        "3.250.173.37",
        "trikolona",
        "a",
        ["0-3", "4-7"],
    ),
    (
        "ec2-34-247-86-193",
        "34.247.86.193",
        "benelux",
        "c",
        ["0-7:2", "1-7:2"],
    ),
];

/// One request and what v0.2 answered, in our words.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) id: String,
    pub(crate) group: String,
    pub(crate) fixture: String,
    pub(crate) status: u16,
    /// Whether the recording waited for work that went on.
    pub(crate) waits: bool,
    /// The answer's body; null when it had none.
    pub(crate) body: Value,
    request: Value,
    headers: Value,
}

impl Exchange {
    /// A header of the answer.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers[name].as_str()
    }
}

/// Every recording, in order.
pub(crate) fn exchanges() -> Vec<Exchange> {
    RECORDINGS.lines().map(exchange).collect()
}

fn exchange(line: &str) -> Exchange {
    let recorded: Value = serde_json::from_str(line).expect("a recording is JSON");
    let response = &recorded["response"];
    let unread = is_unread(response["body"].as_str().unwrap_or_default());
    let translated = |text: &Value| {
        let text = text.as_str().unwrap_or_default();
        if unread {
            text.to_owned()
        } else {
            in_our_words(text)
        }
    };
    let mut request = recorded["request"].clone();
    request["path"] = in_our_words(request["path"].as_str().expect("a path")).into();
    request["body"] = translated(&request["body"]).into();
    let text = |name: &str| recorded[name].as_str().expect("a text").to_owned();
    Exchange {
        id: text("id"),
        group: text("group"),
        fixture: text("fixture"),
        status: response["status"]
            .as_u64()
            .and_then(|code| code.try_into().ok())
            .expect("a status"),
        waits: recorded["wait_ms"].is_u64(),
        body: serde_json::from_str(&translated(&response["body"])).unwrap_or_default(),
        request,
        headers: headers(&response["headers"]),
    }
}

fn headers(recorded: &Value) -> Value {
    let mut headers = recorded.clone();
    if let Some(location) = recorded["location"].as_str() {
        headers["location"] = in_our_words(location).into();
    }
    headers
}

/// Whether the body was not read as far as the key: a syntax error, or not JSON at all.
fn is_unread(answer: &str) -> bool {
    answer.contains("json_invalid") || answer.contains("\"loc\":[\"body\"],")
}

/// Real keys, our addresses and our unit ids, in place of the recorded ones.
fn in_our_words(text: &str) -> String {
    let key = public_key(1);
    let mut text = text
        .replace(
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtleQ ann@example",
            &key,
        )
        .replace(
            "\"ssh_public_key\": \"k\"",
            &format!("\"ssh_public_key\": \"{key}\""),
        )
        .replace(
            "\"ssh_public_key\": \"\"",
            &format!("\"ssh_public_key\": \"{key}\""),
        );
    for first in ["0", "1", "4"] {
        text = text.replace(&format!("_c{first}"), &format!("_{first}"));
    }
    for (number, (_, ip, ..)) in (1..).zip(SERVERS) {
        text = text.replace(&format!("\"{ip}\""), &format!("\"{}\"", address(number)));
    }
    text
}

fn address(number: u8) -> String {
    format!("127.64.0.{number}")
}

/// The request of an exchange.
pub(crate) fn ours(exchange: &Exchange) -> Call {
    let text = |name: &str| exchange.request[name].as_str().unwrap_or_default();
    let call = Call::new(text("method"), text("path")).body(text("body"));
    let headers = exchange.request["headers"]
        .as_object()
        .into_iter()
        .flatten();
    headers.fold(call, |call, (name, value)| {
        call.header(name, value.as_str().unwrap_or_default())
    })
}

/// A control plane that holds a fixture's servers.
pub(crate) fn plane(fixture: &str) -> Plane {
    let plane = Plane::simulated(2);
    if fixture != "empty" {
        (1..)
            .zip(SERVERS)
            .for_each(|(number, server)| init(&plane, number, &server));
    }
    plane
}

fn init(plane: &Plane, number: u8, server: &(&str, &str, &str, &str, [&str; 2])) {
    let (hostname, _, region, zone, ranges) = server;
    let body = json!({
        "ip": address(number), "region": region, "zone": zone, "hostname": hostname,
        "cpu_ranges": ranges,
    });
    plane
        .client()
        .post("/api/admin/init_server?wait=true", &body)
        .expect(200);
}
