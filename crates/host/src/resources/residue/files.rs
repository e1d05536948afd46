//! Files by owner, on every file system that people's programs can write to.
//!
//! A file system that counts what a user stores (user quota) proves it by the count: no inode and
//! no byte, whatever the path, deleted files that are still open included. All others are looked
//! through.

use kloigos_model::host::UnitSpec;

use super::{MOST, Trace};
use crate::{
    facts::{
        filesystems::ON_DISK,
        mounts::{self, Mount},
    },
    fault::Trouble,
    paths,
    sys::{Host, read_text},
};

/// File systems in memory.
const IN_MEMORY: [&str; 5] = ["devtmpfs", "hugetlbfs", "mqueue", "ramfs", "tmpfs"];
/// Those that have no files of people: the kernel's own, and those that cannot be written.
const OF_NOBODY: [&str; 24] = [
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "efivarfs",
    "fusectl",
    "iso9660",
    "nfsd",
    "nsfs",
    "overlay",
    "proc",
    "pstore",
    "resctrl",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "smackfs",
    "squashfs",
    "sysfs",
    "tracefs",
];

pub(super) fn look(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Trace>, Trouble> {
    let mut traces = Vec::new();
    for path in set_aside(host, unit)? {
        traces.push(Trace::lasting("directory", path));
    }
    for Doubt { place, counted } in in_doubt(host, unit.uid)? {
        let owned = host.owned(&place, unit.uid, MOST)?;
        if owned.is_empty() && counted {
            let place = format!("without a name on {place}, held open by a process");
            traces.push(Trace::passing("file", place));
        }
        traces.extend(owned.into_iter().map(|path| Trace::lasting("file", path)));
    }
    traces.extend(mounts_of(host, unit.uid)?);
    Ok(traces)
}

/// Directories of the unit that wait to be deleted.
pub(crate) fn set_aside(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<String>, Trouble> {
    let names = host.list(paths::TRASH_DIR)?.unwrap_or_default().into_iter();
    let its = names.filter(|name| name.split('.').next() == Some(unit.user.as_str()));
    Ok(its
        .map(|name| format!("{}/{name}", paths::TRASH_DIR))
        .collect())
}

/// A file system that may hold files of a user.
pub(crate) struct Doubt {
    /// Where it is seen.
    pub(crate) place: String,
    /// Whether it counts some, and not only does not count.
    counted: bool,
}

/// The file systems that may hold files of the user.
pub(crate) fn in_doubt(host: &mut dyn Host, uid: u32) -> Result<Vec<Doubt>, Trouble> {
    let mut doubtful = Vec::new();
    for mount in local(host)? {
        let on_disk = ON_DISK.contains(&mount.kind.as_str());
        let quota = if on_disk {
            host.quota(&mount.point, uid)?
        } else {
            None
        };
        if quota.is_none_or(|quota| (quota.used.inodes, quota.used.bytes) != (0, 0)) {
            doubtful.push(Doubt {
                place: mount.point,
                counted: quota.is_some(),
            });
        }
    }
    Ok(doubtful)
}

/// File systems that nobody looks through, since they are another machine's or of a kind that is
/// not known: where, and what.
pub(crate) fn passed_over(host: &mut dyn Host) -> Result<Vec<String>, Trouble> {
    let passed = |mount: &&Mount| {
        let kind = mount.kind.as_str();
        let known = [&ON_DISK[..], &IN_MEMORY, &OF_NOBODY];
        mount.writable && !known.iter().any(|known| known.contains(&kind))
    };
    let told = |mount: &Mount| format!("{} ({})", mount.point, mount.kind);
    Ok(mounted(host)?.iter().filter(passed).map(told).collect())
}

fn mounted(host: &mut dyn Host) -> Result<Vec<Mount>, Trouble> {
    let text = read_text(host, "/proc/self/mountinfo")?.unwrap_or_default();
    Ok(mounts::parse(&text))
}

/// The file systems of this machine that files of people may be on.
pub(super) fn local(host: &mut dyn Host) -> Result<Vec<Mount>, Trouble> {
    Ok(written_to(&mounted(host)?))
}

/// Each file system that files of people may be on, once, where it can be seen.
fn written_to(mounts: &[Mount]) -> Vec<Mount> {
    let mut written: Vec<Mount> = Vec::new();
    for mount in mounts {
        let kind = mount.kind.as_str();
        let hidden = mounts::holding(mounts, &mount.point) != Some(mount);
        let known = written.iter().any(|known| known.device == mount.device);
        let is_kind = ON_DISK.contains(&kind) || IN_MEMORY.contains(&kind);
        if is_kind && mount.writable && !hidden && !known {
            written.push(mount.clone());
        }
    }
    written
}

fn mounts_of(host: &mut dyn Host, uid: u32) -> Result<Vec<Trace>, Trouble> {
    let mounts = mounted(host)?.into_iter();
    let its = mounts.filter(|mount| mount.mounted_by == Some(uid));
    Ok(its
        .map(|mount| Trace::lasting("mount", mount.point))
        .collect())
}
