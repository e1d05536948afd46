//! A tenant: a key pair and an ssh client of the system, as people have them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use anyhow::{Context, Result, bail, ensure};

/// A key pair made by ssh-keygen(1).
#[derive(Debug, Clone)]
pub struct KeyPair {
    private: PathBuf,
    public: String,
}

impl KeyPair {
    /// Makes an ed25519 pair in this folder.
    pub fn make(folder: &Path, name: &str) -> Result<Self> {
        let private = folder.join(name);
        let arguments = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"];
        let status = Command::new("ssh-keygen")
            .args(arguments)
            .arg(&private)
            .status();
        ensure!(
            status.context("failed to run ssh-keygen")?.success(),
            "ssh-keygen failed"
        );
        let public = fs::read_to_string(private.with_extension("pub"))?
            .trim()
            .to_owned();
        Ok(Self { private, public })
    }

    /// The line that an allocation is asked with.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The private key's file.
    pub fn private_path(&self) -> &Path {
        &self.private
    }
}

/// Someone who logs in as a unit's user.
#[derive(Debug, Clone)]
pub struct Tenant {
    target: String,
    key: KeyPair,
    known_hosts: PathBuf,
}

impl Tenant {
    /// The user at this address; the host's key must be in `known_hosts`.
    pub fn new(user: &str, address: &str, key: &KeyPair, known_hosts: &Path) -> Self {
        Self {
            target: format!("{user}@{address}"),
            key: key.clone(),
            known_hosts: known_hosts.to_owned(),
        }
    }

    /// The command that a person would type.
    pub fn command_line(&self) -> String {
        let hosts = self.known_hosts.display();
        let key = self.key.private.display();
        format!("ssh -i {key} -o UserKnownHostsFile={hosts} {}", self.target)
    }

    /// A new login that runs this command by the unit's own shell.
    pub fn ssh(&self, command: &str) -> Result<Output> {
        let mut ssh = Command::new("ssh");
        ssh.args([
            "-F",
            "/dev/null",
            "-o",
            "BatchMode=yes",
            "-o",
            "IdentitiesOnly=yes",
        ]);
        ssh.args(["-o", "ConnectTimeout=60", "-o", "StrictHostKeyChecking=yes"]);
        ssh.args([
            "-o",
            "LogLevel=ERROR",
            "-o",
            "GlobalKnownHostsFile=/dev/null",
        ]);
        ssh.arg("-o")
            .arg(format!("UserKnownHostsFile={}", self.known_hosts.display()));
        ssh.arg("-i")
            .arg(&self.key.private)
            .arg(&self.target)
            .arg(command);
        ssh.stdin(Stdio::null())
            .output()
            .context("failed to run ssh")
    }

    /// The same; what it printed, or an error with what it said.
    pub fn run(&self, command: &str) -> Result<String> {
        let output = self.ssh(command)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!(
                "{} {command:?} ended with {}: {}",
                self.target,
                output.status,
                said.trim()
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
