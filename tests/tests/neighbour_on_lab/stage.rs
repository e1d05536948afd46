//! One server with a unit that burns, one that computes, and housekeeping CPUs for all the rest.

use anyhow::{Context, Result};
use kloigos_model::cpu::CpuSet;
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::{
    drive::{ControlPlane, KeyPair, Serve, Tenant},
    lab::{Lab, Server, Spec},
};

const BURN: &str = include_str!("burn.py");
const LOOP: &str = include_str!("loop.py");

/// The lab, its control plane and its tenants.
pub(crate) struct Stage {
    pub(super) burning: Unit,
    pub(super) computing: Unit,
    lab: Lab,
    _plane: ControlPlane,
    _folder: TempDir,
}

/// One of the two units.
pub(super) struct Unit {
    /// The number of its user, which its slice is named by.
    pub(super) uid: String,
    pub(super) cpus: CpuSet,
    first_port: String,
    tenant: Tenant,
}

impl Stage {
    pub(crate) fn set() -> Result<Self> {
        let lab = Lab::up_temporary(&Spec {
            name: format!("neighbour-{}", std::process::id()),
            ..Spec::default()
        })?;
        let server = lab.server(1);
        let folder = tempfile::tempdir()?;
        let arguments = ["--ssh-key".into(), server.private_key_path().into()].to_vec();
        let plane = ControlPlane::start(&Serve {
            data_dir: folder.path().join("data"),
            arguments,
            token: None,
        })?;
        let more = json!({ "host_key": server.host_key()?, "confine_host": true });
        let ip = server.address().to_string();
        plane
            .api()
            .init_server("host1", &ip, &["2-3", "4-5"], &more)?;
        let pair = KeyPair::make(folder.path(), "tenant")?;
        let wanted = json!({ "cpu_count": 2, "tags": {}, "ssh_public_key": pair.public() });
        let allocate = || -> Result<Unit> {
            let answer = plane.api().post("/api/compute_units/allocate", &wanted)?;
            Unit::of(&answer.expect_ok("allocate")?, server, &pair)
        };
        let (burning, computing) = (allocate()?, allocate()?);
        burning.burn()?;
        computing.compute()?;
        Ok(Self {
            burning,
            computing,
            _plane: plane,
            _folder: folder,
            lab,
        })
    }

    pub(super) fn server(&self) -> &Server {
        self.lab.server(1)
    }

    /// Runs a Python program as root and answers what it printed.
    pub(super) fn python(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let words = arguments.join(" ");
        let script = format!("python3 - {words} <<'PROGRAM'\n{program}\nPROGRAM\n");
        self.server().script(&script)
    }
}

impl Unit {
    fn of(unit: &Value, server: &Server, pair: &KeyPair) -> Result<Self> {
        let text = |field: &str| unit[field].as_str().with_context(|| format!("{unit}"));
        let user = text("user")?;
        let address = server.address().to_string();
        let (first_port, _) = text("ports_range")?
            .split_once('-')
            .context("a range of ports")?;
        Ok(Self {
            uid: server.run(&["id", "-u", user])?.trim().to_owned(),
            cpus: text("cpu_range")?.parse()?,
            first_port: first_port.to_owned(),
            tenant: Tenant::new(user, &address, pair, &server.known_hosts_path()),
        })
    }

    /// Where its slice is in the cgroup tree.
    pub(super) fn slice(&self) -> String {
        format!("/sys/fs/cgroup/user.slice/user-{}.slice", self.uid)
    }

    fn burn(&self) -> Result<()> {
        let arguments = format!("{} $HOME", self.first_port);
        self.service("burn", BURN, &arguments)
    }

    fn compute(&self) -> Result<()> {
        self.service("loop", LOOP, "")
    }

    /// A kill for too much memory is part of what is burnt, and ends one process of it alone.
    fn service(&self, name: &str, program: &str, arguments: &str) -> Result<()> {
        let script = format!(
            "cat > {name}.py <<'PROGRAM'\n{program}\nPROGRAM\n\
             systemd-run --user --quiet --unit={name} -p OOMPolicy=continue \
             python3 $HOME/{name}.py {arguments}\n"
        );
        self.tenant.run(&script).map(drop)
    }
}
