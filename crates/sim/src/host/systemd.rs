//! systemctl(1).

use std::{collections::BTreeMap, fmt::Write};

use kloigos_host::sys::{Access, Output};

use super::{
    SimHost, Unit,
    commands::{failed, printed},
    slices::{assign, cgroup},
};

impl SimHost {
    pub(super) fn systemctl(&mut self, words: &[&str]) -> Output {
        match words {
            ["start", "--no-block", unit] => self.start(unit),
            [verb @ ("start" | "stop"), unit] if unit.strip_suffix(".mount").is_some() => {
                self.mount_unit(unit, *verb == "start")
            }
            // PID 1 waits for a helper that never gets to run.
            ["stop", units @ ..] if units.iter().any(|unit| self.hangs(unit)) => {
                failed(1, "Failed to stop: Connection timed out\n")
            }
            ["stop", units @ ..] => {
                for unit in units {
                    self.stop(unit);
                }
                printed("")
            }
            ["reset-failed", units @ ..] => {
                for unit in units {
                    self.units.remove(*unit);
                }
                printed("")
            }
            ["set-property", "--runtime", slice, properties @ ..] => {
                self.set_properties(slice, properties)
            }
            ["show", properties, units @ ..] => self.show(properties, units),
            ["try-reload-or-restart", _] | ["daemon-reload"] => printed(""),
            _ => failed(1, "Unknown command verb\n"),
        }
    }

    fn start(&mut self, unit: &str) -> Output {
        match number(unit, "user@", ".service") {
            Some(uid) if self.units.get(unit) != Some(&Unit::Failed) => {
                self.start_manager(uid);
                printed("")
            }
            _ => failed(1, format!("Failed to start {unit}\n")),
        }
    }

    fn hangs(&self, unit: &str) -> bool {
        number(unit, "user-", ".slice").is_some_and(|uid| self.is_frozen(&cgroup(uid)))
    }

    fn stop(&mut self, unit: &str) {
        if let Some(uid) = number(unit, "user-", ".slice") {
            self.stop_slice(uid);
        } else if self.units.get(unit) == Some(&Unit::Active) {
            self.units.remove(unit);
        }
    }

    /// Kept as one drop-in per property, and written at once to a slice that is active.
    fn set_properties(&mut self, slice: &str, properties: &[&str]) -> Output {
        let pairs = properties
            .iter()
            .filter_map(|property| property.split_once('='));
        let mut all = BTreeMap::new();
        pairs.for_each(|(name, value)| assign(&mut all, name, value));
        let dir = format!("/run/systemd/system.control/{slice}.d");
        self.tree.make_dirs(&dir);
        for (name, value) in &all {
            let body = format!("[Slice]\n{name}={value}\n");
            self.tree
                .put(&format!("{dir}/50-{name}.conf"), body, Access::root(0o644));
        }
        match number(slice, "user-", ".slice") {
            Some(uid) => self.write_limits(uid, &all),
            None => self.confine(slice, all.get("AllowedCPUs")),
        }
        printed("")
    }

    /// A slice or scope of the host's own, where it is active.
    fn confine(&mut self, unit: &str, cpus: Option<&String>) {
        let file = format!("/sys/fs/cgroup/{unit}/cpuset.cpus");
        if let (Some(cpus), Some(_)) = (cpus, self.tree.get(&file)) {
            self.tree.edit(&file, format!("{cpus}\n"));
        }
    }

    fn show(&self, properties: &str, units: &[&str]) -> Output {
        let names: Vec<&str> = match properties.split_once('=') {
            Some((_, names)) => names.split(',').collect(),
            None => Vec::new(),
        };
        let mut blocks = Vec::new();
        for unit in units.iter().filter(|unit| !unit.contains('*')) {
            let mut block = String::new();
            for name in &names {
                if let Some(value) = self.property(unit, name) {
                    writeln!(block, "{name}={value}").expect("a String takes every text");
                }
            }
            blocks.push(block);
        }
        printed(blocks.join("\n"))
    }

    fn property(&self, unit: &str, name: &str) -> Option<String> {
        let state = match self.units.get(unit) {
            Some(Unit::Active) => "active",
            Some(Unit::Failed) => "failed",
            None => "inactive",
        };
        match name {
            "Id" => Some(unit.to_owned()),
            "ActiveState" => Some(state.to_owned()),
            "NeedDaemonReload" => Some("no".to_owned()),
            "AllowedCPUs" | "AllowedMemoryNodes" | "MemoryMax" | "MemoryHigh" | "MemorySwapMax"
            | "TasksMax" | "IOWeight" => {
                let uid = number(unit, "user-", ".slice")?;
                let value = self.properties(uid).remove(name)?;
                Some(value.replace(',', " "))
            }
            "LoadState" | "UnitFileState" | "Before" => Some(self.file_property(unit, name)),
            "Slice" => {
                let uid = number(unit, "user@", ".service")?;
                cgroup(uid).rsplit('/').next().map(str::to_owned)
            }
            _ => None,
        }
    }
}

impl SimHost {
    /// What the unit's own file and the link to it say.
    fn file_property(&self, unit: &str, name: &str) -> String {
        let file = format!("/etc/systemd/system/{unit}");
        let link = format!("/etc/systemd/system/sysinit.target.wants/{unit}");
        let is_there = self.tree.get(&file).is_some();
        match name {
            "LoadState" if is_there => "loaded".to_owned(),
            "LoadState" => "not-found".to_owned(),
            "UnitFileState" if self.tree.get(&link).is_some() => "enabled".to_owned(),
            "UnitFileState" => "disabled".to_owned(),
            _ => {
                let lines = self.tree.text(&file).lines();
                let lines: Vec<&str> = lines
                    .filter_map(|line| line.strip_prefix("Before="))
                    .collect();
                lines.join(" ")
            }
        }
    }
}

fn number(unit: &str, before: &str, after: &str) -> Option<u32> {
    unit.strip_prefix(before)?.strip_suffix(after)?.parse().ok()
}
