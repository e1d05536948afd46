//! The whole path on real servers, as its users go it: the executable as a process, the API over
//! HTTP, servers over SSH, tenants who log in.
//!
//! One test that tells its stories one after the other on one lab of two servers, since a lab is
//! dear; each story begins with servers as they were built.

use std::{path::Path, process::Command, thread, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use xtask::{
    drive::{Api, ControlPlane, KeyPair, Serve, Tenant},
    lab::{Cut, Lab, Link, Server, Spec},
};

/// What emptying a unit may take on an emulated server.
const EMPTY: Duration = Duration::from_mins(3);

/// What is told on servers as they were built.
type Story = fn(&Lab) -> Result<()>;

#[test]
fn the_path_from_a_bare_server_to_a_tenants_shell_and_back() -> Result<()> {
    let spec = Spec {
        name: format!("path-{}", std::process::id()),
        servers: 2,
        ..Spec::default()
    };
    let lab = Lab::up_temporary(&spec)?;
    let stories: [(&str, Story); 4] = [
        (
            "the original's example, by curl",
            the_originals_example_by_curl,
        ),
        (
            "32 callers over 8 units",
            thirty_two_callers_over_eight_units,
        ),
        (
            "a server that cannot be reached",
            an_unreachable_server_costs_no_unit,
        ),
        (
            "a kill in the middle of an init",
            a_kill_in_the_middle_of_an_init_loses_nothing,
        ),
    ];
    for (name, story) in stories {
        println!("── {name}");
        for server in lab.servers() {
            server.reset()?;
        }
        story(&lab).with_context(|| name.to_owned())?;
    }
    Ok(())
}

/// A control plane of its own, with the folder that holds its data and keys.
struct Stage {
    folder: tempfile::TempDir,
    plane: ControlPlane,
}

impl Stage {
    fn set(lab: &Lab) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let plane = ControlPlane::start(&serve(folder.path(), lab, None))?;
        Ok(Self { folder, plane })
    }

    fn api(&self) -> &Api {
        self.plane.api()
    }

    fn init(&self, hostname: &str, server: &Server, ranges: &[&str]) -> Result<()> {
        let more = json!({ "host_key": server.host_key()? });
        self.api()
            .init_server(hostname, &server.address().to_string(), ranges, &more)
    }
}

fn serve(folder: &Path, lab: &Lab, token: Option<String>) -> Serve {
    let key = lab.server(1).private_key_path();
    let arguments = ["--ssh-key".into(), key.into()].to_vec();
    Serve {
        data_dir: folder.join("data"),
        arguments,
        token,
    }
}

fn the_originals_example_by_curl(lab: &Lab) -> Result<()> {
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

fn thirty_two_callers_over_eight_units(lab: &Lab) -> Result<()> {
    let stage = Stage::set(lab)?;
    let ranges = ["0", "1", "2", "3", "4", "5", "6", "7"];
    stage.init("host1", lab.server(1), &ranges)?;
    let pair = KeyPair::make(stage.folder.path(), "many")?;
    let body = json!({ "cpu_count": 1, "tags": {}, "ssh_public_key": pair.public() });
    let callers: Vec<_> = (0..32)
        .map(|_| {
            let (api, body) = (stage.api().clone(), body.clone());
            thread::spawn(move || api.post("/api/compute_units/allocate", &body))
        })
        .collect();
    let mut got = Vec::new();
    let mut refused = 0;
    for caller in callers {
        let answer = caller.join().expect("a caller does not panic")?;
        match answer.status {
            200 => got.push(answer.body["compute_id"].to_string()),
            460 => refused += 1,
            other => anyhow::bail!("{other} {}", answer.body),
        }
    }
    got.sort();
    got.dedup();
    ensure!(
        (got.len(), refused) == (8, 24),
        "{got:?} and {refused} refusals"
    );
    Ok(())
}

fn an_unreachable_server_costs_no_unit(lab: &Lab) -> Result<()> {
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
        passed_over["status"] == "free",
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

fn a_kill_in_the_middle_of_an_init_loses_nothing(lab: &Lab) -> Result<()> {
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
    plane.stop()
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

/// Everything on the server that an init changes, as a listing.
fn fingerprint(server: &Server) -> Result<String> {
    server.script(
        "getent passwd; getent group; nft list ruleset; sysctl net.ipv4.ip_local_reserved_ports
         find /etc /usr/local /opt /mnt /home /var/lib /var/spool /sys/fs/bpf -xdev \
           -not -path '/var/lib/systemd/*' -not -name '*-' -printf '%p %y %m %u %g\\n' | sort
         find /var/lib/systemd/linger | sort
         for f in /etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/subuid /etc/ssh/sshd_config /etc/pam.d/*; do
           sha256sum $f
         done
         systemctl list-unit-files --no-legend --no-pager | grep -v transient | sort",
    )
}

fn difference(before: &str, after: &str) -> String {
    let only = |a: &str, b: &str, sign: char| {
        let known: std::collections::BTreeSet<&str> = b.lines().collect();
        let lines: Vec<String> = a
            .lines()
            .filter(|line| !known.contains(line))
            .map(|line| format!("{sign} {line}"))
            .collect();
        lines.join("\n")
    };
    format!("{}\n{}", only(before, after, '-'), only(after, before, '+'))
}
