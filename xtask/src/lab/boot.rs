//! Boot snapshots: a server that has just booted, disks and memory, kept in
//! the cache so that the next one stands in seconds.
//!
//! A snapshot holds the hostname, the machine id, the host keys and the cards'
//! addresses, so there is one per place in a lab. The loopback address is not
//! in it.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::accel::Accelerator;
use super::folders::{key, product, remove};
use super::image::Image;
use super::power::BOOT;
use super::process::{command, run};
use super::progress::Step;
use super::qemu::{DATA_DISKS, Machine};
use super::server::Server;
use super::spec::Spec;

/// What a snapshot is made of beside its place in a lab.
pub(crate) struct Maker<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) image: &'a Image,
    pub(crate) accelerator: Accelerator,
    pub(crate) private_port: u16,
}

impl Maker<'_> {
    /// Makes the disks of a server from its boot snapshot. Without one, the
    /// server is booted, running when this returns, and its snapshot kept.
    pub(crate) fn provide(&self, server: &Server) -> Result<()> {
        let machine = self.machine(server, server.folder(), server.address());
        server.emulator.keep(&machine.arguments())?;
        let kind = format!("boot-{}-srv{}", self.spec.release.as_str(), server.index);
        let product = product(&kind, &self.key(server)?, |scratch| {
            self.cold_boot(server)?;
            keep(server, scratch)
        })?;
        if server.is_running() {
            return Ok(());
        }
        self.copy(&product, server)
    }

    fn machine<'a>(&'a self, server: &Server, folder: &'a Path, address: Ipv4Addr) -> Machine<'a> {
        Machine {
            spec: self.spec,
            accelerator: self.accelerator,
            index: server.index,
            folder,
            kernel: self.image.kernel(),
            initrd: self.image.initrd(),
            address,
            private_port: self.private_port,
        }
    }

    /// The command line without what may differ between two loads.
    fn key(&self, server: &Server) -> Result<String> {
        let mut machine = self.machine(server, Path::new("/"), Ipv4Addr::UNSPECIFIED);
        machine.private_port = 0;
        machine.kernel = PathBuf::new();
        machine.initrd = PathBuf::new();
        let version = run(&mut command("qemu-system-x86_64", ["--version"]))?;
        let mut inputs = vec![self.image.key().to_owned(), version];
        inputs.extend(machine.arguments());
        Ok(key(inputs))
    }

    fn cold_boot(&self, server: &Server) -> Result<()> {
        let what = format!(
            "srv{}: first boot by {}, its snapshot is kept",
            server.index,
            self.accelerator.as_str()
        );
        let step = Step::begin(&what);
        let folder = server.folder();
        let mut root = command(
            "qemu-img",
            ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b"],
        );
        run(root.arg(self.image.base()).arg(folder.join("root.qcow2")))?;
        for (name, _, size) in DATA_DISKS {
            let mut data = command("qemu-img", ["create", "-q", "-f", "qcow2"]);
            run(data.arg(folder.join(format!("{name}.qcow2"))).arg(size))?;
        }
        server.power_on(None)?;
        server.await_ssh()?;
        server.await_boot_end()?;
        server.learn_host_keys()?;
        step.done();
        Ok(())
    }

    fn copy(&self, product: &Path, server: &Server) -> Result<()> {
        for name in files() {
            let target = server.folder().join(&name);
            fs::copy(product.join(&name), &target)
                .with_context(|| format!("cannot copy {}", target.display()))?;
        }
        server.write_known_hosts()?;
        // The cache may have moved since the disk was kept.
        let mut rebase = command(
            "qemu-img",
            ["rebase", "-u", "-f", "qcow2", "-F", "qcow2", "-b"],
        );
        run(rebase
            .arg(self.image.base())
            .arg(server.folder().join("root.qcow2")))
        .map(drop)
    }
}

fn files() -> impl Iterator<Item = String> {
    let disks = ["root"]
        .into_iter()
        .chain(DATA_DISKS.map(|(name, _, _)| name));
    disks
        .map(|name| format!("{name}.qcow2"))
        .chain(["host_keys".to_owned()])
}

/// Saves a running server and copies it while it stands still: `stop` has
/// QEMU write all it holds of the disks.
fn keep(server: &Server, scratch: &Path) -> Result<()> {
    server.run(&["sync"])?;
    server.close_doors();
    let mut monitor = server.emulator.monitor()?;
    monitor.silent(&format!("savevm {BOOT}"))?;
    monitor.silent("stop")?;
    let copied = files()
        .try_for_each(|name| fs::copy(server.folder().join(&name), scratch.join(&name)).map(drop));
    monitor.silent("cont")?;
    drop(monitor);
    if let Err(error) = copied {
        remove(scratch)?;
        return Err(error).context("cannot keep the boot snapshot");
    }
    server.await_ssh()
}
