//! Slices of users: cgroups with limits from drop-ins, and the processes in them.

use std::collections::{BTreeMap, BTreeSet};

use kloigos_host::sys::Access;

use super::{Process, SimHost, Unit, tree::Node};

const USER_SLICE: &str = "/sys/fs/cgroup/user.slice";

/// Properties of a slice that systemd writes into cgroup files.
const LIMITS: [(&str, &str); 6] = [
    ("AllowedCPUs", "cpuset.cpus"),
    ("AllowedMemoryNodes", "cpuset.mems"),
    ("MemoryHigh", "memory.high"),
    ("MemoryMax", "memory.max"),
    ("MemorySwapMax", "memory.swap.max"),
    ("TasksMax", "pids.max"),
];

/// Properties that several assignments add to; one without a value empties them.
pub(super) fn assign(properties: &mut BTreeMap<String, String>, name: &str, value: &str) {
    let old = properties.remove(name).unwrap_or_default();
    let is_list = name.starts_with("Allowed") || name.ends_with("BandwidthMax");
    let new = if is_list && !value.is_empty() && !old.is_empty() {
        format!("{old},{value}")
    } else {
        value.to_owned()
    };
    properties.insert(name.to_owned(), new);
}

/// The cgroup of a user's slice.
pub(super) fn cgroup(uid: u32) -> String {
    format!("{USER_SLICE}/user-{uid}.slice")
}

impl SimHost {
    /// Starts a user's slice and manager, as logind does for one who lingers.
    pub(super) fn start_manager(&mut self, uid: u32) {
        let slice = cgroup(uid);
        if self.tree.get(&slice).is_none() {
            self.make_cgroup(&slice);
            let properties = self.properties(uid);
            self.write_limits(uid, &properties);
        }
        let run_dir = format!("/run/user/{uid}");
        self.tree.set(&run_dir, Node::Dir(Access::own(0o700, uid)));
        self.mounts.insert(run_dir);
        let manager = format!("{slice}/user@{uid}.service");
        self.make_cgroup(&manager);
        self.spawn(uid, &manager);
        for unit in slice_units(uid) {
            self.units.insert(unit, Unit::Active);
        }
    }

    /// Ends everything in a user's slice and lets systemd forget it.
    pub(super) fn stop_slice(&mut self, uid: u32) {
        let slice = cgroup(uid);
        self.end_inside(&slice);
        self.tree.remove_tree(&slice);
        let run_dir = format!("/run/user/{uid}");
        self.tree.remove_tree(&run_dir);
        self.mounts.remove(&run_dir);
        for unit in slice_units(uid) {
            // What failed stays failed until it is reset.
            if self.units.get(&unit) == Some(&Unit::Active) {
                self.units.remove(&unit);
            }
        }
    }

    /// A process of a user in a cgroup.
    pub fn spawn(&mut self, uid: u32, cgroup: &str) -> u32 {
        let last = self
            .processes
            .last_key_value()
            .map_or(1000, |(pid, _)| *pid);
        let pid = last + 1;
        let status = format!("Name:\tx\nState:\tS (sleeping)\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n");
        let dir = format!("/proc/{pid}");
        let inside = cgroup.strip_prefix("/sys/fs/cgroup").unwrap_or(cgroup);
        self.tree.make_dirs(&dir);
        self.tree
            .put(&format!("{dir}/status"), status, Access::root(0o444));
        self.tree.put(
            &format!("{dir}/cgroup"),
            format!("0::{inside}\n"),
            Access::root(0o444),
        );
        let process = Process {
            uid,
            cgroup: cgroup.to_owned(),
            namespace: self.namespace(uid, cgroup),
        };
        let number = process.namespace.as_ref().map_or(0, |_| uid);
        let namespace = Node::Link(format!("mnt:[{number}]"));
        self.tree.make_dirs(&format!("{dir}/ns"));
        self.tree.set(&format!("{dir}/ns/mnt"), namespace);
        self.processes.insert(pid, process);
        self.count_populated();
        pid
    }

    pub(super) fn end(&mut self, pid: u32) {
        self.processes.remove(&pid);
        self.tree.remove_tree(&format!("/proc/{pid}"));
        self.count_populated();
    }

    /// What is killed has failed.
    pub(super) fn kill_cgroup(&mut self, cgroup: &str) {
        let any = self.end_inside(cgroup);
        let number = cgroup
            .rsplit_once("user-")
            .and_then(|(_, rest)| rest.strip_suffix(".slice"));
        if let Some(number) = number.filter(|_| any) {
            self.units
                .insert(format!("user@{number}.service"), Unit::Failed);
        }
    }

    /// Ends the processes in a cgroup and those below it; whether there were any.
    fn end_inside(&mut self, cgroup: &str) -> bool {
        let inside = |process: &Process| {
            let rest = process.cgroup.strip_prefix(cgroup);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let doomed = self.processes.iter().filter(|(_, process)| inside(process));
        let doomed: Vec<u32> = doomed.map(|(pid, _)| *pid).collect();
        for pid in &doomed {
            self.end(*pid);
        }
        !doomed.is_empty()
    }

    fn make_cgroup(&mut self, path: &str) {
        self.tree.make_dirs(path);
        for (file, body) in [
            ("cgroup.events", "populated 0\nfrozen 0\n"),
            ("cgroup.freeze", "0\n"),
            ("cgroup.kill", ""),
        ] {
            self.tree
                .put(&format!("{path}/{file}"), body, Access::root(0o644));
        }
    }

    pub(super) fn count_populated(&mut self) {
        for path in self.tree.below(USER_SLICE) {
            let Some(cgroup) = path.strip_suffix("/cgroup.events") else {
                continue;
            };
            let inside = self
                .processes
                .values()
                .any(|process| process.cgroup.starts_with(cgroup));
            let frozen = self.is_frozen(cgroup);
            let (populated, frozen) = (u8::from(inside), u8::from(frozen));
            let body = format!("populated {populated}\nfrozen {frozen}\n");
            self.tree.edit(&path, body);
        }
    }

    /// Whether it, or one above it, is frozen.
    pub(super) fn is_frozen(&self, cgroup: &str) -> bool {
        let says = |at: &str| self.tree.text(&format!("{at}/cgroup.freeze")).trim() == "1";
        let mut above = Some(cgroup);
        std::iter::from_fn(|| {
            let at = above?;
            above = at.rsplit_once('/').map(|(parent, _)| parent);
            Some(at)
        })
        .any(says)
    }

    /// The properties of all drop-ins: by file name whatever the directory, lists merged, an empty
    /// value emptying one (systemd.unit(5)).
    pub(super) fn properties(&self, uid: u32) -> BTreeMap<String, String> {
        let dirs = ["/etc/systemd/system", "/run/systemd/system.control"];
        let dirs = dirs.map(|dir| format!("{dir}/user-{uid}.slice.d"));
        let mut files: Vec<(String, String)> = Vec::new();
        for dir in dirs {
            let names = self.tree.names(&dir).into_iter();
            files.extend(names.map(|name| (name.clone(), format!("{dir}/{name}"))));
        }
        files.sort_unstable();
        let mut properties: BTreeMap<String, String> = BTreeMap::new();
        for (_, path) in files {
            let pairs = self
                .tree
                .text(&path)
                .lines()
                .filter_map(|line| line.split_once('='));
            for (name, value) in pairs {
                assign(&mut properties, name, value);
            }
        }
        properties
    }

    /// Writes limits where the slice is active.
    pub(super) fn write_limits(&mut self, uid: u32, properties: &BTreeMap<String, String>) {
        let cgroup = cgroup(uid);
        if self.tree.get(&cgroup).is_none() {
            return;
        }
        for (property, file) in LIMITS {
            if let Some(value) = properties.get(property) {
                let value = if value == "infinity" { "max" } else { value };
                let path = format!("{cgroup}/{file}");
                self.tree
                    .put(&path, format!("{value}\n"), Access::root(0o644));
            }
        }
        self.write_io(&cgroup, properties);
    }

    fn write_io(&mut self, cgroup: &str, properties: &BTreeMap<String, String>) {
        let value = |name: &str| properties.get(name).map(String::as_str);
        if let Some(weight) = value("IOWeight") {
            let weight = if weight.is_empty() { "100" } else { weight };
            self.tree.put(
                &format!("{cgroup}/io.weight"),
                format!("default {weight}\n"),
                Access::root(0o644),
            );
        }
        let (Some(read), Some(write)) = (value("IOReadBandwidthMax"), value("IOWriteBandwidthMax"))
        else {
            return;
        };
        let (read, write) = (by_disk(read), by_disk(write));
        let disks: BTreeSet<&str> = read.keys().chain(write.keys()).copied().collect();
        let limit =
            |of: &BTreeMap<&str, &str>, disk| of.get(disk).copied().unwrap_or("max").to_owned();
        let lines = disks.iter().map(|disk| {
            let (read, write) = (limit(&read, *disk), limit(&write, *disk));
            format!("{disk} rbps={read} wbps={write} riops=max wiops=max\n")
        });
        let body: String = lines.collect();
        self.tree
            .put(&format!("{cgroup}/io.max"), body, Access::root(0o644));
    }
}

/// `/dev/block/254:0 5000000`, with commas between disks.
fn by_disk(value: &str) -> BTreeMap<&str, &str> {
    let pairs = value.split(',').filter_map(|each| each.split_once(' '));
    let pairs = pairs.filter_map(|(path, limit)| Some((path.rsplit('/').next()?, limit)));
    pairs.collect()
}

fn slice_units(uid: u32) -> [String; 3] {
    [
        format!("user@{uid}.service"),
        format!("user-runtime-dir@{uid}.service"),
        format!("user-{uid}.slice"),
    ]
}
