//! Files whose text the kernel makes up when they are read: what a process may use, and what of a
//! cgroup is in force.

use super::SimHost;

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
            "mountinfo" => Some(self.tree.text("/proc/self/mountinfo").to_owned()),
            _ => None,
        }
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
