//! A tenancy that is frozen, stopped, started again and reset, by its owner's calls.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use xtask::{
    drive::{Api, KeyPair, Tenant},
    lab::Lab,
};

use super::stage::Stage;

/// A service that starts with its user manager.
const SERVICE: &str = "mkdir -p .config/systemd/user
printf '[Service]\\nExecStart=/usr/bin/sleep 100000\\n[Install]\\nWantedBy=default.target\\n' \
    > .config/systemd/user/web.service
systemctl --user --quiet enable --now web; touch kept";
/// What the kernel says of its user manager and all that it started.
const EVENTS: &str = "uid=$(id -u u0-3)
cat /sys/fs/cgroup/user.slice/user-$uid.slice/user@$uid.service/cgroup.events";

pub(crate) fn an_owner_stops_starts_and_resets(lab: &Lab) -> Result<()> {
    let (stage, server) = (Stage::set(lab)?, lab.server(1));
    stage.init("host1", server, &["0-3"])?;
    let pair = KeyPair::make(stage.folder.path(), "ann")?;
    let wanted = json!({ "cpu_count": 4, "tags": {}, "ssh_public_key": pair.public() });
    let api = stage.api();
    api.post("/api/compute_units/allocate", &wanted)?
        .expect_ok("allocate")?;
    let ip = server.address().to_string();
    let tenant = Tenant::new("u0-3", &ip, &pair, &server.known_hosts_path());
    let lets_in = || Ok::<_, anyhow::Error>(tenant.ssh("true")?.status.success());
    tenant.run(SERVICE)?;

    tell(api, "stop", &json!({ "mode": "freeze" }))?;
    ensure!(server.script(EVENTS)?.contains("frozen 1"), "it runs");
    ensure!(!lets_in()?, "somebody was let into a frozen unit");
    tell(api, "start", &json!({}))?;
    ensure!(server.script(EVENTS)?.contains("frozen 0"), "it is frozen");
    tenant.run("systemctl --user is-active web")?;

    tell(api, "stop", &json!({ "mode": "stop" }))?;
    let alive = server.script("pgrep -u u0-3 || true")?;
    ensure!(alive.is_empty(), "still running: {alive}");
    ensure!(!lets_in()?, "somebody was let into a stopped unit");
    tell(api, "start", &json!({}))?;
    tenant.run("systemctl --user is-system-running --wait; systemctl --user is-active web")?;

    tell(api, "reset", &json!({}))?;
    let left = tenant.run("ls -A; pgrep -f 'sleep 10000[0]' || true")?;
    ensure!(left.lines().all(|line| line.starts_with('.')), "{left}");
    ensure!(!left.contains(".config"), "{left}");
    Ok(())
}

fn tell(api: &Api, verb: &str, body: &Value) -> Result<()> {
    let path = format!("/api/compute_units/host1_0-3/{verb}?wait=true");
    let done = api.post(&path, body)?;
    ensure!(done.status == 200, "{verb}: {} {}", done.status, done.body);
    Ok(())
}
