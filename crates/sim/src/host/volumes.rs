//! Block devices beside the root disk: what is on them is text as blkid(8) prints it, and files.

use std::{collections::BTreeMap, io};

use kloigos_host::sys::{Access, Output, Sys, SysError};

use super::{
    SimHost,
    commands::{failed, printed},
    tree::Node,
};

const MOUNTINFO: &str = "/proc/self/mountinfo";
const TARGET: &str = "/etc/systemd/system/local-fs.target.d";

/// Devices with a file system.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Volumes {
    /// The files of those not mounted, by device and path below its root.
    files: BTreeMap<String, BTreeMap<String, Node>>,
    /// Which device is mounted where, and what is under it.
    mounted: BTreeMap<String, (String, Node)>,
}

impl SimHost {
    /// Puts something on a device that is not of ours.
    pub fn store_on(&mut self, device: &str, blkid: &str) {
        self.tree.edit(device, blkid.to_owned());
    }

    /// The place of the volume that a path is on.
    pub(super) fn volume_of(&self, path: &str) -> Option<&str> {
        let above = |place: &&String| {
            let rest = path.strip_prefix(place.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mut places = self.volumes.mounted.keys();
        places.find(above).map(String::as_str)
    }

    pub(super) fn is_mounted(&self, path: &str) -> bool {
        self.volumes.mounted.contains_key(path)
    }

    pub(super) fn blkid(&self, device: &str) -> Output {
        match self.tree.text(device) {
            "" => failed(2, ""),
            text if text.contains('=') => printed(text),
            _ => failed(2, ""),
        }
    }

    /// A device with nothing at its ends; refused while it is mounted.
    pub(super) fn blank_device(&mut self, device: &str) -> Sys<()> {
        if self.tree.get(device).is_none() {
            return Err(SysError::file("write", device, io::ErrorKind::NotFound));
        }
        if self.is_in_use(device) {
            return Err(SysError::file("write", device, io::ErrorKind::ResourceBusy));
        }
        self.tree.edit(device, String::new());
        self.volumes.files.remove(device);
        Ok(())
    }

    fn is_in_use(&self, device: &str) -> bool {
        let mut devices = self.volumes.mounted.values();
        devices.any(|(mounted, _)| mounted == device)
    }

    /// mkfs that was killed.
    pub(super) fn half_make(&mut self, device: &str) {
        self.tree.edit(device, "half a file system".to_owned());
    }

    pub(super) fn mkfs(&mut self, words: &[&str]) -> Output {
        let device = words.last().copied().unwrap_or_default();
        if self.is_in_use(device) {
            return failed(
                1,
                format!("{device} is mounted; will not make a filesystem here!\n"),
            );
        }
        let at = words.iter().position(|word| *word == "-U");
        let uuid = at.and_then(|at| words.get(at + 1)).unwrap_or(&"");
        let text = format!("LABEL=kloigos\nUUID={uuid}\nTYPE=ext4\n");
        self.tree.edit(device, text);
        let dir = |mode| Node::Dir(Access::root(mode));
        let fresh = [
            (String::new(), dir(0o755)),
            ("/lost+found".to_owned(), dir(0o700)),
        ];
        self.volumes.files.insert(device.to_owned(), fresh.into());
        printed("")
    }

    /// Starts or stops a mount unit. What is mounted is a unit whether or not a file says so
    /// (systemd.mount(5)).
    pub(super) fn mount_unit(&mut self, unit: &str, start: bool) -> Output {
        let name = unit.trim_end_matches(".mount").replace('-', "/");
        let place = format!("/{}", name.replace("\\x2d", "-"));
        if !start && self.is_mounted(&place) {
            self.unmount_volume(&place);
            return printed("");
        }
        let text = self.tree.text(&format!("/etc/systemd/system/{unit}"));
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
        let (Some(what), Some(place)) = (value("What="), value("Where=")) else {
            return failed(5, format!("Unit {unit} not found.\n"));
        };
        let (what, place) = (what.to_owned(), place.to_owned());
        if start {
            return self.mount_volume(&what, &place);
        }
        self.unmount_volume(&place);
        printed("")
    }

    fn mount_volume(&mut self, what: &str, place: &str) -> Output {
        let device = match self.tree.get(what) {
            Some(Node::Link(target)) => target.rsplit('/').next().unwrap_or_default().to_owned(),
            _ => return failed(1, format!("{what} is not there\n")),
        };
        let path = format!("/dev/{device}");
        if self.is_mounted(place) {
            return printed("");
        }
        let Some(files) = self.volumes.files.remove(&path) else {
            return failed(32, format!("mount: {place}: wrong fs type\n"));
        };
        self.tree.make_dirs(place);
        let under = self.tree.get(place).cloned();
        let under = under.unwrap_or(Node::Dir(Access::root(0o755)));
        for (below, node) in files {
            self.tree.set(&format!("{place}{below}"), node);
        }
        self.volumes
            .mounted
            .insert(place.to_owned(), (path.clone(), under));
        let number = self.tree.text(&format!("/sys/class/block/{device}/dev"));
        let line = format!("40 22 {} / {place} rw - ext4 {path} rw\n", number.trim());
        let all = format!("{}{line}", self.tree.text(MOUNTINFO));
        self.tree.edit(MOUNTINFO, all);
        printed("")
    }

    pub(super) fn unmount_volume(&mut self, place: &str) {
        let Some((device, under)) = self.volumes.mounted.remove(place) else {
            return;
        };
        let mut files = BTreeMap::new();
        for path in [place.to_owned()].into_iter().chain(self.tree.below(place)) {
            if let Some(node) = self.tree.get(&path) {
                files.insert(path[place.len()..].to_owned(), node.clone());
            }
        }
        self.tree.remove_tree(place);
        self.tree.set(place, under);
        self.volumes.files.insert(device, files);
        let field = format!(" {place} ");
        let left = self.tree.text(MOUNTINFO).lines();
        let left = left.filter(|line| !line.contains(&field));
        let left = left.fold(String::new(), |text, line| text + line + "\n");
        self.tree.edit(MOUNTINFO, left);
    }

    /// A boot mounts what is enabled, and nothing else.
    pub(super) fn mount_enabled(&mut self) {
        for place in self.volumes.mounted.keys().cloned().collect::<Vec<_>>() {
            self.unmount_volume(&place);
        }
        for name in self.tree.names(TARGET) {
            let drop_in = self.tree.text(&format!("{TARGET}/{name}")).to_owned();
            for unit in drop_in
                .lines()
                .filter_map(|line| line.strip_prefix("Wants="))
            {
                self.mount_unit(unit, true);
            }
        }
    }
}
