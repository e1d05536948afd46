//! Events over HTTP: the stream and how it is taken up again, and the log.

use kloigos_tests::{
    client::Client,
    keys::public_key,
    plane::Plane,
    sse::{Message, Stream},
};
use serde_json::{Value, json};

fn allocate(client: &Client) -> String {
    let body = json!({"tags": null, "cpu_count": null, "ssh_public_key": public_key(1)});
    let unit = client.post("/api/compute_units/allocate", &body);
    let unit = unit.expect(200);
    unit["compute_id"].as_str().expect("a name").to_owned()
}

/// Messages up to the one that is like this, which is the last.
fn up_to(stream: &mut Stream, like: impl Fn(&Message) -> bool) -> Vec<Message> {
    let mut heard = Vec::new();
    for message in stream {
        let last = like(&message);
        heard.push(message);
        if last {
            return heard;
        }
    }
    panic!("it ended before; heard {heard:#?}");
}

fn is(message: &Message, kind: &str, became: &str) -> bool {
    message.event == kind && message.data["became"] == became
}

fn ids(messages: &[Message]) -> Vec<u64> {
    let id = |message: &Message| message.data["id"].as_u64().expect("a number");
    messages.iter().map(id).collect()
}

/// Everything that is kept, in its order.
fn log(client: &Client) -> Vec<Value> {
    let log = client.get("/api/events/log?limit=1000").expect(200);
    let mut log = log.as_array().expect("a list").clone();
    log.reverse();
    log
}

#[test]
fn an_allocation_is_heard_as_it_happens() {
    let plane = Plane::simulated(1);
    plane.init(1, &["0-31"]);
    let mut stream = Stream::open(plane.client(), "/api/events", None);
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert_eq!(stream.headers["cache-control"], "no-cache");
    assert_eq!(stream.headers["x-accel-buffering"], "no");
    let unit = allocate(plane.client());
    let heard = up_to(&mut stream, |m| is(m, "unit_status", "allocated"));
    let first = &heard[0];
    assert!(is(first, "unit_status", "allocating"), "{heard:#?}");
    assert_eq!(first.data["was"], "free");
    assert_eq!(first.data["compute_id"], unit.as_str());
    assert_eq!(first.data["hostname"], "host1");
    let last = heard.last().expect("a message");
    assert_eq!(last.id, Some(last.data["id"].to_string()));
    assert!(
        last.data["job"].is_string(),
        "which job did it: {:#}",
        last.data
    );
    let kept = log(plane.client());
    let heard: Vec<Value> = heard.into_iter().map(|message| message.data).collect();
    assert!(kept.windows(heard.len()).any(|some| some == heard));
}

#[test]
fn a_stream_that_broke_off_goes_on_where_it_was() {
    let plane = Plane::simulated(1);
    plane.init(1, &["0-31"]);
    let mut stream = Stream::open(plane.client(), "/api/events", None);
    let unit = allocate(plane.client());
    let first = stream.next().expect("a message");
    let last = stream.last_id.clone();
    drop(stream);
    let path = format!("/api/compute_units/deallocate/{unit}?wait=true");
    plane.client().delete(&path).expect(200);
    let mut stream = Stream::open(plane.client(), "/api/events", last.as_deref());
    let rest = up_to(&mut stream, |m| is(m, "unit_status", "free"));
    let heard = [ids(&[first]), ids(&rest)].concat();
    let from = heard[0];
    let expected: Vec<u64> = (from..).take(heard.len()).collect();
    assert_eq!(heard, expected, "each once, and none is missing");
    // The same by the parameter, which curl has and EventSource has not.
    let path = format!("/api/events?since={from}");
    let mut stream = Stream::open(plane.client(), &path, None);
    let again = up_to(&mut stream, |m| is(m, "unit_status", "free"));
    assert_eq!(ids(&again), ids(&rest));
}

#[test]
fn whoever_heard_nothing_yet_misses_nothing_either() {
    let plane = Plane::simulated(1);
    plane.init(1, &["0-31"]);
    let mut stream = Stream::open(plane.client(), "/api/events?kind=job_failed", None);
    stream.begin();
    let place = stream.last_id.clone();
    drop(stream);
    allocate(plane.client());
    let mut stream = Stream::open(plane.client(), "/api/events", place.as_deref());
    let heard = up_to(&mut stream, |m| is(m, "unit_status", "allocated"));
    assert!(is(&heard[0], "unit_status", "allocating"), "{heard:#?}");
}

#[test]
fn a_stream_and_the_log_are_filtered() {
    let plane = Plane::simulated(2);
    plane.init(1, &["0-31"]);
    let path = "/api/events?kind=server_status,server_health&hostname=host2";
    let mut stream = Stream::open(plane.client(), path, None);
    allocate(plane.client());
    plane.init(2, &["0-31"]);
    let heard = up_to(&mut stream, |m| is(m, "server_status", "ready"));
    assert!(heard.iter().all(|m| m.data["hostname"] == "host2"));
    let kinds: Vec<&str> = heard.iter().map(|m| m.event.as_str()).collect();
    assert_eq!(kinds, ["server_status", "server_health", "server_status"]);
    let client = plane.client();
    let list = |query: &str| {
        let path = format!("/api/events/log?{query}");
        let list = client.get(&path).expect(200);
        list.as_array().expect("a list").clone()
    };
    let listed = list("kind=server_status,server_health&hostname=host2");
    let heard: Vec<Value> = heard.into_iter().rev().map(|m| m.data).collect();
    assert_eq!(listed, heard, "the newest first");
    let newest = listed[0]["id"].as_u64().expect("a number");
    assert_eq!(
        list(&format!("before={newest}&limit=1"))[0]["id"],
        newest - 1
    );
    assert!(
        list(&format!("since={newest}"))
            .iter()
            .all(|event| { event["id"].as_u64().expect("a number") > newest })
    );
    let at = listed[0]["at"].as_str().expect("a time");
    assert!(list(&format!("since={at}")).contains(&listed[0]));
    for bad in [
        "kind=unit_status,nonsense",
        "since=yesterday",
        "before=-1",
        "limit=0",
        "job=1",
        "hostname=a%3Bb",
    ] {
        let refused = client.get(&format!("/api/events/log?{bad}"));
        refused.expect(422);
    }
    client.get("/api/events?kind=nonsense").expect(422);
}

#[test]
fn a_stream_ends_when_its_control_plane_does() {
    let plane = Plane::simulated(1);
    let stream = Stream::open(plane.client(), "/api/events", None);
    let plane = plane.stop();
    assert_eq!(stream.count(), 0, "it ends");
    drop(plane);
}
