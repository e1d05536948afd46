//! Mounted file systems that hold files of people.

use std::collections::BTreeSet;

use kloigos_model::host::{Filesystem, QuotaState};

use super::mounts::{self, Mount};
use crate::{
    fault::Trouble,
    sys::{Host, QuotaFlags, read_text},
};

/// File systems on disks.
pub(crate) const ON_DISK: [&str; 9] = [
    "ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "zfs", "bcachefs",
];
/// Those that can limit a user: they have user quotas of the kernel's kind.
const WITH_QUOTA: [&str; 6] = ["ext2", "ext3", "ext4", "xfs", "f2fs", "jfs"];

/// Each file system once, where it was mounted first.
pub(super) fn read(host: &mut dyn Host) -> Result<Vec<Filesystem>, Trouble> {
    let text = read_text(host, "/proc/self/mountinfo")?.unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut filesystems = Vec::new();
    for mount in mounts::parse(&text) {
        if ON_DISK.contains(&mount.kind.as_str()) && seen.insert(mount.device.clone()) {
            filesystems.push(filesystem(host, mount)?);
        }
    }
    Ok(filesystems)
}

fn filesystem(host: &mut dyn Host, mount: Mount) -> Result<Filesystem, Trouble> {
    let space = host.space(&mount.point)?;
    let quota = host.user_quota(&mount.point)?;
    Ok(Filesystem {
        size_bytes: space.size,
        available_bytes: space.available,
        user_quota: quota_state(&mount.kind, quota),
        mount: mount.point,
        source: mount.source,
        kind: mount.kind,
    })
}

fn quota_state(kind: &str, flags: Option<QuotaFlags>) -> QuotaState {
    match flags {
        Some(flags) if flags.enforced => QuotaState::Enforced,
        Some(flags) if flags.accounted => QuotaState::Accounted,
        _ if WITH_QUOTA.contains(&kind) => QuotaState::Off,
        _ => QuotaState::Unsupported,
    }
}
