//! User quotas of the one file system on a disk: files of an owner are counted as they are.

use kloigos_host::sys::{DiskLimits, DiskUse, Quota};

use super::{SimHost, tree::Node};

/// What is in memory only, and counted nowhere.
const NOT_ON_DISK: [&str; 4] = ["/dev/", "/proc/", "/run/", "/sys/"];

impl SimHost {
    pub(super) fn quota_of(&self, uid: u32) -> Quota {
        Quota {
            limits: self.quotas.get(&uid).copied().unwrap_or_default(),
            used: self.stored_by(uid),
        }
    }

    pub(super) fn limit_user(&mut self, uid: u32, limits: DiskLimits) {
        if limits == DiskLimits::default() {
            self.quotas.remove(&uid);
        } else {
            self.quotas.insert(uid, limits);
        }
    }

    fn stored_by(&self, uid: u32) -> DiskUse {
        let mut stored = DiskUse::default();
        for (path, node) in self.tree.owned_by(uid) {
            let in_memory = NOT_ON_DISK.iter().any(|place| path.starts_with(place));
            if in_memory || self.volume_of(path).is_some() {
                continue;
            }
            stored.inodes += 1;
            if let Node::File(body, _) = node {
                stored.bytes += body.len() as u64;
            }
        }
        stored
    }
}
