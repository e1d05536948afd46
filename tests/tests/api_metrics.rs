//! What Prometheus scrapes: the fleet's figures, and what was asked.

use std::collections::BTreeMap;

use kloigos_tests::{keys::public_key, plane::Plane};
use serde_json::json;

/// The samples of a scrape, by name and labels as they stand there.
fn scrape(plane: &Plane) -> BTreeMap<String, String> {
    let reply = plane.client().get("/metrics");
    assert_eq!(reply.status, 200, "{}", reply.body);
    let format = reply.header("content-type").expect("a content type");
    assert!(
        format.starts_with("application/openmetrics-text; version=1.0.0"),
        "{format}"
    );
    assert!(reply.body.ends_with("# EOF\n"), "{}", reply.body);
    let samples = reply.body.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("a value");
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

fn number(samples: &BTreeMap<String, String>, name: &str) -> u64 {
    samples[name].parse().expect("a whole number")
}

/// The sum of a metric over everything, and how many series there are.
fn sum(samples: &BTreeMap<String, String>, metric: &str) -> (u64, usize) {
    let of = |name: &&String| name.split('{').next() == Some(metric);
    let names: Vec<&String> = samples.keys().filter(of).collect();
    let values = names.iter().map(|name| number(samples, name));
    (values.sum(), names.len())
}

#[test]
fn the_fleets_figures_add_up() {
    let plane = Plane::simulated(2);
    assert_eq!(sum(&scrape(&plane), "kloigos_cpus"), (0, 0));
    plane.init(1, &["0-15", "16-31", "32-59"]);
    let wanted = json!({"tags": {}, "cpu_count": 28, "ssh_public_key": public_key(1)});
    let unit = plane.client().post("/api/compute_units/allocate", &wanted);
    assert_eq!(unit.expect(200)["compute_id"], "host1_32-59");
    plane.await_rest();

    let samples = scrape(&plane);
    let cpus = |status| {
        number(
            &samples,
            &format!("kloigos_cpus{{hostname=\"host1\",status=\"{status}\"}}"),
        )
    };
    assert_eq!((cpus("free"), cpus("allocated"), cpus("host")), (32, 28, 4));
    assert_eq!(sum(&samples, "kloigos_cpus"), (64, 3));
    assert_eq!(sum(&samples, "kloigos_units"), (3, 2));
    assert_eq!(sum(&samples, "kloigos_server"), (1, 1));
    assert_eq!(
        number(&samples, "kloigos_server_healthy{hostname=\"host1\"}"),
        1
    );
    assert_eq!(sum(&samples, "kloigos_jobs"), (0, 14));
}

#[test]
fn calls_are_counted_by_the_path_of_the_document() {
    let plane = Plane::simulated(1);
    plane.client().get("/api/servers/nobody").expect(404);
    plane.client().get("/api/servers/nothing").expect(404);
    plane.client().get("/no/such/page");
    let samples = scrape(&plane);
    let answers = |path, status| {
        let labels = format!("method=\"GET\",path=\"{path}\",status=\"{status}\"");
        number(&samples, &format!("kloigos_http_answers_total{{{labels}}}"))
    };
    assert_eq!(answers("/api/servers/{hostname}", 404), 2);
    assert_eq!(answers("other", 404), 1);
    let waits = "kloigos_http_wait_seconds_count{method=\"GET\",path=\"/api/servers/{hostname}\"}";
    assert_eq!(number(&samples, waits), 2);
    let names = samples.keys().any(|name| name.contains("nobody"));
    assert!(!names, "what callers ask for makes no series");
}

#[test]
fn who_has_no_token_sees_no_figures() {
    let plane = Plane::simulated(1);
    plane.client().anonymous().get("/metrics").expect(401);
}
