//! The demo without a lab: three simulated servers, in a second.

use std::sync::mpsc;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::say;
use crate::drive::{ControlPlane, KeyPair, Serve};

pub(super) fn run(exit: bool, interrupt: &mpsc::Receiver<()>) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let arguments = ["--simulated", "3"].map(Into::into).to_vec();
    let plane = ControlPlane::start(&Serve {
        data_dir: folder.path().join("data"),
        arguments,
        token: None,
    })?;
    let api = plane.api();
    for number in 1..=3 {
        let (hostname, ip) = (format!("sim{number}"), format!("127.64.0.{number}"));
        say(&format!("init: {hostname} is cut into four units"));
        api.init_server(
            &hostname,
            &ip,
            &["0-15", "16-31", "32-47", "48-63"],
            &json!({}),
        )?;
    }
    let pair = KeyPair::make(folder.path(), "tenant")?;
    let wanted =
        json!({ "cpu_count": 16, "tags": { "owner": "demo" }, "ssh_public_key": pair.public() });
    let unit = api
        .post("/api/compute_units/allocate", &wanted)?
        .expect_ok("allocate")?;
    ensure!(
        unit["status"] == "allocated",
        "the unit is not allocated: {unit}"
    );
    println!("\n{}", serde_json::to_string_pretty(&unit)?);
    println!("\nAPI and its documentation: {}/docs", api.base());
    println!(
        "token:                     {}\n",
        api.token().unwrap_or("none")
    );
    if !exit {
        say("Ctrl-C ends it");
        interrupt.recv().context("failed to wait for Ctrl-C")?;
    }
    plane.stop().map(drop)
}
