//! `cargo xtask bench provision`: what an allocation costs, against a floor and against a play.
//!
//! All three act on one prepared slot of one lab server in one run, round by round in turn, and
//! only the ratios between them mean anything: the server is emulated and the machine is shared.

mod figures;
mod floor;
mod play;
mod round_trip;
mod rounds;

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;
use xtask::{
    drive::{ControlPlane, KeyPair, Serve, Tenant},
    lab::{Lab, Server, Spec},
};

pub use figures::Figures;

/// Runs everything and prints the ratios.
pub fn provision(rounds: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let spec = Spec {
        name: format!("bench-{}", std::process::id()),
        ..Spec::default()
    };
    let lab = Lab::up_temporary(&spec)?;
    let play = play::Play::prepare(folder.path(), lab.server(1))?;
    let bench = Bench::set(folder.path(), lab.server(1), play)?;
    println!("\nfrom a bare server, once each");
    bench.bare()?.print("floor");
    println!("\none round trip on an open connection");
    round_trip::measure(bench.server, rounds, bench.pair.public())?.print("true");
    for warm in [false, true] {
        println!(
            "\n{} slot, medians of {rounds} rounds",
            if warm { "warm" } else { "cold" }
        );
        bench.prepare(warm)?;
        bench.rounds(warm, rounds)?.print("floor");
    }
    Ok(())
}

/// One lab server, one control plane, one tenant, and the two ways that are compared with.
struct Bench<'l> {
    server: &'l Server,
    plane: ControlPlane,
    pair: KeyPair,
    play: play::Play,
}

/// The slot that is measured: the first unit of the server.
const RANGE: &str = "0-3";
const USER: &str = "u0-3";
const UNIT: &str = "host1_0-3";
const DIR: &str = "c0-3";
const UID: u32 = 70_001;

impl<'l> Bench<'l> {
    fn set(folder: &Path, server: &'l Server, play: play::Play) -> Result<Self> {
        let arguments = ["--ssh-key".into(), server.private_key_path().into()].to_vec();
        let data_dir = folder.join("data");
        let plane = ControlPlane::start(&Serve {
            data_dir,
            arguments,
            token: None,
        })?;
        let pair = KeyPair::make(folder, "tenant")?;
        Ok(Self {
            server,
            plane,
            pair,
            play,
        })
    }

    /// Cuts the server anew, with one unit that is kept warm or cold.
    fn prepare(&self, warm: bool) -> Result<()> {
        let gone = self
            .plane
            .api()
            .delete("/api/admin/decommission_server/host1?wait=true")?;
        anyhow::ensure!(
            gone.status < 300 || gone.status == 404,
            "decommission: {}",
            gone.body
        );
        let more = json!({ "warm": warm, "host_key": self.server.host_key()? });
        let ip = self.server.address().to_string();
        self.plane
            .api()
            .init_server("host1", &ip, &[RANGE], &more)?;
        if warm {
            self.server.script(floor::AWAIT_WARM).map(drop)
        } else {
            Ok(())
        }
    }

    fn tenant(&self) -> Tenant {
        let address = self.server.address().to_string();
        Tenant::new(USER, &address, &self.pair, &self.server.known_hosts_path())
    }

    fn allocate(&self) -> Result<()> {
        let wanted = json!({ "cpu_count": 4, "tags": {}, "ssh_public_key": self.pair.public() });
        let answer = self
            .plane
            .api()
            .post("/api/compute_units/allocate", &wanted)?;
        answer.expect_ok("allocate").map(drop)
    }

    fn deallocate(&self) -> Result<()> {
        let path = format!("/api/compute_units/deallocate/{UNIT}?wait=true");
        self.plane
            .api()
            .delete(&path)?
            .expect_ok("deallocate")
            .map(drop)
            .context("deallocate")
    }
}
