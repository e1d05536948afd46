//! The examples for Ansible, on real servers: a cluster of three nodes in three units on two
//! servers is deployed and upgraded node by node, while somebody asks it ten times a second.

mod examples_on_lab {
    mod asking;
    mod network;
    mod plays;

    pub(crate) use asking::Asking;
    pub(crate) use plays::Plays;
}

use anyhow::{Result, bail, ensure};
use examples_on_lab::{Asking, Plays};
use kloigos_tests::controller::repository;
use xtask::lab::{self, Lab, Release, Spec};

/// Debian's own builds of etcd: the older release has the version before.
const ETCD: [&str; 2] = ["etcd-server", "etcd-client"];

#[test]
fn a_cluster_is_upgraded_and_no_request_fails() -> Result<()> {
    let lab = Lab::up_temporary(&Spec {
        name: format!("examples-{}", std::process::id()),
        servers: 2,
        ..Spec::default()
    })?;
    let plays = Plays::set(&lab)?;
    let programs = |release: Release| -> Result<_> {
        let folder = repository(".").join("target/etcd").join(release.as_str());
        lab::unpack(release, &ETCD, &folder)?;
        Ok(folder.join("usr/bin"))
    };
    let (older, newer) = (programs(Release::Bookworm)?, programs(Release::Trixie)?);

    plays.play("allocate.yml", &[("cpu_count", "2")])?;
    plays.forward(&lab)?;
    plays.deploy("deploy.yml", "older", &older)?;
    let again = plays.deploy("deploy.yml", "older", &older)?;
    ensure!(again.matches("changed=0").count() >= 3, "{again}");
    let before = plays.versions()?;

    let asking = Asking::begin(plays.endpoints()?);
    plays.deploy("upgrade.yml", "newer", &newer)?;
    let asked = asking.end();
    println!("{asked}");
    if !asked.failed.is_empty() {
        bail!("{:#?}\n{}", asked.failed, said_by_nodes(&lab)?);
    }
    ensure!(asked.count >= 100, "only {} requests", asked.count);
    let after = plays.versions()?;
    ensure!(
        before
            .iter()
            .zip(&after)
            .all(|(before, after)| before != after),
        "{before:?} and {after:?}"
    );
    plays.play("release.yml", &[])?;
    plays.all_is_free()
}

/// What the nodes said of who leads them.
fn said_by_nodes(lab: &Lab) -> Result<String> {
    let told = |server: &lab::Server| {
        server.script("journalctl --no-pager -o short-precise -g 'elected|leader|took too long'")
    };
    lab.servers().iter().map(told).collect()
}
