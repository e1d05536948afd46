//! Links that fall silent, control planes that die.

use std::{thread, time::Duration};

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use xtask::{
    drive::{Api, ControlPlane, KeyPair},
    lab::{Cut, Lab, Link},
};

use super::stage::{EMPTY, Stage, serve};

pub(crate) fn an_unreachable_server_costs_no_unit(lab: &Lab) -> Result<()> {
    let stage = Stage::set(lab)?;
    stage.init("host1", lab.server(1), &["0-3"])?;
    stage.init("host2", lab.server(2), &["0-3"])?;
    // Both connections are warm now; host1, which would be chosen, falls silent.
    lab.server(1).cut(Cut::Both, Link::Management)?;
    let pair = KeyPair::make(stage.folder.path(), "ann")?;
    let wanted = json!({ "cpu_count": 4, "tags": {}, "ssh_public_key": pair.public() });
    let unit = stage
        .api()
        .post("/api/compute_units/allocate", &wanted)?
        .expect_ok("allocate")?;
    ensure!(unit["compute_id"] == "host2_0-3", "allocated is {unit}");
    let passed_over = stage.api().unit("host1_0-3")?;
    ensure!(
        passed_over["status"] == "unavailable",
        "host1's unit is {passed_over}"
    );
    let full = stage.api().post("/api/compute_units/allocate", &wanted)?;
    ensure!(
        full.status == 460,
        "a silent server is offered: {} {}",
        full.status,
        full.body
    );
    lab.server(1).restore(Link::Management)?;
    let host = await_health(stage.api(), "host1", "healthy")?;
    ensure!(host["status"] == "ready", "host1 is {host}");
    // What is on it was looked at before it is offered again.
    stage.api().await_status("host1_0-3", "free", EMPTY)?;
    let unit = stage
        .api()
        .post("/api/compute_units/allocate", &wanted)?
        .expect_ok("allocate")?;
    ensure!(unit["compute_id"] == "host1_0-3", "allocated is {unit}");
    Ok(())
}

fn await_health(api: &Api, hostname: &str, health: &str) -> Result<Value> {
    for _ in 0..600 {
        let server = api
            .get(&format!("/api/servers/{hostname}"))?
            .expect_ok("the server")?;
        if server["health"] == health {
            return Ok(server);
        }
        thread::sleep(Duration::from_millis(200));
    }
    anyhow::bail!("{hostname} did not become {health}")
}

pub(crate) fn a_kill_in_the_middle_of_an_init_loses_nothing(lab: &Lab) -> Result<()> {
    let Stage { folder, plane } = Stage::set(lab)?;
    let token = plane.api().token().map(str::to_owned);
    let server = lab.server(1);
    let init = json!({
        "ip": server.address().to_string(), "region": "lab", "zone": "a", "hostname": "host1",
        "cpu_ranges": ["0-1", "2-3", "4-5", "6-7"],
    });
    plane
        .api()
        .post("/api/admin/init_server", &init)?
        .expect_ok("init")?;
    // Some of the work is done on the server by then.
    server.script("until getent passwd u2-3 >/dev/null; do sleep 0.05; done")?;
    plane.kill()?;
    let plane = ControlPlane::start(&serve(folder.path(), lab, token))?;
    for id in ["host1_0-1", "host1_2-3", "host1_4-5", "host1_6-7"] {
        plane.api().await_status(id, "free", EMPTY)?;
    }
    plane.stop().map(drop)
}
