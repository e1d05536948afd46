//! Control planes as processes of their own, killed as they work.

use std::path::Path;

use kloigos_tests::{keys::public_key, plane::init_body, postgres::Database};
use serde_json::{Value, json};
use xtask::drive::{self, ControlPlane, Serve};

const RANGES: [&str; 16] = [
    "0-3", "4-7", "8-11", "12-15", "16-19", "20-23", "24-27", "28-31", "32-35", "36-39", "40-43",
    "44-47", "48-51", "52-55", "56-59", "60-63",
];

fn start(dir: &Path, database: &str, token: Option<&str>) -> ControlPlane {
    let arguments = ["--simulated", "4", "--lease", "3", "--database", database];
    let serve = Serve {
        data_dir: dir.to_owned(),
        arguments: arguments.iter().map(Into::into).collect(),
        token: token.map(str::to_owned),
    };
    ControlPlane::start(&serve).expect("kloigos starts")
}

/// Begins an allocation and does not wait for it; the job, or nothing when there is no unit.
fn begin(plane: &ControlPlane, key: u8) -> Option<String> {
    let wanted = json!({"tags": null, "ssh_public_key": public_key(key), "cpu_count": 4});
    let reply = plane
        .client()
        .post("/api/compute_units/allocate?wait=false", &wanted);
    assert!(
        [202, 200].contains(&reply.status),
        "{}: {}",
        reply.status,
        reply.body
    );
    reply.header("kloigos-job").map(str::to_owned)
}

#[test]
fn a_killed_control_plane_costs_no_job_and_no_unit() {
    let dir = tempfile::tempdir().expect("a folder");
    let database = Database::new();
    let url = database.url();
    let mut victim = start(dir.path(), &url, None);
    let token = victim
        .api()
        .token()
        .expect("the first start prints a token")
        .to_owned();
    for number in 1..=4 {
        let init = init_body(number, &RANGES);
        victim
            .client()
            .post("/api/admin/init_server?wait=true", &init)
            .expect(200);
    }
    let lives = start(dir.path(), &url, Some(&token));
    // A kill that met no job at work shows nothing, and is done again.
    for _ in 0..8 {
        let before = taken_over(&database);
        kill_at_work(victim, &lives);
        victim = start(dir.path(), &url, Some(&token));
        empty(&victim);
        if taken_over(&database) > before {
            let checked = drive::run(&["db", "check", "--database", &url]).expect("kloigos runs");
            let said = String::from_utf8_lossy(&checked.stdout);
            assert!(
                checked.status.success() && said.contains("sound"),
                "{checked:?}"
            );
            return;
        }
    }
    panic!("no kill met a job at work");
}

/// How many jobs were taken up by a second control plane.
fn taken_over(database: &Database) -> u32 {
    let count = "SELECT count(*) FROM jobs WHERE attempt > 1 AND kind = 'allocating'";
    database.sql(count).parse().expect("a number")
}

/// Both are given work, one is killed, and the other ends all of it.
fn kill_at_work(victim: ControlPlane, lives: &ControlPlane) {
    let mut jobs = Vec::new();
    for key in 0..24 {
        jobs.extend(begin(lives, 100 + key));
        jobs.extend(begin(&victim, key));
    }
    victim.kill().expect("it is killed");
    assert_eq!(jobs.len(), 48, "each was begun");
    for job in &jobs {
        succeeded(lives, job);
    }
    let units = lives
        .client()
        .get("/api/compute_units/?status=allocated")
        .expect(200);
    assert_eq!(units.as_array().expect("a list").len(), 48, "one unit each");
}

/// Waits until a job is over, and it must have gone well.
fn succeeded(plane: &ControlPlane, job: &str) {
    let over = |job: &Value| job["ended_at"] != Value::Null;
    let ended = plane.client().await_get(&format!("/api/jobs/{job}"), over);
    assert_eq!(ended["status"], "succeeded", "{ended:#}");
}

/// Every tenant leaves.
fn empty(plane: &ControlPlane) {
    let units = plane
        .client()
        .get("/api/compute_units/?status=allocated")
        .expect(200);
    for unit in units.as_array().expect("a list") {
        let id = unit["compute_id"].as_str().expect("a name");
        let end = format!("/api/compute_units/deallocate/{id}?wait=true");
        plane.client().delete(&end).expect(200);
    }
}

#[test]
fn a_database_that_restarts_costs_no_job() {
    let dir = tempfile::tempdir().expect("a folder");
    let database = Database::alone();
    let plane = start(dir.path(), &database.url(), None);
    plane
        .client()
        .post("/api/admin/init_server?wait=true", &init_body(1, &RANGES))
        .expect(200);
    let mut jobs = Vec::new();
    for key in 0..8 {
        jobs.extend(begin(&plane, key));
    }
    database.cluster().kill();
    let refused = plane.client().get("/api/compute_units/");
    assert_eq!(refused.status, 503, "{}", refused.body);
    database.cluster().run();
    for job in &jobs {
        succeeded(&plane, job);
    }
    let units = plane
        .client()
        .get("/api/compute_units/?status=allocated")
        .expect(200);
    assert_eq!(units.as_array().expect("a list").len(), jobs.len());
}
