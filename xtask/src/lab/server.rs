//! One server of a lab, as tests and the command line use it.

use std::fs;
use std::io::Write;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, ensure};

use super::addresses;
use super::emulator::Emulator;
use super::folders::{read, write};
use super::key_pair;
use super::ssh::{Door, quoted};

/// A Debian server in QEMU. All its state is in its folder and its process,
/// so two values for one server are as good as one.
#[derive(Clone)]
pub struct Server {
    pub(crate) index: u8,
    pub(crate) number: u8,
    pub(crate) emulator: Emulator,
    private_key: PathBuf,
}

impl Server {
    pub(crate) fn new(index: u8, number: u8, folder: PathBuf) -> Result<Self> {
        Ok(Self {
            index,
            number,
            emulator: Emulator::of(folder),
            private_key: key_pair::private()?,
        })
    }

    /// Its place in the lab, from 1.
    pub const fn index(&self) -> u8 {
        self.index
    }

    /// Where its port 22, and every forwarded port, answers on this machine.
    pub const fn address(&self) -> Ipv4Addr {
        addresses::of(self.number)
    }

    /// Its address on the network between the servers of the lab.
    pub const fn private_address(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 65, 0, self.index)
    }

    /// The key that opens `root` and `admin` (who has sudo without password).
    pub fn private_key_path(&self) -> &Path {
        &self.private_key
    }

    /// A `known_hosts` file with the server's keys under its address.
    pub fn known_hosts_path(&self) -> PathBuf {
        self.folder().join("known_hosts")
    }

    /// Its public host keys, each as `TYPE BASE64`.
    pub fn host_keys(&self) -> Result<Vec<String>> {
        let text = read(&self.folder().join("host_keys"))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Its ed25519 host key as `TYPE BASE64`.
    pub fn host_key(&self) -> Result<String> {
        let mut keys = self.host_keys()?.into_iter();
        keys.find(|key| key.starts_with("ssh-ed25519"))
            .context("no ed25519 host key")
    }

    /// What the server wrote to its serial console.
    pub fn console(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(self.folder().join("console.log"))?).into_owned())
    }

    /// Runs words on the server as root, over the shared connection.
    pub fn ssh(&self, words: &[&str]) -> Result<Output> {
        self.ssh_as("root", words)
    }

    /// Runs words as `root` or `admin`, over that user's shared connection.
    pub fn ssh_as(&self, user: &'static str, words: &[&str]) -> Result<Output> {
        let mut ssh = self.door(user).shared();
        ssh.arg("--").args(words.iter().map(|word| quoted(word)));
        ssh.output().context("cannot start ssh")
    }

    /// Runs words as root and answers what they printed; a status other than
    /// 0 is an error that carries what they said.
    pub fn run(&self, words: &[&str]) -> Result<String> {
        printed(&words.join(" "), &self.ssh(words)?)
    }

    /// Runs a shell script as root, given on standard input to `bash -eu`.
    pub fn script(&self, script: &str) -> Result<String> {
        let mut ssh = self.door("root").shared();
        ssh.args(["--", "bash", "-eu", "-s"]);
        ssh.stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = ssh.spawn().context("cannot start ssh")?;
        let mut stdin = child.stdin.take().context("ssh has no standard input")?;
        stdin
            .write_all(script.as_bytes())
            .context("ssh takes no script")?;
        drop(stdin);
        printed("script", &child.wait_with_output()?)
    }

    /// A client with a connection of its own, for a test of the connection.
    pub fn ssh_command(&self, user: &'static str) -> Command {
        self.door(user).fresh()
    }

    /// Copies a file of this machine to the server, with its mode.
    pub fn push_file(&self, from: &Path, to: &str) -> Result<()> {
        let mut scp = self.door("root").client("scp");
        scp.args(["-q", "-p", "--"]).arg(from);
        let output = scp.arg(format!("root@{}:{to}", self.address())).output()?;
        printed("scp", &output).map(drop)
    }

    /// Makes ports of the server answer at [`Self::address`] under their own
    /// numbers, TCP and UDP, until the lab goes down. Again is fine.
    pub fn forward(&self, ports: impl IntoIterator<Item = u16>) -> Result<()> {
        let mut kept = self.forwards();
        for port in ports {
            if port != 22 && !kept.contains(&port) {
                self.forward_now(port)?;
                kept.push(port);
            }
        }
        let lines: Vec<String> = kept.iter().map(u16::to_string).collect();
        write(&self.folder().join("forwards"), lines.join("\n"))
    }

    /// The forwarded ports beside 22.
    pub fn forwards(&self) -> Vec<u16> {
        let text = fs::read_to_string(self.folder().join("forwards")).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    pub(crate) fn forward_now(&self, port: u16) -> Result<()> {
        let address = self.address();
        let mut monitor = self.emulator.monitor()?;
        for kind in ["tcp", "udp"] {
            monitor.silent(&format!("hostfwd_add n0 {kind}:{address}:{port}-:{port}"))?;
        }
        Ok(())
    }

    /// Runs a command of QEMU's human monitor and answers its words.
    pub fn monitor(&self, line: &str) -> Result<String> {
        self.emulator.monitor()?.human(line)
    }

    /// Whether its QEMU runs.
    pub fn is_running(&self) -> bool {
        self.emulator.pid().is_some()
    }

    pub(crate) fn door(&self, user: &'static str) -> Door {
        Door {
            user,
            address: self.address(),
            private_key: self.private_key.clone(),
            known_hosts: self.known_hosts_path(),
        }
    }

    pub(crate) fn close_doors(&self) {
        for user in ["root", "admin"] {
            self.door(user).close();
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.emulator.folder()
    }
}

fn printed(what: &str, output: &Output) -> Result<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{what}: {}: {}",
        output.status,
        said.trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
