//! Files whose text the kernel makes up when they are read: what a process may use and sees, and
//! what of a cgroup is in force.

use std::fmt::Write;

use super::{SimHost, slices::cgroup};

impl SimHost {
    /// The text of such a file.
    pub(super) fn made_up(&self, path: &str) -> Option<String> {
        if let Some(file) = path.strip_suffix(".effective") {
            let cgroup = path.rsplit_once('/')?.0;
            self.tree.get(cgroup)?;
            return Some(self.in_force(file));
        }
        let (pid, file) = path.strip_prefix("/proc/")?.split_once('/')?;
        let process = self.processes.get(&pid.parse().ok()?)?;
        match file {
            "status" => Some(self.status(path, &process.cgroup)),
            "mountinfo" => Some(self.mountinfo(process.namespace.as_deref())),
            _ => None,
        }
    }

    /// What a process that is started now will see: in a unit's slice, what the drop-in of its
    /// user manager says; elsewhere, what the host sees.
    pub(super) fn namespace(&self, uid: u32, inside: &str) -> Option<String> {
        let file = format!("/etc/systemd/system/user@{uid}.service.d/50-kloigos.conf");
        let of_unit = inside.starts_with(&cgroup(uid)) && self.tree.get(&file).is_some();
        of_unit.then(|| self.tree.text(&file).to_owned())
    }

    /// systemd.exec(5): `BindPaths=` and `ProtectProc=`. A file system in memory shows as a
    /// directory.
    fn mountinfo(&self, drop_in: Option<&str>) -> String {
        let mut text = self.tree.text("/proc/self/mountinfo").to_owned();
        for line in drop_in.unwrap_or_default().lines() {
            let mount = match line.split_once('=') {
                Some(("BindPaths", paths)) => paths
                    .split_once(':')
                    .map(|(from, to)| format!("254:0 {from} {to} rw - ext4 /dev/vda rw")),
                Some(("ProtectProc", option)) => {
                    Some(format!("0:22 / /proc rw - proc proc rw,hidepid={option}"))
                }
                _ => None,
            };
            if let Some(mount) = mount {
                writeln!(text, "90 22 {mount}").expect("a String takes every text");
            }
        }
        text
    }

    fn status(&self, path: &str, cgroup: &str) -> String {
        let slice = match cgroup.split_once(".slice/") {
            Some((slice, rest)) if slice.ends_with("/user") => {
                let unit = rest.split('/').next().unwrap_or_default();
                format!("{slice}.slice/{unit}")
            }
            _ => cgroup.to_owned(),
        };
        let set = |file: &str| self.in_force(&format!("{slice}/{file}"));
        format!(
            "{}VmSize:\t4096 kB\nCpus_allowed_list:\t{}Mems_allowed_list:\t{}",
            self.tree.text(path),
            set("cpuset.cpus"),
            set("cpuset.mems"),
        )
    }

    /// A set that is not written is all there is.
    fn in_force(&self, file: &str) -> String {
        let own = self.tree.text(file);
        if !own.trim().is_empty() {
            return own.to_owned();
        }
        let all = if file.ends_with("cpuset.cpus") {
            "/sys/devices/system/cpu/online"
        } else {
            "/sys/devices/system/node/has_memory"
        };
        self.tree.text(all).to_owned()
    }
}
