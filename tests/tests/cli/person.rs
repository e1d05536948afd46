//! Somebody with a home, a control plane and the program.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use kloigos_tests::{keys::public_key, pages::Reader};
use rustix::fs::{FlockOperation, flock};
use tempfile::TempDir;
use xtask::drive::{self, ControlPlane, Serve};

pub(crate) struct Person {
    home: TempDir,
    url: String,
    token: Option<String>,
}

impl Person {
    /// Somebody who knows the administrator's token of this control plane.
    pub(crate) fn of(plane: &ControlPlane) -> Self {
        Self::at(&plane.api().base(), plane.api().token())
    }

    pub(crate) fn at(url: &str, token: Option<&str>) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        fs::create_dir(home.path().join(".ssh")).expect("a folder");
        let own = home.path().join(".ssh/id_ed25519.pub");
        fs::write(own, public_key(1)).expect("a file");
        fs::write(
            home.path().join("bob.pub"),
            public_key(2).replace("ann", "bob"),
        )
        .expect("a file");
        let receiver = include_str!("../../../examples/webhooks/receiver.py");
        fs::write(home.path().join("receiver.py"), receiver).expect("a file");
        if let Some(token) = token {
            fs::write(home.path().join("token"), token).expect("a file");
        }
        Self {
            home,
            url: url.to_owned(),
            token: token.map(str::to_owned),
        }
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The program with these arguments and nothing of the tests' own environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .current_dir(self.home())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").expect("a path"))
            .env("HOME", self.home())
            .env("KLOIGOS_URL", &self.url)
            .stdin(Stdio::null());
        if let Some(token) = &self.token {
            command.env("KLOIGOS_TOKEN", token);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("kloigos runs")
    }

    /// What it prints, when it succeeds.
    #[track_caller]
    pub(crate) fn prints(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("a text")
    }

    /// Its exit code and what it says on stderr, when it fails.
    #[track_caller]
    pub(crate) fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?}: {output:?}");
        let said = String::from_utf8(output.stderr).expect("a text");
        (output.status.code().expect("it ended by itself"), said)
    }

    /// The same one, to follow a page.
    pub(crate) fn reader(&self) -> Reader {
        Reader {
            home: self.home().to_owned(),
            programs: program().parent().expect("a folder").to_owned(),
            url: self.url.clone(),
        }
    }
}

pub(crate) fn program() -> PathBuf {
    drive::executable().expect("kloigos is built").to_owned()
}

/// A control plane with three simulated servers, in a folder of its own.
pub(crate) fn plane(dir: &Path) -> ControlPlane {
    let serve = Serve {
        data_dir: dir.to_owned(),
        arguments: ["--simulated", "3"].map(Into::into).to_vec(),
        token: None,
    };
    ControlPlane::start(&serve).expect("kloigos starts")
}

/// Cuts `host1` into four units of 16 CPUs.
#[track_caller]
pub(crate) fn cut(person: &Person) {
    person.prints(&[
        "server",
        "init",
        "host1",
        "--ip",
        "127.64.0.1",
        "--region",
        "eu",
        "--zone",
        "a",
        "-c",
        "0-15",
        "-c",
        "16-31",
        "-c",
        "32-47",
        "-c",
        "48-63",
    ]);
}

/// While this is held, the simulated server does not answer.
pub(crate) fn busy(dir: &Path) -> fs::File {
    let lock = fs::File::create(dir.join("simulated/machines/127.64.0.1.lock")).expect("a file");
    flock(&lock, FlockOperation::LockExclusive).expect("a lock");
    lock
}
