//! The plays of the examples, by an Ansible of ours.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use kloigos_tests::controller;
use serde_json::{Value, json};
use xtask::{
    ansible,
    drive::{ControlPlane, KeyPair, Serve, client::Client},
    lab::Lab,
};

use super::{asking, network};

/// How long emptying a unit may take on an emulated server.
const EMPTIED: Duration = Duration::from_mins(5);

/// A controller with the examples, over a control plane with the lab's servers.
pub(crate) struct Plays {
    folder: tempfile::TempDir,
    plane: ControlPlane,
    pair: KeyPair,
    programs: PathBuf,
}

impl Plays {
    pub(crate) fn set(lab: &Lab) -> Result<Self> {
        network::one_address_for_all(lab)?;
        let folder = tempfile::tempdir()?;
        controller::link_collection(folder.path());
        copy_all(&controller::repository("examples/ansible"), folder.path())?;
        let key = lab.server(1).private_key_path();
        let plane = ControlPlane::start(&Serve {
            data_dir: folder.path().join("data"),
            arguments: vec!["--ssh-key".into(), key.into()],
            token: None,
        })?;
        for (number, server) in (1..).zip(lab.servers()) {
            let more = json!({ "host_key": server.host_key()? });
            let (name, ip) = (format!("host{number}"), server.address().to_string());
            plane
                .api()
                .init_server(&name, &ip, &["2-3", "4-5", "6-7"], &more)?;
        }
        Ok(Self {
            pair: KeyPair::make(folder.path(), "owner")?,
            programs: ansible::programs()?,
            plane,
            folder,
        })
    }

    /// Runs a play with these variables; what it printed.
    pub(crate) fn play(&self, play: &str, variables: &[(&str, &str)]) -> Result<String> {
        let mut command = controller::ansible_command(
            &self.programs,
            "ansible-playbook",
            self.folder.path(),
            self.plane.api(),
        );
        command.arg(play).arg("--private-key");
        command.arg(self.pair.private_path());
        let mut extra = json!({ "public_key": self.pair.public() });
        for (name, value) in variables {
            extra[name] = json!(value);
        }
        command.args(["--extra-vars", &extra.to_string()]);
        println!("── {play}");
        let output = command.current_dir(self.folder.path()).output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaints = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{play}:\n{said}\n{complaints}");
        Ok(said)
    }

    /// A play that brings a version of etcd.
    pub(crate) fn deploy(&self, play: &str, version: &str, programs: &Path) -> Result<String> {
        let programs = programs.to_str().context("a plain path")?;
        self.play(play, &[("etcd_version", version), ("etcd_dir", programs)])
    }

    /// Makes the nodes' client ports answer here.
    pub(crate) fn forward(&self, lab: &Lab) -> Result<()> {
        for endpoint in self.endpoints()? {
            let servers = lab.servers().iter();
            let mut its = servers.filter(|server| endpoint.ip() == server.address());
            let server = its.next().context("a node is on a server")?;
            server.forward([endpoint.port()])?;
        }
        Ok(())
    }

    /// Where the nodes answer: on the first port of their units.
    pub(crate) fn endpoints(&self) -> Result<Vec<SocketAddr>> {
        let units = self.units("allocated")?;
        ensure!(units.len() == 3, "{units:#?}");
        let servers: std::collections::BTreeSet<_> =
            units.iter().map(|u| u["ip"].to_string()).collect();
        ensure!(servers.len() == 2, "not spread: {units:#?}");
        let endpoint = |unit: &Value| -> Result<SocketAddr> {
            let ip = unit["ip"].as_str().context("an address")?;
            let ports = unit["ports_range"].as_str().context("ports")?;
            let (first, _) = ports.split_once('-').context("a range")?;
            Ok(format!("{ip}:{first}").parse()?)
        };
        units.iter().map(endpoint).collect()
    }

    /// What each node says it is.
    pub(crate) fn versions(&self) -> Result<Vec<String>> {
        let version = |endpoint| {
            let said = asking::ask(endpoint, "GET", "/version", "")?;
            let said: Value = serde_json::from_str(&said)?;
            Ok(said["etcdserver"].to_string())
        };
        self.endpoints()?.into_iter().map(version).collect()
    }

    pub(crate) fn all_is_free(&self) -> Result<()> {
        for unit in self.units("")? {
            let id = unit["compute_id"].as_str().context("a name")?;
            self.plane.api().await_status(id, "free", EMPTIED)?;
        }
        Ok(())
    }

    fn units(&self, status: &str) -> Result<Vec<Value>> {
        let client: &Client = self.plane.client();
        let path = match status {
            "" => "/api/compute_units/".to_owned(),
            status => format!("/api/compute_units/?status={status}"),
        };
        let listed = client.get(&path).json();
        listed.as_array().cloned().context("a list of units")
    }
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let (from, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let to = to.join(name);
        if from.is_dir() {
            fs::create_dir_all(&to)?;
            copy_all(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}
