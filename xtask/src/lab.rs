//! The lab: real Debian servers in QEMU on this machine.
//!
//! A server is built from Debian's packages, booted once and kept as a
//! snapshot, so that the next lab stands in seconds. Each answers at a
//! loopback address of its own, 127.65.0.N. See `docs/LAB.md`.

mod accel;
mod addresses;
mod archive;
mod boot;
pub mod cli;
mod emulator;
mod folders;
mod furnish;
mod image;
mod initrd;
mod key_pair;
mod link;
mod packages;
mod power;
mod process;
mod progress;
mod qemu;
mod qmp;
mod rootfs;
mod server;
mod sources;
mod spec;
mod ssh;
mod state;
mod status;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};

use accel::Accelerator;
pub use archive::unpack;
use emulator::Emulator;
use image::Image;
pub use link::{Cut, Link};
pub use packages::{provide_chromium, provide_node, provide_postgres, provide_tools};
use power::BOOT;
use progress::say;
pub use server::Server;
pub use spec::{Release, Spec};
use state::{Owner, State};

/// A standing lab.
pub struct Lab {
    spec: Spec,
    servers: Vec<Server>,
    temporary: bool,
}

impl Lab {
    /// Brings up the lab of a name. One that stands already is answered as it
    /// is, with servers that were off started again; it must be of the same
    /// make.
    pub fn up(spec: &Spec) -> Result<Self> {
        Self::stand(spec, None)
    }

    /// Brings up a lab of its own, whose name begins as asked. It goes down
    /// when the value is dropped, or, should this process be killed, when the
    /// next lab comes up.
    pub fn up_temporary(spec: &Spec) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let owner = Owner::ourselves()?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{}-{count}", spec.name, std::process::id());
        let spec = Spec {
            name,
            ..spec.clone()
        };
        let mut lab = Self::stand(&spec, Some(&owner))?;
        lab.temporary = true;
        Ok(lab)
    }

    /// The standing lab of a name.
    pub fn open(name: &str) -> Result<Self> {
        spec::check_name(name)?;
        let folder = folders::labs().join(name);
        let state = State::load(&folder)?.filter(|state| state.standing);
        let state =
            state.with_context(|| format!("no lab `{name}`: `cargo xtask lab up` makes one"))?;
        Self::of(&folder, state)
    }

    /// What it is.
    pub const fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Its servers in order.
    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// A server by its place, from 1. Panics when the lab has fewer.
    pub fn server(&self, index: u8) -> &Server {
        &self.servers[usize::from(index) - 1]
    }

    /// Ends its servers and removes its folder. No lab is fine.
    pub fn down(name: &str) -> Result<()> {
        spec::check_name(name)?;
        let labs = folders::labs();
        let _lock = folders::lock(&labs, name)?;
        clear(&labs.join(name))?;
        fs::remove_file(folders::lock_file(&labs, name)).context("cannot remove the lab's lock")
    }

    fn stand(spec: &Spec, owner: Option<&Owner>) -> Result<Self> {
        spec.check()?;
        packages::provide_tools()?;
        sweep()?;
        let labs = folders::labs();
        let _lock = folders::lock(&labs, &spec.name)?;
        let folder = labs.join(&spec.name);
        if let Some(state) = State::load(&folder)?.filter(|state| state.standing) {
            let lab = Self::of(&folder, state)?;
            ensure!(
                lab.spec == *spec,
                "lab `{}` stands with another make: take it down",
                spec.name
            );
            lab.wake()?;
            return Ok(lab);
        }
        Self::make(spec, &folder, owner).inspect_err(|_| {
            // The first error is the one to tell.
            let _ = clear(&folder);
        })
    }

    fn make(spec: &Spec, folder: &Path, owner: Option<&Owner>) -> Result<Self> {
        let image = Image::provide(spec.release)?;
        let accelerator = Accelerator::choose(&image)?;
        say(&format!("running servers by {}", accelerator.as_str()));
        clear(folder)?;
        folders::create(folder)?;
        let numbers = addresses::claim(folder, spec.servers)?;
        let private_port = 26_500 + u16::from(numbers[0]);
        let state = |standing| State {
            spec: spec.clone(),
            standing,
            numbers: numbers.clone(),
            owner: owner.cloned(),
        };
        state(false).save(folder)?;
        let lab = Self::of(folder, state(false))?;
        let maker = boot::Maker {
            spec,
            image: &image,
            accelerator,
            private_port,
        };
        for server in &lab.servers {
            folders::create(server.folder())?;
            maker.provide(server)?;
        }
        lab.start_all()?;
        state(true).save(folder)?;
        Ok(lab)
    }

    /// Starts all that are off at once, and then waits for each.
    fn start_all(&self) -> Result<()> {
        for server in self.servers.iter().filter(|server| !server.is_running()) {
            server.power_on(Some(BOOT))?;
        }
        self.servers.iter().try_for_each(Server::await_ssh)
    }

    fn wake(&self) -> Result<()> {
        for server in self.servers.iter().filter(|server| !server.is_running()) {
            say(&format!("srv{} was off", server.index()));
            server.power_on(None)?;
        }
        self.servers.iter().try_for_each(Server::await_ssh)
    }

    fn of(folder: &Path, state: State) -> Result<Self> {
        let numbered = (1..).zip(&state.numbers);
        let servers = numbered
            .map(|(index, number)| Server::new(index, *number, server_folder(folder, index)));
        let servers = servers.collect::<Result<_>>()?;
        Ok(Self {
            spec: state.spec,
            servers,
            temporary: false,
        })
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = Self::down(&self.spec.name)
        {
            say(&format!(
                "cannot take down lab `{}`: {error:#}",
                self.spec.name
            ));
        }
    }
}

fn server_folder(lab: &Path, index: u8) -> PathBuf {
    lab.join(format!("srv{index}"))
}

/// Ends every QEMU of a lab, whatever state the lab was left in.
fn clear(folder: &Path) -> Result<()> {
    for index in 1..=spec::MOST_SERVERS {
        Emulator::of(server_folder(folder, index)).kill()?;
    }
    if let Ok(Some(state)) = State::load(folder) {
        for (index, number) in (1..).zip(&state.numbers) {
            Server::new(index, *number, server_folder(folder, index))?.close_doors();
        }
    }
    addresses::free_all_of(folder);
    folders::remove(folder)
}

/// Takes down temporary labs whose process is gone.
fn sweep() -> Result<()> {
    let labs = folders::labs();
    folders::create(&labs)?;
    for entry in fs::read_dir(&labs)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let state = State::load(&labs.join(&name)).ok().flatten();
        let owner = state.and_then(|state| state.owner);
        if owner.is_some_and(|owner| !owner.lives()) {
            say(&format!("taking down lab `{name}`, whose process is gone"));
            Lab::down(&name)?;
        }
    }
    Ok(())
}
