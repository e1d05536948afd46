//! A server that is reached as an administrator with passwordless sudo.

use anyhow::{Result, ensure};
use serde_json::json;
use xtask::{
    drive::{KeyPair, Tenant},
    lab::Lab,
};

use super::{
    listing::{difference, fingerprint},
    stage::{EMPTY, Stage},
};

pub(crate) fn an_administrator_with_sudo_is_as_good_as_root(lab: &Lab) -> Result<()> {
    let (stage, server) = (Stage::set(lab)?, lab.server(1));
    let api = stage.api();
    // sudo notes its first use in the home of who used it.
    server.ssh_as("admin", &["sudo", "true"])?;
    let before = fingerprint(server)?;
    let ip = server.address().to_string();
    let more = json!({ "host_key": server.host_key()?, "ssh_user": "admin" });
    api.init_server("host1", &ip, &["0-3"], &more)?;
    let pair = KeyPair::make(stage.folder.path(), "ann")?;
    let wanted = json!({ "cpu_count": 4, "tags": {}, "ssh_public_key": pair.public() });
    api.post("/api/compute_units/allocate", &wanted)?
        .expect_ok("allocate")?;
    let tenant = Tenant::new("u0-3", &ip, &pair, &server.known_hosts_path());
    let status = tenant.run("grep Cpus_allowed_list /proc/self/status")?;
    ensure!(status.trim().ends_with("0-3"), "{status}");
    api.delete("/api/compute_units/deallocate/host1_0-3")?
        .expect_ok("deallocate")?;
    api.await_status("host1_0-3", "free", EMPTY)?;
    ensure!(!tenant.ssh("true")?.status.success(), "the key still opens");
    api.delete("/api/admin/decommission_server/host1?wait=true")?
        .expect_ok("decommission")?;
    let after = fingerprint(server)?;
    ensure!(
        before == after,
        "the server is not as it was:\n{}",
        difference(&before, &after)
    );
    Ok(())
}
