//! `kloigos ssh`, `exec` and `cp` with the real OpenSSH, against a real sshd.

use std::{
    fs,
    net::{Ipv4Addr, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output},
    time::{Duration, Instant},
};

use kloigos_tests::sshd;
use serde_json::json;
use tempfile::TempDir;

use crate::{canned::Canned, person::Person};

/// An sshd, and a control plane that says it is a unit's.
struct Unit {
    dir: TempDir,
    sshd: Child,
    port: u16,
    person: Person,
}

impl Unit {
    /// The control plane knows the key of this file.
    fn known_by(key: &str) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
        for name in ["host", "other", "id"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(dir.path().join(name))
                .status();
            assert!(made.expect("ssh-keygen is there").success());
        }
        let port = sshd::free_port();
        let sshd = answering(dir.path(), port);
        let host_key = fs::read_to_string(dir.path().join(format!("{key}.pub"))).expect("a key");
        let canned = Canned::saying(move |path| {
            let server =
                json!({"hostname": "host1", "ssh_port": port, "host_key": host_key.trim()});
            let unit = json!({
                "compute_id": "host1_0-3", "hostname": "host1", "ip": "127.0.0.1", "user": "root",
                "status": "allocated",
            });
            let what = match path {
                "/api/servers" => json!([server]),
                path if path.starts_with("/api/servers") => server,
                path if path.contains('?') => json!([unit]),
                _ => unit,
            };
            what.to_string()
        });
        let person = Person::at(&canned.url(), None);
        Self {
            dir,
            sshd,
            port,
            person,
        }
    }

    fn run(&self, verb: &str, arguments: &[&str]) -> Output {
        let identity = self.path("id");
        let own = [
            verb,
            "-i",
            identity.to_str().expect("a path"),
            "--ssh-option",
            "BatchMode=yes",
        ];
        self.person.run(&[&own, arguments].concat())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        // It is this test's own; an end that came by itself is as good.
        let _ = self.sshd.kill();
        let _ = self.sshd.wait();
    }
}

fn answering(dir: &Path, port: u16) -> Child {
    let child = sshd::start(dir, port, "id.pub", "Subsystem sftp internal-sftp");
    let end = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(Instant::now() < end, "sshd does not answer");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

#[test]
fn the_key_that_the_control_plane_knows_opens_the_door() {
    let unit = Unit::known_by("host");
    // Whatever this user's own files say.
    fs::write(
        unit.person.home().join(".ssh/known_hosts"),
        "host1 ssh-ed25519 AAAA\n",
    )
    .expect("a file");
    let output = unit.run("ssh", &["host1_0-3", "--", "echo $((6*7)); exit 3"]);
    assert_eq!(output.stdout, b"42\n", "{output:?}");
    assert_eq!(
        output.status.code(),
        Some(3),
        "the unit's exit code is passed on: {output:?}"
    );

    let hostile = ["a b", "$(id)", "it's", "\"", "*", "", "-n"];
    let output = unit.run(
        "exec",
        &[&["host1_0-3", "--", "printf", "%s\\n"][..], &hostile].concat(),
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        hostile.map(|word| format!("{word}\n")).concat()
    );

    let there = unit.path("there");
    fs::write(unit.person.home().join("a:b"), "sent").expect("a file");
    let to = format!("host1_0-3:{}", there.display());
    let output = unit.run("cp", &["./a:b", &to]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_to_string(&there).expect("it came"), "sent");
    let output = unit.run("cp", &[&to, "back"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        fs::read_to_string(unit.person.home().join("back")).expect("it came"),
        "sent"
    );
}

#[test]
fn another_host_key_is_not_talked_to() {
    let unit = Unit::known_by("other");
    let output = unit.run("ssh", &["host1_0-3", "--", "echo reached"]);
    assert_eq!(output.status.code(), Some(255), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("Host key verification failed"),
        "{output:?}"
    );
}

/// What of a user's own settings would let another key pass.
#[test]
fn settings_of_the_user_do_not_let_another_key_in() {
    let unit = Unit::known_by("other");
    let real = fs::read_to_string(unit.path("host.pub")).expect("a key");
    fs::write(unit.path("known"), format!("host1 {real}")).expect("a file");
    let (known, control) = (unit.path("known"), unit.path("control"));
    let (known, control) = (known.display(), control.display());
    let settings = format!(
        "IgnoreUnknown UseKeychain\nHost *\n  UseKeychain yes\n  StrictHostKeyChecking no\n  \
         NoHostAuthenticationForLocalhost yes\n  UserKnownHostsFile {known}\n  \
         GlobalKnownHostsFile {known}\n  KnownHostsCommand /bin/cat {known}\n  \
         HostKeyAlias else\n  ControlPath {control}\n"
    );
    let person = &unit.person;
    fs::write(person.home().join("settings"), &settings).expect("a file");
    // OpenSSH looks for its settings where the password file says, not at HOME.
    let folder = person.home().join("bin");
    fs::create_dir(&folder).expect("a folder");
    let ssh = folder.join("ssh");
    let script = "#!/bin/sh\nexec /usr/bin/ssh -F \"$HOME/settings\" \"$@\"\n";
    fs::write(&ssh, script).expect("a file");
    fs::set_permissions(&ssh, fs::Permissions::from_mode(0o755)).expect("a mode");

    // A connection that the user has open already, to what the user believes.
    let port = unit.port.to_string();
    let identity = unit.path("id");
    let theirs = |more: &[&str]| {
        let mut command = Command::new(&ssh);
        command.env("HOME", person.home()).args(["-p", &port, "-i"]);
        command.arg(&identity).args(["-o", "HostKeyAlias=host1"]);
        let status = command.args(more).arg("root@127.0.0.1").status();
        assert!(status.expect("ssh is there").success(), "{more:?}");
    };
    theirs(&["-o", "ControlMaster=yes", "-o", "ControlPersist=60", "-Nf"]);

    let path = std::env::var("PATH").expect("a path");
    let path = format!("{}:{path}", folder.display());
    // By hand too, with what was exported before the user's own.
    let exported = person.prints(&["export", "ssh-config"]);
    let both = format!("{exported}\n{settings}");
    fs::write(person.home().join("both"), both).expect("a file");
    let mut by_hand = Command::new("ssh");
    by_hand.args(["-o", "BatchMode=yes", "-F"]);
    by_hand.arg(person.home().join("both")).arg("-i");
    by_hand.arg(&identity).args(["host1_0-3", "echo reached"]);
    let mut refused = || {
        let mut command = person.command(&["ssh", "-i"]);
        command
            .arg(&identity)
            .args(["--ssh-option", "BatchMode=yes"]);
        command.args(["host1_0-3", "--", "echo reached"]);
        command.env("PATH", &path);
        for command in [&mut command, &mut by_hand] {
            let output = command.output().expect("it runs");
            assert_eq!(output.status.code(), Some(255), "{output:?}");
            assert!(output.stdout.is_empty(), "{output:?}");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.contains("Host key verification failed"), "{said}");
        }
    };
    refused();
    theirs(&["-O", "exit"]);
    refused();
}
