//! A small service that a tenant deploys, and what is then true of it.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::{
    drive::{
        Tenant,
        client::{Call, Client},
    },
    lab::Server,
};

/// A web server of three lines: every Debian server of the lab has busybox.
const INSTALL: &str = r#"set -eu
mkdir -p ~/.config/systemd/user /opt/@DIR@/www
echo "hello from $USER on CPUs $(nproc)" > /opt/@DIR@/www/index.html
cat > ~/.config/systemd/user/hello.service <<UNIT
[Unit]
Description=Hello
[Service]
ExecStart=/usr/bin/busybox httpd -f -p @PORT@ -h /opt/@DIR@/www
[Install]
WantedBy=default.target
UNIT
systemctl --user daemon-reload
systemctl --user enable --now hello.service
"#;

/// What the kernel says of the service's process, one `Name: value` a line.
const LOOK: &str = r"pid=$(systemctl --user show --property MainPID --value hello.service)
grep -E '^(Cpus|Mems)_allowed_list' /proc/$pid/status
sed 's/^0::/Cgroup:\t/' /proc/$pid/cgroup
systemctl --user is-active hello.service | sed 's/^/Service:\t/'";

/// Deploys the service, logs out, and checks it from outside and by the kernel's own word; answers
/// what was seen, line by line.
pub(super) fn deploy(server: &Server, tenant: &Tenant, unit: &Value) -> Result<Vec<String>> {
    let text = |field: &str| {
        unit[field]
            .as_str()
            .with_context(|| format!("the unit has no {field}"))
    };
    let range = text("cpu_range")?;
    let first = text("ports_range")?.split('-').next().context("no port")?;
    let port: u16 = first
        .parse()
        .context("the port range does not begin with a port")?;
    let script = INSTALL
        .replace("@PORT@", &port.to_string())
        .replace("@DIR@", &format!("c{range}"));
    tenant.run(&script)?;
    server.forward([port])?;
    let page = fetch((server.address(), port).into())?;
    ensure!(page.contains(text("user")?), "the service says {page:?}");
    let seen = tenant.run(LOOK)?;
    let said = |name: &str| {
        let line = seen.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim_start_matches(':').trim().to_owned())
            .with_context(|| format!("no {name} in {seen:?}"))
    };
    ensure!(
        said("Cpus_allowed_list")? == range,
        "the service runs on CPUs {}",
        said("Cpus_allowed_list")?
    );
    let nodes = text("memory_nodes")?;
    ensure!(
        said("Mems_allowed_list")? == nodes,
        "the service uses nodes {}",
        said("Mems_allowed_list")?
    );
    ensure!(
        said("Service")? == "active",
        "the service is {}",
        said("Service")?
    );
    let mut lines: Vec<String> = seen.lines().map(|line| line.replace('\t', " ")).collect();
    lines.push(format!(
        "http://{}:{port}/ answers: {}",
        server.address(),
        page.trim()
    ));
    Ok(lines)
}

/// The page, once the service listens: systemd says started before it does.
fn fetch(address: SocketAddr) -> Result<String> {
    let (began, client) = (Instant::now(), Client::new(address, None));
    loop {
        match client.try_send(&Call::new("GET", "/")) {
            Ok(reply) if reply.status == 200 => return Ok(reply.body),
            Ok(reply) => bail!("the service answers {}", reply.status),
            Err(error) if began.elapsed() > Duration::from_mins(1) => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(200)),
        }
    }
}
