//! The Ansible collection and the examples, with the real `ansible-core` over simulated servers.

#[path = "ansible/relay.rs"]
mod relay;
#[path = "ansible/trouble.rs"]
mod trouble;

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use kloigos_tests::{
    controller::{ansible_command, link_collection, repository},
    keys::public_key,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::{
    ansible,
    drive::{self, ControlPlane, Serve},
};

/// What tries to run a command of the controller.
const LOOKUP: &str = "{{ lookup('pipe', 'touch PWNED') }}";

/// A controller: a folder with the collection, and a control plane to call.
struct Controller {
    folder: TempDir,
    serve: Serve,
    plane: ControlPlane,
    programs: PathBuf,
}

impl Controller {
    fn new() -> Self {
        Self::with(ansible::VERSIONS[0])
    }

    /// With this version of `ansible-core`.
    fn with(version: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::in_folder(folder, version, &["--simulated", "3"].map(Into::into))
    }

    /// With this folder, and these arguments for the control plane.
    fn in_folder(folder: TempDir, version: &str, arguments: &[OsString]) -> Self {
        link_collection(folder.path());
        for number in 1..=2 {
            let file = folder.path().join(format!("key{number}.pub"));
            fs::write(file, public_key(number)).expect("a file");
        }
        let serve = Serve {
            data_dir: folder.path().join("data"),
            arguments: arguments.to_vec(),
            token: None,
        };
        Self {
            plane: ControlPlane::start(&serve).expect("kloigos starts"),
            programs: ansible::programs_of(version).expect("ansible-core is installed"),
            serve,
            folder,
        }
    }

    /// One of Ansible's programs, with files of the tests in its folder.
    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        for entry in fs::read_dir(repository("tests/tests/ansible")).expect("the plays") {
            let play = entry.expect("a play").path();
            fs::copy(
                &play,
                self.path(play.file_name().expect("a name").to_str().expect("a name")),
            )
            .expect("a copy");
        }
        self.run_in(self.folder.path(), program, arguments)
    }

    fn run_in(&self, folder: &Path, program: &str, arguments: &[&str]) -> Output {
        let mut command = self.command(program, arguments);
        command.current_dir(folder).output().expect("Ansible runs")
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let home = self.folder.path();
        let mut command = ansible_command(&self.programs, program, home, self.plane.api());
        command.args(arguments).current_dir(home);
        command
    }

    /// What a program prints, when it succeeds.
    #[track_caller]
    fn prints(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.run(program, arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{program} {arguments:?}:\n{said}\n{error}"
        );
        said
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A unit of 16 CPUs on `host1`, with these tags.
    #[track_caller]
    fn allocate(&self, tags: &Value) {
        let key = public_key(1);
        let body = json!({"cpu_count": 16, "tags": tags, "ssh_public_key": key});
        self.plane
            .client()
            .post("/api/compute_units/allocate", &body)
            .expect(200);
    }

    fn cut(&self) {
        let api = self.plane.api();
        let cut = api.init_server(
            "host1",
            "127.64.0.1",
            &["0-15", "16-31", "32-47", "48-63"],
            &json!({}),
        );
        cut.expect("the server is cut");
    }
}

#[test]
fn modules_do_what_is_asked_once_and_nothing_in_check_mode() {
    let controller = Controller::new();
    let said = controller.prints("ansible-playbook", &["modules.yml", "--diff"]);
    assert!(said.contains("failed=0"), "{said}");
}

#[test]
fn the_inventory_knows_every_unit_and_remembers_them() {
    let controller = Controller::new();
    controller.cut();
    controller.allocate(&json!({"team": "fx", "groups": ["web", "all", "9lives"], "level": 3}));
    controller.allocate(&json!({}));
    let listed = || -> Value {
        let said = controller.prints("ansible-inventory", &["-i", "cached.kloigos.yml", "--list"]);
        serde_json::from_str(&said).expect("JSON")
    };
    let first = listed();
    let unit = &first["_meta"]["hostvars"]["host1_0-15"];
    let expected = json!({
        "ansible_host": "127.64.0.1", "ansible_port": 22, "ansible_user": "u0-15",
        "compute_id": "host1_0-15", "kloigos_server": "host1", "region": "lab", "zone": "a",
        "cpu_count": 16, "cpu_range": "0-15", "ports_range": "2000-2200", "port_first": 2000,
        "port_last": 2199, "unit_dir": "/opt/c0-15", "unit_user": "u0-15", "http_port": 2007,
        "cpu_list": "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
    });
    for (name, value) in expected.as_object().expect("variables") {
        assert_eq!(&plain(&unit[name]), value, "{name} of {unit:#}");
    }
    assert_eq!(plain(&unit["kloigos_tags"]["team"]), "fx");
    let hosts = |group: &str| first[group]["hosts"].as_array().map_or(0, Vec::len);
    for (group, count) in [
        ("region_lab", 2),
        ("zone_a", 2),
        ("status_allocated", 2),
        ("tag_team_fx", 1),
        ("tag_level_3", 1),
        ("web", 1),
        ("tag_all", 1),
        ("_9lives", 1),
        ("team_fx", 1),
    ] {
        assert_eq!(hosts(group), count, "{group} in {first:#}");
    }
    let keys = fs::read_to_string(controller.path("known_hosts")).expect("host keys");
    assert!(keys.starts_with("host1 ssh-ed25519 AAAA"), "{keys}");
    assert!(
        unit["ansible_ssh_common_args"]
            .to_string()
            .contains("HostKeyAlias=host1"),
        "{unit:#}"
    );

    // What is remembered is the same, and asks nobody.
    controller.allocate(&json!({}));
    assert_eq!(listed(), first);
    let said = controller.prints(
        "ansible-inventory",
        &["-i", "cached.kloigos.yml", "--list", "--flush-cache"],
    );
    assert!(said.contains("host1_32-47"), "{said}");
}

/// Without the mark that a text has.
fn plain(value: &Value) -> Value {
    value.get("__ansible_unsafe").unwrap_or(value).clone()
}

#[test]
fn no_tag_is_ever_a_template_or_anything_but_a_tag() {
    for version in ansible::VERSIONS {
        no_tag_is_a_template(&Controller::with(version));
    }
}

fn no_tag_is_a_template(controller: &Controller) {
    controller.cut();
    controller.allocate(&json!({
        "motto": LOOKUP, "list": [LOOKUP], LOOKUP: "x", "groups": [LOOKUP, "localhost", "!unsafe x"],
        "ansible_connection": "local", "__ansible_unsafe": LOOKUP, "x": "}}\n{{".replace('\n', " "),
    }));
    controller.prints(
        "ansible-playbook",
        &["-i", "hostile.kloigos.yml", "hostile.yml"],
    );
    controller.prints("ansible-playbook", &["hostile_module.yml", "--diff"]);
    controller
        .plane
        .client()
        .delete("/api/compute_units/deallocate/host1_16-31?wait=true")
        .expect(200);
    let exported = drive::run(&[
        "export",
        "ansible",
        "--url",
        &controller.plane.api().base(),
        "--token-file",
        &token_file(controller),
    ]);
    let exported = exported.expect("kloigos runs");
    assert!(exported.status.success(), "{exported:?}");
    fs::write(controller.path("exported.yml"), exported.stdout).expect("a file");
    controller.prints("ansible-playbook", &["-i", "exported.yml", "hostile.yml"]);
    let listed = controller.prints(
        "ansible-inventory",
        &["-i", "hostile.kloigos.yml", "--list", "--export"],
    );
    assert!(listed.contains("\"fx\""), "the group is composed: {listed}");
    assert!(!controller.path("PWNED").exists(), "a tag ran a command");
}

fn token_file(controller: &Controller) -> String {
    let file = controller.path("token");
    fs::write(&file, controller.plane.api().token().expect("a token")).expect("a file");
    file.display().to_string()
}

#[test]
fn the_playbook_of_the_page_on_hooks_is_sound() {
    let page = fs::read_to_string(repository("docs/how-to/hooks.md")).expect("the page");
    let (_, code) = page.split_once("```yaml\n").expect("a playbook");
    let (code, _) = code.split_once("```").expect("its end");
    let controller = Controller::new();
    fs::write(controller.path("page.yaml"), code).expect("a file");
    controller.prints("ansible-playbook", &["page.yaml", "--syntax-check"]);
}

#[test]
fn no_tag_is_ever_a_template_in_a_hook() {
    for version in ansible::VERSIONS {
        no_tag_is_a_template_in_a_hook(version);
    }
}

fn no_tag_is_a_template_in_a_hook(version: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let hooks = folder.path().join("hooks");
    fs::create_dir(&hooks).expect("a folder");
    let hook = repository("tests/tests/ansible/clean_up.yaml");
    fs::copy(hook, hooks.join("clean_up.yaml")).expect("a copy");
    // Whatever this user's umask.
    for (path, mode) in [(hooks.clone(), 0o755), (hooks.join("clean_up.yaml"), 0o644)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
    }
    let programs = ansible::programs_of(version).expect("ansible-core is installed");
    let player = programs.join("ansible-playbook").display().to_string();
    let hooks_dir = hooks.display().to_string();
    let told = [
        "--simulated",
        "1",
        "--hooks",
        &hooks_dir,
        "--ansible-playbook",
        &player,
    ];
    let serve = Serve {
        data_dir: folder.path().join("data"),
        arguments: told.map(Into::into).to_vec(),
        token: None,
    };
    let plane = ControlPlane::start(&serve).expect("kloigos starts");
    let cut = plane.api();
    cut.init_server("host1", "127.64.0.1", &["0-15"], &json!({}))
        .expect("the server is cut");
    let tags = json!({
        "motto": LOOKUP, "list": [LOOKUP], LOOKUP: "x", "<<": "merge", "wide": "é😀",
        "__ansible_unsafe": LOOKUP, "ansible_connection": "ssh", "x": "!!python/object:os.system",
    });
    let client = plane.client();
    let body = json!({"cpu_count": 16, "tags": tags, "ssh_public_key": public_key(1)});
    client
        .post("/api/compute_units/allocate", &body)
        .expect(200);
    client
        .delete("/api/compute_units/deallocate/host1_0-15?wait=true")
        .expect(200);
    let jobs = client.get("/api/jobs").expect(200);
    let over = jobs.as_array().expect("jobs").iter();
    let mut over = over.filter(|job| job["kind"] == "deallocating");
    let job = over.next().expect("the job")["id"].clone();
    let job = job.as_str().expect("an id");
    let job = client.get(&format!("/api/jobs/{job}")).expect(200);
    assert_eq!(job["status"], "succeeded", "{version}: {job:#}");
    assert!(
        job["log"].to_string().contains("failed=0"),
        "{version}: {job:#}"
    );
    let left = fs::read_to_string(folder.path().join("hook.txt")).expect("the hook left it");
    assert_eq!(left, format!("host1_0-15 {LOOKUP}"));
    let pwned = Command::new("find")
        .arg(folder.path())
        .args(["-name", "PWNED"])
        .output();
    assert!(
        pwned.expect("find is there").stdout.is_empty(),
        "a tag ran a command"
    );
}

#[test]
fn the_collection_is_built_and_documented() {
    let controller = Controller::new();
    let source = repository("ansible").display().to_string();
    controller.prints(
        "ansible-galaxy",
        &["collection", "build", &source, "--output-path", "."],
    );
    assert!(controller.path("kloigos-cloud-0.3.0.tar.gz").exists());
    assert!(
        env!("CARGO_PKG_VERSION") == "0.3.0",
        "galaxy.yml has the version of the product"
    );
    for (kind, name) in [
        ("inventory", "kloigos"),
        ("module", "unit"),
        ("module", "server"),
    ] {
        let name = format!("kloigos.cloud.{name}");
        let said = controller.prints("ansible-doc", &["-t", kind, &name]);
        assert!(said.contains("token_file"), "{said}");
    }
}

#[test]
fn the_examples_are_sound_and_allocate_their_units() {
    let controller = Controller::new();
    controller.cut();
    let examples = repository("examples/ansible");
    fs::create_dir(controller.path(".ssh")).expect("a folder");
    fs::write(controller.path(".ssh/id_ed25519.pub"), public_key(1)).expect("a file");
    let copy = Command::new("cp")
        .arg("-r")
        .arg(&examples)
        .arg(controller.path("examples"))
        .status();
    assert!(copy.expect("cp is there").success());
    let folder = controller.path("examples");
    let play = |arguments: &[&str]| {
        let output = controller.run_in(&folder, "ansible-playbook", arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{arguments:?}: {said} {}",
            String::from_utf8_lossy(&output.stderr)
        );
        said
    };
    for name in ["allocate", "deploy", "upgrade", "release"] {
        play(&[&format!("{name}.yml"), "--syntax-check"]);
    }
    play(&["allocate.yml", "-e", "cpu_count=16"]);
    let said = play(&["allocate.yml", "-e", "cpu_count=16"]);
    assert!(said.contains("changed=0"), "{said}");
    let output = controller.run_in(&folder, "ansible-inventory", &["--graph", "etcd"]);
    let graph = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(graph.matches("host1_").count(), 3, "{graph}");
    // The service as each node would get it.
    let rendered = controller.run_in(
        &folder,
        "ansible",
        &[
            "etcd",
            "-m",
            "ansible.builtin.debug",
            "-e",
            "@cluster.yml",
            "-e",
            "etcd_version=1",
            "-a",
            "msg={{ lookup('ansible.builtin.template', 'templates/etcd.service.j2') }}",
        ],
    );
    let rendered = String::from_utf8_lossy(&rendered.stdout).into_owned();
    for port in [2000, 2200, 2400] {
        for (what, port) in [("listen-client", port), ("listen-peer", port + 1)] {
            let part = format!("--{what}-urls http://127.64.0.1:{port} ");
            assert!(rendered.contains(&part), "{part} is not in {rendered}");
        }
        let node = format!("=http://127.64.0.1:{}", port + 1);
        assert_eq!(rendered.matches(&node).count(), 3, "{node} in {rendered}");
    }
    play(&["release.yml"]);
}
