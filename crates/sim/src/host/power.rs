//! Reboots, and what a tenant leaves behind.

use kloigos_host::sys::{Access, IpcKind};

use super::{SimHost, Unit, slices::cgroup, tree::Node};

/// What a boot empties.
const FORGOTTEN: [&str; 10] = [
    "/dev/mqueue",
    "/dev/shm",
    "/run",
    "/sys/fs/bpf",
    "/sys/fs/cgroup/init.scope",
    "/sys/fs/cgroup/system.slice",
    "/sys/fs/cgroup/user.slice",
    "/tmp",
    "/proc/sys/net/ipv4",
    "/proc/sysvipc",
];

/// The link by which systemd runs the boot service.
const BOOT_SERVICE: &str = "/etc/systemd/system/sysinit.target.wants/kloigos-boot.service";

impl SimHost {
    /// Goes down at once, or was down, and comes up: the kernel's and `/run`'s state is that of a
    /// new machine, the boot service runs where it is enabled, and who lingers gets a manager.
    pub fn reboot(&mut self) {
        self.power_on();
        let fresh = super::furnished::fresh(&self.tree);
        for dir in FORGOTTEN {
            for path in self.tree.below(dir) {
                self.tree.unset(&path);
            }
        }
        for pid in self.processes.keys().copied().collect::<Vec<_>>() {
            self.end(pid);
        }
        for (path, node) in fresh {
            if FORGOTTEN
                .iter()
                .any(|dir| path.starts_with(&format!("{dir}/")))
                && !path.starts_with("/tmp/")
            {
                self.tree.set(&path, node);
            }
        }
        self.ipc.clear();
        self.keys.clear();
        self.list_keys();
        self.mounts.clear();
        self.memory.clear();
        self.units.clear();
        self.table = None;
        self.bind_filter = None;
        self.mount_enabled();
        self.boot();
    }

    fn boot(&mut self) {
        if self.tree.get(BOOT_SERVICE).is_some() {
            let mut said = Vec::new();
            kloigos_host::cli::boot(self, &mut |line| said.push(line.to_owned()));
            let state = if said.is_empty() {
                Unit::Active
            } else {
                Unit::Failed
            };
            self.units.insert("kloigos-boot.service".to_owned(), state);
        }
        for user in self.tree.names("/var/lib/systemd/linger") {
            let passwd = self.tree.text("/etc/passwd").to_owned();
            let line = passwd
                .lines()
                .find(|line| line.starts_with(&format!("{user}:")));
            let uid = line
                .and_then(|line| line.split(':').nth(2))
                .and_then(|uid| uid.parse().ok());
            if let Some(uid) = uid {
                self.start_manager(uid);
            }
        }
    }

    /// Whether a process of the user would get in: the key is there, and the guard lets it.
    pub fn lets_in(&mut self, user: &str, uid: u32) -> bool {
        if self.tree.get(&format!("/etc/ssh/kloigos/{user}")).is_none() {
            return false;
        }
        let session = format!("0::/user.slice/user-{uid}.slice/session-1.scope\n");
        self.tree.make_dirs("/proc/1");
        self.tree
            .put("/proc/1/cgroup", session, Access::root(0o444));
        let login = kloigos_host::guard::Login {
            user,
            stage: "open_session",
        };
        let lets = kloigos_host::guard::lets(self, login);
        self.tree.remove_tree("/proc/1");
        lets.unwrap_or(false)
    }

    /// Everything that a tenant may leave: processes in the slice and outside it, files here and
    /// there, a cron table, IPC objects.
    pub fn make_mess(&mut self, user: &str, uid: u32, dir: &str) {
        let session = format!("{}/session-9.scope", cgroup(uid));
        self.spawn(uid, &session);
        self.spawn(uid, "/sys/fs/cgroup/system.slice/cron.service");
        let own = Access::own(0o600, uid);
        for place in ["/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock"] {
            self.tree.set(
                &format!("{place}/of-{user}"),
                Node::Dir(Access::own(0o755, uid)),
            );
            self.tree
                .put(&format!("{place}/of-{user}/file"), "left\n", own);
        }
        for place in [
            format!("/home/{user}"),
            format!("/opt/{dir}"),
            format!("/mnt/{dir}"),
        ] {
            // Somebody may have taken the directory away.
            if self.tree.get(&place).is_some() {
                self.tree.put(&format!("{place}/left"), "left\n", own);
            }
        }
        self.tree.put(
            &format!("/var/spool/cron/crontabs/{user}"),
            "* * * * * id\n",
            own,
        );
        self.tree
            .put(&format!("/run/user/{uid}/left"), "left\n", own);
        for kind in IpcKind::ALL {
            self.ipc.insert((kind, 5, uid));
        }
        self.list_ipc();
        self.leave_with_others(user, uid);
    }

    /// What somebody else keeps for a user: the kernel, journald, systemd-coredump, sudo, a
    /// neighbour.
    fn leave_with_others(&mut self, user: &str, uid: u32) {
        self.keys.insert(uid);
        self.list_keys();
        for place in kept_by_others(user, uid) {
            self.tree.make_dirs(super::tree::parent(&place));
            self.tree.put(&place, "left\n", Access::root(0o600));
        }
        let own = Access::own(0o600, uid);
        self.tree.make_dirs("/srv/open");
        self.tree.put("/srv/open/left", "left\n", own);
        self.access_lists.insert(("/opt/theirs".to_owned(), uid));
    }

    /// A file of root's that a service does not let go of.
    pub fn plant(&mut self, path: &str, text: &str) {
        self.tree.put(path, text, Access::root(0o600));
    }

    /// It did.
    pub fn unplant(&mut self, path: &str) {
        self.tree.remove_tree(path);
    }

    /// Whatever of the user is on the machine beside its account and its own empty directories.
    pub fn traces(&self, uid: u32) -> Vec<String> {
        let owned = self.tree.owned_by(uid);
        let files = owned.map(|(path, _)| path.to_owned());
        let processes = self
            .processes
            .iter()
            .filter(|(_, process)| process.uid == uid);
        let processes = processes.map(|(_, process)| format!("process in {}", process.cgroup));
        let ipc = self.ipc.iter().filter(|object| object.2 == uid);
        let ipc = ipc.map(|object| format!("ipc {object:?}"));
        let others = kept_by_others("u0-1", uid).into_iter();
        let others = others.filter(|path| self.tree.get(path).is_some());
        let keys = self.keys.get(&uid).map(|uid| format!("keys of {uid}"));
        let lists = self.access_lists.iter().filter(|list| list.1 == uid);
        let lists = lists.map(|list| format!("access list {list:?}"));
        let kernel = processes.chain(ipc).chain(keys).chain(lists);
        files.chain(others).chain(kernel).collect()
    }

    /// What is mounted, as `/proc/self/mountinfo` says.
    pub(super) fn mount_points(&self) -> Vec<kloigos_host::facts::mounts::Mount> {
        kloigos_host::facts::mounts::parse(self.tree.text("/proc/self/mountinfo"))
    }

    /// The kernel tells of keys without saying which.
    pub(super) fn list_keys(&mut self) {
        let lines = self.keys.iter().fold(String::new(), |lines, uid| {
            lines + &format!("{uid:5}:     3 3/3 3/200 39/20000\n")
        });
        let text = format!("    0:    34 33/33 21/1000000 391/25000000\n{lines}");
        self.tree.put("/proc/key-users", text, Access::root(0o644));
    }

    pub(super) fn list_ipc(&mut self) {
        for kind in IpcKind::ALL {
            let objects = self.ipc.iter().filter(|object| object.0 == kind);
            let lines = objects.fold(String::new(), |lines, (_, id, uid)| {
                lines + &format!("1 {id} {uid} {uid}\n")
            });
            let path = kind.file();
            if lines.is_empty() {
                self.tree.unset(path);
            } else {
                self.tree.put(
                    path,
                    format!("key id uid cuid\n{lines}"),
                    Access::root(0o444),
                );
            }
        }
    }
}

/// Files of a user's that are not the user's own.
fn kept_by_others(user: &str, uid: u32) -> [String; 4] {
    [
        format!("/var/log/journal/0123/user-{uid}.journal"),
        format!("/var/log/journal/0123/user-{uid}@00-01.journal"),
        format!("/var/lib/systemd/coredump/core.x.{uid}.0123.9.1.zst"),
        format!("/run/sudo/ts/{user}"),
    ]
}
