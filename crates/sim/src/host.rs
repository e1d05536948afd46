//! A simulated machine: small, but a machine, not a script of expectations.
//!
//! It keeps files with owners and modes, users and groups, systemd's units, cgroups and their
//! limits, processes, nftables, the bind filter and System V IPC, and the host binary's own code
//! works on it through the same door as on Linux. It can die, or fail one call, after any number
//! of calls.

mod accounts;
mod by_hand;
mod commands;
mod files;
mod furnished;
mod kernel;
mod meddling;
mod mounts;
mod power;
mod processes;
mod quotas;
mod rules;
mod slices;
mod sshd;
mod systemd;
mod tree;
mod volumes;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use kloigos_host::sys::{Access, DiskLimits, IpcKind, Sys, SysError};
pub use meddling::Meddling;
use rules::Table;
use tree::Tree;
use volumes::Volumes;

/// The machine. Clones are independent.
#[derive(Debug, Clone, PartialEq)]
pub struct SimHost {
    tree: Tree,
    processes: BTreeMap<u32, Process>,
    ipc: BTreeSet<(IpcKind, i32, u32)>,
    /// Users who have keys in the kernel.
    keys: BTreeSet<u32>,
    /// Files whose access control lists name a user.
    access_lists: BTreeSet<(String, u32)>,
    mounts: BTreeSet<String>,
    /// File systems in memory that we mounted: where, and how large.
    memory: BTreeMap<String, u64>,
    volumes: Volumes,
    units: BTreeMap<String, Unit>,
    table: Option<Table>,
    bind_filter: Option<BTreeMap<u32, (u16, u16)>>,
    /// What users may store on the root file system; those who may anything are left out.
    quotas: BTreeMap<u32, DiskLimits>,
    /// What OpenSSH it has.
    openssh: (u32, u32),
    /// Whether its kernel takes the bind filter.
    takes_bind_filter: bool,
    /// Whether nothing more can be stored on its root file system.
    full: bool,
    /// Whether its locks are had only after what they lock was removed.
    waits_for_removal: bool,
    digest: String,
    fate: Fate,
}

/// A process of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Process {
    uid: u32,
    cgroup: String,
    /// The drop-in of the user manager by which its mount namespace was made; `None` in the host's.
    namespace: Option<String>,
}

/// What systemd knows of a unit that is not plainly inactive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Active,
    Failed,
}

/// When calls begin to fail. Two machines are the same whatever awaits them.
#[derive(Debug, Clone, Copy, Default)]
struct Fate {
    left: Option<u32>,
    deadly: bool,
    calls: u32,
    programs: u32,
    dead: bool,
}

impl PartialEq for Fate {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Default for SimHost {
    /// 64 CPUs in two nodes.
    fn default() -> Self {
        Self::new("sim1", 64, 2)
    }
}

impl SimHost {
    /// A machine with so many CPUs in so many nodes, and a newer OpenSSH.
    pub fn new(hostname: &str, cpus: u32, nodes: u32) -> Self {
        let mut machine = Self {
            tree: Tree::of(furnished::files(cpus, nodes)),
            processes: BTreeMap::new(),
            ipc: BTreeSet::new(),
            keys: BTreeSet::new(),
            access_lists: BTreeSet::new(),
            mounts: BTreeSet::new(),
            memory: BTreeMap::new(),
            volumes: Volumes::default(),
            units: BTreeMap::new(),
            table: None,
            bind_filter: None,
            quotas: BTreeMap::new(),
            openssh: (10, 0),
            takes_bind_filter: true,
            full: false,
            waits_for_removal: false,
            digest: "0".repeat(64),
            fate: Fate::default(),
        };
        machine.set_hostname(hostname);
        machine
    }

    /// The same machine under another name; its furniture is shared, so that a fleet is small.
    pub fn set_hostname(&mut self, hostname: &str) {
        let line = format!("{hostname}\n");
        self.tree.put(
            "/proc/sys/kernel/hostname",
            line.clone(),
            Access::root(0o644),
        );
        self.tree.put("/etc/hostname", line, Access::root(0o644));
        let id = hostname
            .bytes()
            .fold(0_u128, |id, byte| id << 8 | u128::from(byte));
        self.tree.put(
            "/etc/machine-id",
            format!("{id:032x}\n"),
            Access::root(0o444),
        );
    }

    /// A machine whose OpenSSH has no `PAMServiceName`.
    #[must_use]
    pub fn with_openssh(mut self, version: (u32, u32)) -> Self {
        self.openssh = version;
        self
    }

    /// A machine whose kernel refuses the bind filter.
    #[must_use]
    pub fn without_bind_filter(mut self) -> Self {
        self.takes_bind_filter = false;
        self
    }

    /// Puts the host binary where the control plane uploads it to.
    pub fn upload(&mut self, digest: &str) {
        digest.clone_into(&mut self.digest);
        let dir = format!("/usr/local/lib/kloigos/{digest}");
        self.tree.make_dirs(&dir);
        self.tree.put(
            &format!("{dir}/kloigos-host"),
            String::new(),
            Access::root(0o755),
        );
    }

    /// Dies after so many calls, until [`Self::power_on`].
    pub fn die_after(&mut self, calls: u32) {
        self.fate = Fate {
            left: Some(calls),
            deadly: true,
            ..Fate::default()
        };
    }

    /// Fails one call after so many, and goes on.
    pub fn fail_after(&mut self, calls: u32) {
        self.fate = Fate {
            left: Some(calls),
            deadly: false,
            ..Fate::default()
        };
    }

    /// Somebody filled its root file system, or made room on it again.
    pub const fn set_full(&mut self, full: bool) {
        self.full = full;
    }

    /// Whether the next requests wait until a removal is over.
    pub const fn set_waits_for_removal(&mut self, waits: bool) {
        self.waits_for_removal = waits;
    }

    /// Whether it died.
    pub const fn is_dead(&self) -> bool {
        self.fate.dead
    }

    /// How many calls were made since its fate was set.
    pub const fn calls(&self) -> u32 {
        self.fate.calls
    }

    /// How many programs were run since its fate was set.
    pub const fn programs(&self) -> u32 {
        self.fate.programs
    }

    /// Lives again, with everything as it was when it died.
    pub fn power_on(&mut self) {
        self.fate = Fate::default();
    }

    /// Everything on it that outlives a request, for comparison and for people. Numbers of
    /// processes, which nothing hangs on, are left out.
    pub fn snapshot(&self) -> BTreeMap<String, String> {
        let mut all = self.tree.snapshot();
        all.retain(|path, _| !is_of_a_process(path));
        let mut processes: Vec<String> =
            self.processes.values().map(|p| format!("{p:?}")).collect();
        processes.sort_unstable();
        all.insert("processes".to_owned(), processes.join("\n"));
        for object in &self.ipc {
            all.insert(format!("ipc {object:?}"), String::new());
        }
        for list in &self.access_lists {
            all.insert(format!("access list {list:?}"), String::new());
        }
        for (unit, state) in &self.units {
            all.insert(format!("unit {unit}"), format!("{state:?}"));
        }
        all.insert("nftables".to_owned(), format!("{:?}", self.table));
        all.insert("bind filter".to_owned(), format!("{:?}", self.bind_filter));
        all.insert("memory".to_owned(), format!("{:?}", self.memory));
        all.insert("volumes".to_owned(), format!("{:?}", self.volumes));
        all.insert("quotas".to_owned(), format!("{:?}", self.quotas));
        all
    }

    fn call(&mut self, verb: &'static str, what: &str) -> Sys<()> {
        let fate = &mut self.fate;
        fate.calls += 1;
        match fate.left {
            Some(0) => {
                fate.dead = fate.deadly;
                fate.left = fate.deadly.then_some(0);
                Err(SysError::file(verb, what, io::ErrorKind::ConnectionAborted))
            }
            Some(left) => {
                fate.left = Some(left - 1);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

fn is_of_a_process(path: &str) -> bool {
    let inside = path.strip_prefix("/proc/");
    inside.is_some_and(|inside| inside.starts_with(|first: char| first.is_ascii_digit()))
}
