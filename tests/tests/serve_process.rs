//! `kloigos serve` as a person starts it: a process, its output, its data.

use std::{
    net::TcpListener,
    os::unix::net::UnixDatagram,
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use kloigos_tests::{client::Call, keys::public_key, plane::init_body};
use rustix::process::Signal;
use serde_json::{Value, json};
use xtask::drive::{self, ControlPlane, Left, Serve};

const TOKEN: &str = "administrator token: ";

/// A start on this folder, with the token of the first one.
fn start(dir: &Path, arguments: &[&str], token: Option<&str>) -> ControlPlane {
    ControlPlane::start(&serve(dir, arguments, token)).expect("kloigos starts")
}

fn serve(dir: &Path, arguments: &[&str], token: Option<&str>) -> Serve {
    Serve {
        data_dir: dir.to_owned(),
        arguments: arguments.iter().map(Into::into).collect(),
        token: token.map(str::to_owned),
    }
}

/// The first start on this folder, called with the token it printed.
fn first(dir: &Path, arguments: &[&str]) -> (ControlPlane, String) {
    let plane = start(dir, arguments, None);
    let token = plane.api().token().expect("a token is printed").to_owned();
    (plane, token)
}

fn stop(plane: ControlPlane) -> Left {
    plane.stop().expect("kloigos stops")
}

/// Runs `kloigos` to its end.
fn run(arguments: &[&str]) -> Output {
    drive::run(arguments).expect("kloigos runs")
}

#[test]
fn a_service_manager_is_told_when_calls_are_answered() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("notify");
    let manager = UnixDatagram::bind(&path).expect("a socket");
    let patience = Some(Duration::from_mins(1));
    manager.set_read_timeout(patience).expect("a timeout");
    let mut child = Command::new(drive::executable().expect("kloigos is built"))
        .args(["serve", "--simulated", "1", "--listen", "127.0.0.1:0"])
        .arg("--data-dir")
        .arg(dir.path())
        .env("NOTIFY_SOCKET", &path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("kloigos starts");
    let mut heard = [0; 64];
    let heard = manager
        .recv(&mut heard)
        .map(|length| heard[..length].to_vec());
    child.kill().expect("it is ended");
    child.wait().expect("it is over");
    assert_eq!(heard.expect("it says something"), b"READY=1\n");
}

#[test]
fn the_token_is_printed_once_and_only_once_and_never_kept_or_logged() {
    let dir = tempfile::tempdir().expect("a folder");
    let (process, token) = first(dir.path(), &["--simulated", "1"]);
    process.client().get("/api/servers").expect(200);
    process.client().anonymous().get("/api/servers").expect(401);
    let left = stop(process);
    assert!(left.status.success(), "{left:?}");
    assert!(!left.stderr.contains(&token), "the log holds the token");
    for file in files(dir.path()) {
        let bytes = std::fs::read(&file).expect("a file");
        let secret = token.as_bytes();
        let holds = bytes.windows(secret.len()).any(|window| window == secret);
        assert!(!holds, "{} holds the token", file.display());
    }
    let again = start(dir.path(), &["--simulated", "1"], Some(&token));
    again.client().get("/api/servers").expect(200);
    let left = stop(again);
    assert!(
        !left.stdout.contains(TOKEN),
        "a second start printed a token: {}",
        left.stdout
    );
}

fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn a_simulated_fleet_says_so_everywhere() {
    let dir = tempfile::tempdir().expect("a folder");
    let (process, _) = first(dir.path(), &["--simulated", "3"]);
    let health = process.client().anonymous().get("/api/health").expect(200);
    assert_eq!(health["simulated"], true);
    let init = process
        .client()
        .post("/api/admin/init_server?wait=true", &init_body(3, &["0-3"]));
    init.expect(200);
    let server = process.client().get("/api/servers/host3").expect(200);
    assert_eq!(server["facts"]["simulated"], true);
    let probe = json!({"ip": "127.64.0.1"});
    let probed = process
        .client()
        .post("/api/servers/probe", &probe)
        .expect(200);
    assert_eq!(probed["facts"]["simulated"], true);
    let left = stop(process);
    assert!(left.stderr.contains("simulated"), "{}", left.stderr);
}

#[test]
fn a_simulated_fleet_never_mixes_with_a_real_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let (simulated, token) = first(dir.path(), &["--simulated", "1"]);
    let init = simulated
        .client()
        .post("/api/admin/init_server?wait=true", &init_body(1, &["0-3"]));
    init.expect(200);
    // Both at once, on the same folder: each has its own database, and its own first token.
    let (real, other) = first(dir.path(), &[]);
    assert_ne!(token, other);
    assert_eq!(real.client().get("/api/servers").expect(200), json!([]));
    assert_eq!(
        real.client().get("/api/health").expect(200)["simulated"],
        false
    );
}

#[test]
fn without_tokens_it_serves_this_machine_alone() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.7:8000"] {
        let output = run(&[
            "serve",
            "--insecure-no-auth",
            "--simulated",
            "1",
            "--listen",
            address,
        ]);
        assert!(!output.status.success(), "{address}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            said.contains("--insecure-no-auth") && said.contains("loopback"),
            "{said}"
        );
    }
    let dir = tempfile::tempdir().expect("a folder");
    let process = start(
        dir.path(),
        &["--simulated", "1", "--insecure-no-auth"],
        None,
    );
    process.client().get("/api/servers").expect(200);
    let page = Call::new("GET", "/api/servers").header("Origin", "http://example.org");
    process.client().send(&page).expect(403);
    let left = stop(process);
    assert!(!left.stdout.contains(TOKEN), "{}", left.stdout);
}

#[test]
fn a_stop_lets_calls_in_flight_end_and_the_next_start_knows_all() {
    for signal in [Signal::TERM, Signal::INT] {
        let dir = tempfile::tempdir().expect("a folder");
        let (process, token) = first(dir.path(), &["--simulated", "1"]);
        let ranges = init_body(1, &["0-3", "4-7"]);
        process
            .client()
            .post("/api/admin/init_server?wait=true", &ranges)
            .expect(200);
        let wanted = json!({"tags": {"a": "b"}, "ssh_public_key": public_key(1)});
        let unit = process
            .client()
            .post("/api/compute_units/allocate", &wanted)
            .expect(200);
        let attested = |units: &Value| units[0]["attestation"]["holds"].is_boolean();
        let units = process.client().await_get("/api/compute_units/", attested);
        assert_eq!(units[0]["attestation"]["holds"], true, "{units}");
        let before = listed(&process);
        process.signal(signal).expect("it is there");
        let left = process.left().expect("kloigos stops");
        assert!(left.status.success(), "{left:?}");
        assert!(left.stderr.contains("stopped"), "{}", left.stderr);
        let again = start(dir.path(), &["--simulated", "1"], Some(&token));
        assert_eq!(listed(&again), before);
        assert_eq!(before[0][0]["allocation_id"], unit["allocation_id"]);
        go_on(&again);
    }
}

/// What was begun before a restart is ended after it.
fn go_on(process: &ControlPlane) {
    let wanted = json!({"tags": null, "ssh_public_key": public_key(2)});
    process
        .client()
        .post("/api/compute_units/allocate", &wanted)
        .expect(200);
    let end = "/api/compute_units/deallocate/host1_0-3?wait=true";
    process.client().delete(end).expect(200);
    let leave = "/api/admin/decommission_server/host1?force=true&wait=true";
    process.client().delete(leave).expect(200);
    assert_eq!(listed(process), json!([[], []]));
}

/// Units and servers, as they are listed.
fn listed(process: &ControlPlane) -> Value {
    let units = process.client().get("/api/compute_units/").expect(200);
    let servers = process.client().get("/api/servers").expect(200);
    json!([units, servers])
}

#[test]
fn a_second_process_on_the_same_data_is_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    let (process, _) = first(dir.path(), &["--simulated", "1"]);
    let data = dir.path().to_str().expect("a path of text");
    let output = run(&[
        "serve",
        "--simulated",
        "1",
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        data,
    ]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    let health = process.client().get("/api/health").expect(200);
    assert_eq!(health["store"], true, "the first one goes on");
    assert!(said.contains("process"), "{said}");
}

#[test]
fn a_taken_address_is_said_before_any_token_is() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().to_str().expect("a path of text");
    let output = run(&[
        "serve",
        "--simulated",
        "1",
        "--listen",
        &address,
        "--data-dir",
        data,
    ]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains(&address));
    assert!(
        output.stdout.is_empty(),
        "no token is shown for a control plane that never was"
    );
    let (_process, _token) = first(dir.path(), &["--simulated", "1"]);
}

#[test]
fn logs_are_text_or_json_and_hold_no_tenants_key() {
    let dir = tempfile::tempdir().expect("a folder");
    let arguments = ["--simulated", "1", "--log-format", "json", "--log", "debug"];
    let (process, token) = first(dir.path(), &arguments);
    process
        .client()
        .post("/api/admin/init_server?wait=true", &init_body(1, &["0-3"]))
        .expect(200);
    let key = public_key(7);
    let wanted = json!({"tags": {"secret": "hunter2"}, "ssh_public_key": key});
    let reply = process
        .client()
        .post("/api/compute_units/allocate", &wanted);
    let id = reply
        .header("x-request-id")
        .expect("a request id")
        .to_owned();
    reply.expect(200);
    let Left { stderr, .. } = stop(process);
    let lines: Vec<Value> = stderr
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    assert!(
        lines.iter().any(|line| line["span"]["id"] == id.as_str()),
        "{stderr}"
    );
    let blob = key.split(' ').nth(1).expect("a blob");
    for secret in [token.as_str(), blob, "hunter2"] {
        assert!(!stderr.contains(secret), "the log holds {secret}");
    }
}

#[test]
fn without_a_host_binary_it_says_so_and_refuses_to_init() {
    let dir = tempfile::tempdir().expect("a folder");
    // A copy in a folder of its own has no kloigos-host beside it.
    let alone = dir.path().join("kloigos");
    std::fs::copy(drive::executable().expect("it builds"), &alone).expect("a copy");
    let serve = serve(&dir.path().join("data"), &[], None);
    let process = ControlPlane::start_of(&alone, &serve).expect("kloigos starts");
    let health = process.client().get("/api/health").expect(200);
    assert_eq!(health["host_binary"], false);
    let reply = process
        .client()
        .post("/api/admin/init_server", &init_body(1, &["0-3"]));
    reply.expect(503);
    assert!(
        reply.detail().contains("cargo xtask dist"),
        "{}",
        reply.body
    );
    assert_eq!(process.client().get("/api/servers").expect(200), json!([]));
    assert!(stop(process).stderr.contains("cargo xtask dist"));
}
