//! What is under way, what failed, and whom the modules cannot reach.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    process::Stdio,
};

use kloigos_tests::{controller::repository, keys::public_key};
use serde_json::json;
use xtask::{
    ansible,
    drive::{ControlPlane, Serve},
};

use super::{Controller, relay::Relay};

/// All points of the work that a hook can be at.
const POINTS: [&str; 4] = [
    "after_init",
    "after_allocate",
    "clean_up",
    "before_decommission",
];

impl Controller {
    /// One whose control plane has a hook at every point, told by files what becomes of it.
    fn hooked() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let hooks = folder.path().join("hooks");
        fs::create_dir(&hooks).expect("a folder");
        for point in POINTS {
            let hook = hooks.join(point);
            fs::copy(repository("tests/tests/ansible/hook.sh"), &hook).expect("a copy");
            fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("a mode");
        }
        // Whatever this user's umask.
        fs::set_permissions(&hooks, fs::Permissions::from_mode(0o755)).expect("a mode");
        let arguments = [
            "--simulated".into(),
            "1".into(),
            "--hooks".into(),
            hooks.into(),
        ];
        Self::in_folder(folder, ansible::VERSIONS[0], &arguments)
    }

    /// The same with the control plane's next process.
    fn upgraded(self) -> Self {
        let serve = Serve {
            token: self.plane.api().token().map(str::to_owned),
            ..self.serve
        };
        self.plane.stop().expect("it stops");
        Self {
            plane: ControlPlane::start(&serve).expect("kloigos starts"),
            serve,
            ..self
        }
    }
}

#[test]
fn a_name_is_one_units_until_that_is_proven_empty() {
    let controller = Controller::hooked();
    let cut = controller.plane.api();
    cut.init_server("host1", "127.64.0.1", &["0-15", "16-31"], &json!({}))
        .expect("the server is cut");
    controller.prints("ansible-playbook", &["unit_states.yml"]);
}

#[test]
fn a_server_is_gone_when_nothing_of_ours_is_on_it() {
    Controller::hooked().prints("ansible-playbook", &["server_states.yml"]);
}

#[test]
fn a_control_plane_that_is_upgraded_meanwhile_is_waited_for() {
    let controller = Controller::hooked();
    let cut = controller.plane.api();
    cut.init_server("host1", "127.64.0.1", &["0-15"], &json!({}))
        .expect("the server is cut");
    let hold = controller.path("after_allocate.hold");
    fs::write(&hold, "").expect("a file");
    let relay = Relay::new(controller.plane.client().address());
    let wanted = json!({
        "name": "web", "cpu_count": 16, "ssh_public_keys": [public_key(1)], "url": relay.url(),
    });
    let play = controller
        .command(
            "ansible",
            &[
                "localhost",
                "-m",
                "kloigos.cloud.unit",
                "-a",
                &wanted.to_string(),
            ],
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Ansible runs");
    relay.await_call("GET /api/jobs/");
    relay.turn_to(None);
    let controller = controller.upgraded();
    relay.await_losses();
    relay.turn_to(Some(controller.plane.client().address()));
    fs::remove_file(hold).expect("the file was there");
    let output = play.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(said.contains(r#""status": "allocated""#), "{said}");
}

#[test]
fn what_is_no_control_plane_is_called_that() {
    let controller = Controller::new();
    for status in ["200 OK", "404 Not Found"] {
        let url = stranger(status);
        let wanted = json!({"name": "host1", "state": "absent", "url": url}).to_string();
        let output = controller.run(
            "ansible",
            &["localhost", "-m", "kloigos.cloud.server", "-a", &wanted],
        );
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(!output.status.success(), "{status}: {said}");
        let expected = format!("{url} is no Kloigos control plane");
        assert!(said.contains(&expected), "{status}: {said}");
    }
}

/// The address of one who answers everybody with a page.
fn stranger(status: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let page = "<html>";
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n",
        page.len()
    );
    // It ends with the test's process.
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // Whoever goes away meanwhile has no use for an answer.
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all([&head, page].concat().as_bytes());
        }
    });
    url
}
