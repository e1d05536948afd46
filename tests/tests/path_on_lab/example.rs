//! The example that the original's README gives, by the same calls.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use xtask::{
    drive::{Api, KeyPair, Tenant},
    lab::{Lab, Server},
};

use super::{
    listing::{difference, fingerprint},
    stage::{EMPTY, Stage},
};

pub(crate) fn the_originals_example_by_curl(lab: &Lab) -> Result<()> {
    let (stage, server) = (Stage::set(lab)?, lab.server(1));
    let before = fingerprint(server)?;
    let ip = server.address().to_string();
    let curl =
        |method: &str, path: &str, body: Option<&Value>| curl(stage.api(), method, path, body);
    let init = json!({
        "ip": ip, "region": "trikolona", "zone": "a", "hostname": "host1", "cpu_ranges": ["0-3", "4-7"],
    });
    ensure!(
        curl("POST", "/api/admin/init_server", Some(&init))? == json!({}),
        "init says something"
    );
    stage.api().await_status("host1_0-3", "free", EMPTY)?;
    let listed = curl("GET", "/api/compute_units/", None)?;
    let brief: Vec<_> = listed
        .as_array()
        .context("a list")?
        .iter()
        .map(brief)
        .collect();
    ensure!(
        brief
            == [
                "host1_0-3 0-3 0,1,2,3 2000-2200 free",
                "host1_4-7 4-7 4,5,6,7 2200-2400 free"
            ],
        "listed are {brief:?}"
    );
    let made = server.script(
        "getent passwd u0-3 u4-7 | wc -l; ls -d /opt/c0-3 /mnt/c0-3 /home/u0-3 /opt/c4-7 | wc -l",
    )?;
    ensure!(made.split_whitespace().eq(["2", "4"]), "made are {made:?}");

    let pair = KeyPair::make(stage.folder.path(), "ann")?;
    let wanted = json!({
        "cpu_count": 4, "region": "trikolona", "zone": "a",
        "tags": { "deployment_id": "web", "groups": ["web", "eu"] }, "ssh_public_key": pair.public(),
    });
    let unit = curl("POST", "/api/compute_units/allocate", Some(&wanted))?;
    ensure!(
        unit["status"] == "allocated" && unit["tags"] == wanted["tags"],
        "allocated is {unit}"
    );
    every_filter_finds_it(stage.api(), &unit)?;
    the_tenant_is_where_it_should_be(server, &unit, &pair)?;
    let id = unit["compute_id"].as_str().context("an id")?;
    ensure!(
        curl(
            "DELETE",
            &format!("/api/compute_units/deallocate/{id}"),
            None
        )? == json!({}),
        "deallocate"
    );
    let free = stage.api().await_status(id, "free", EMPTY)?;
    ensure!(
        free["tags"] == json!({}) && free["started_at"].is_null(),
        "freed is {free}"
    );
    curl(
        "DELETE",
        "/api/admin/decommission_server/host1?wait=true",
        None,
    )?;
    let after = fingerprint(server)?;
    ensure!(
        before == after,
        "the server is not as it was:\n{}",
        difference(&before, &after)
    );
    Ok(())
}

fn every_filter_finds_it(api: &Api, unit: &Value) -> Result<()> {
    let id = unit["compute_id"].as_str().context("an id")?;
    for (filter, found) in [
        (format!("compute_id={id}"), true),
        ("hostname=host1".into(), true),
        ("region=trikolona".into(), true),
        ("zone=a".into(), true),
        ("cpu_count=4".into(), true),
        ("deployment_id=web".into(), true),
        ("status=allocated".into(), true),
        ("status=ALLOCATED&zone=a&deployment_id=web".into(), true),
        ("status=free".into(), false),
        ("deployment_id=other".into(), false),
        ("hostname=host2".into(), false),
        ("region=trikolona&zone=b".into(), false),
        ("cpu_count=5".into(), false),
    ] {
        let listed = api
            .get(&format!("/api/compute_units/?{filter}"))?
            .expect_ok(&filter)?;
        let finds = listed
            .as_array()
            .is_some_and(|units| units.iter().any(|unit| unit["compute_id"] == id));
        ensure!(finds == found, "{filter} answers {listed}");
    }
    Ok(())
}

/// CPUs, nodes, ports: by the kernel's own word, from inside and from outside.
fn the_tenant_is_where_it_should_be(server: &Server, unit: &Value, pair: &KeyPair) -> Result<()> {
    let text = |field: &str| unit[field].as_str().unwrap_or_default();
    let tenant = Tenant::new(
        text("user"),
        &server.address().to_string(),
        pair,
        &server.known_hosts_path(),
    );
    let status = tenant.run("cat /proc/self/status")?;
    let allowed = |name: &str| {
        status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
    };
    ensure!(
        allowed("Cpus_allowed_list:") == Some(text("cpu_range")),
        "CPUs: {status}"
    );
    ensure!(
        allowed("Mems_allowed_list:") == Some(text("memory_nodes")),
        "nodes: {status}"
    );
    let probe =
        "python3 -c 'import socket,sys; s=socket.socket(); s.bind((\"\", int(sys.argv[1])))'";
    let first: u16 = text("ports_range")
        .split('-')
        .next()
        .unwrap_or_default()
        .parse()?;
    tenant.run(&format!("{probe} {}", first + 199))?;
    for foreign in [first + 200, first - 1, 8080] {
        let refused = tenant.ssh(&format!("{probe} {foreign}"))?;
        let said = String::from_utf8_lossy(&refused.stderr);
        ensure!(
            said.contains("Operation not permitted"),
            "port {foreign}: {said}"
        );
    }
    Ok(())
}

/// One call by curl(1), as v0.2's users make it.
fn curl(api: &Api, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
    let mut curl = Command::new("curl");
    curl.args([
        "--silent",
        "--show-error",
        "--fail-with-body",
        "--max-time",
        "600",
        "-X",
        method,
    ]);
    curl.arg(format!("{}{path}", api.base()));
    curl.arg("-H").arg(format!(
        "Authorization: Bearer {}",
        api.token().unwrap_or_default()
    ));
    if let Some(body) = body {
        curl.args([
            "-H",
            "Content-Type: application/json",
            "-d",
            &body.to_string(),
        ]);
    }
    let output = curl.output().context("failed to run curl")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "{method} {path}: {} {said}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_str(&said).with_context(|| format!("{method} {path} answered {said:?}"))
}

fn brief(unit: &Value) -> String {
    let text = |field: &str| unit[field].as_str().unwrap_or("?").to_owned();
    [
        "compute_id",
        "cpu_range",
        "cpu_list",
        "ports_range",
        "status",
    ]
    .map(text)
    .join(" ")
}
