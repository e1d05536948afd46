//! `cargo xtask demo`: from nothing to a tenant's running service, to look at.
//!
//! Everything is real: a Debian server in the lab, the executable as a process, the API over HTTP,
//! a tenant over SSH. With `--exit` it checks what it shows and ends by itself.

mod service;
mod simulated;

use std::{io::Write, path::Path, sync::mpsc, time::Duration};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    drive::{ControlPlane, KeyPair, Serve, Tenant},
    lab::{Lab, Release, Spec},
};

/// Boots a lab server, cuts it, allocates a unit and deploys a service into it.
#[derive(Args)]
pub struct Arguments {
    /// Installs what is missing without asking.
    #[arg(long)]
    yes: bool,
    /// Ends by itself after its checks, with their outcome as exit status.
    #[arg(long)]
    exit: bool,
    /// Three simulated servers instead of a lab: no tenant can log in there.
    #[arg(long)]
    simulated: bool,
    /// The Debian release of the lab server.
    #[arg(long, value_enum, default_value_t = Release::Trixie)]
    release: Release,
}

/// How long a unit may take to be emptied on an emulated server.
const EMPTY: Duration = Duration::from_mins(3);

/// Runs the demo until Ctrl-C, or with `--exit` until its checks are through.
pub fn run(arguments: &Arguments) -> Result<()> {
    let interrupt = on_interrupt()?;
    if arguments.simulated {
        return simulated::run(arguments.exit, &interrupt);
    }
    consent(arguments.yes)?;
    say("building kloigos and kloigos-host");
    crate::dist::build()?;
    crate::drive::executable()?;
    let folder = tempfile::tempdir()?;
    let spec = Spec {
        name: format!("demo-{}", std::process::id()),
        release: arguments.release,
        ..Spec::default()
    };
    say("a Debian server with 8 CPUs in 2 NUMA nodes (the first time it is built from packages)");
    let lab = Lab::up_temporary(&spec)?;
    let stage = Stage::set(folder.path(), &lab)?;
    stage.show()?;
    if arguments.exit {
        return stage.leave();
    }
    say("Ctrl-C ends it and takes everything down");
    interrupt.recv().context("failed to wait for Ctrl-C")?;
    Ok(())
}

/// A control plane with one server and one tenant.
struct Stage<'l> {
    lab: &'l Lab,
    plane: ControlPlane,
    unit: Value,
    tenant: Tenant,
}

impl<'l> Stage<'l> {
    fn set(folder: &Path, lab: &'l Lab) -> Result<Self> {
        let server = lab.server(1);
        let ip = server.address().to_string();
        say("the control plane, on SQLite");
        let arguments = ["--ssh-key".into(), server.private_key_path().into()].to_vec();
        let plane = ControlPlane::start(&Serve {
            data_dir: folder.join("data"),
            arguments,
            token: None,
        })?;
        say(&format!(
            "init: {ip} becomes host1, cut into host1_0-3 and host1_4-7"
        ));
        let key = json!({ "host_key": server.host_key()? });
        plane
            .api()
            .init_server("host1", &ip, &["0-3", "4-7"], &key)?;
        say("allocate: a unit with 4 CPUs for a tenant's SSH key");
        let pair = KeyPair::make(folder, "tenant")?;
        let wanted = json!({ "cpu_count": 4, "tags": { "deployment_id": "demo" }, "ssh_public_key": pair.public() });
        let unit = plane
            .api()
            .post("/api/compute_units/allocate", &wanted)?
            .expect_ok("allocate")?;
        ensure!(
            unit["status"] == "allocated",
            "the unit is not allocated: {unit}"
        );
        let user = unit["user"].as_str().context("the unit has no user")?;
        let tenant = Tenant::new(user, &ip, &pair, &server.known_hosts_path());
        Ok(Self {
            lab,
            plane,
            unit,
            tenant,
        })
    }

    fn show(&self) -> Result<()> {
        say("a service, deployed by the tenant over SSH, under systemd --user");
        let seen = service::deploy(self.lab.server(1), &self.tenant, &self.unit)?;
        println!("\n{}", serde_json::to_string_pretty(&self.unit)?);
        println!("\nWhat the kernel and the network say:");
        for line in &seen {
            println!("  {line}");
        }
        println!(
            "\nAPI and its documentation: {}/docs",
            self.plane.api().base()
        );
        println!(
            "token:                     {}",
            self.plane.api().token().unwrap_or("none")
        );
        println!(
            "log in:                    {}\n",
            self.tenant.command_line()
        );
        Ok(())
    }

    /// Gives the unit and the server back, and looks that nothing stays.
    fn leave(self) -> Result<()> {
        let id = self.unit["compute_id"]
            .as_str()
            .context("the unit has no id")?;
        say("deallocate, and decommission");
        self.plane
            .api()
            .delete(&format!("/api/compute_units/deallocate/{id}"))?
            .expect_ok("deallocate")?;
        self.plane.api().await_status(id, "free", EMPTY)?;
        ensure!(
            !self.tenant.ssh("true")?.status.success(),
            "the tenant can still log in"
        );
        self.plane
            .api()
            .delete("/api/admin/decommission_server/host1?wait=true")?
            .expect_ok("decommission")?;
        let left = self.lab.server(1).script(LEFT)?;
        ensure!(
            left.trim().is_empty(),
            "the server was not returned as it was: {left}"
        );
        self.plane.stop()?;
        say("all checks passed");
        Ok(())
    }
}

/// Prints whatever of ours is still on the server.
const LEFT: &str = r"
getent passwd | grep -E '^u[0-9]' || true
getent group kunits || true
nft list tables | grep kloigos || true
for path in /usr/local/lib/kloigos /var/lib/kloigos /run/kloigos /etc/ssh/kloigos /sys/fs/bpf/kloigos \
  /etc/pam.d/kloigos /etc/ssh/sshd_config.d/10-kloigos.conf /etc/systemd/system/kloigos-boot.service \
  /opt/c* /mnt/c* /home/u* /etc/systemd/system/user-7*.slice.d; do
  if [ -e $path ]; then echo $path; fi
done
";

/// Tells what will be installed on this machine and asks, unless that was answered already.
fn consent(yes: bool) -> Result<()> {
    println!(
        "The demo builds Kloigos and installs with apt what its lab needs: QEMU and mmdebstrap."
    );
    if yes {
        return Ok(());
    }
    print!("Go on? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    ensure!(
        answer.trim().eq_ignore_ascii_case("y"),
        "nothing was changed"
    );
    Ok(())
}

/// A channel that hears of Ctrl-C, so that everything is taken down in order.
fn on_interrupt() -> Result<mpsc::Receiver<()>> {
    let (send, receive) = mpsc::channel();
    let heard = move || {
        // After the first nobody listens any more.
        let _ = send.send(());
    };
    ctrlc::set_handler(heard).context("failed to listen for Ctrl-C")?;
    Ok(receive)
}

fn say(line: &str) {
    println!("── {line}");
}
