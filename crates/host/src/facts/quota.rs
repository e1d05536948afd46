//! What a user stores on the file systems that hold files of people, and may store there.

use std::collections::BTreeSet;

use super::{
    filesystems::ON_DISK,
    mounts::{self, Mount},
};
use crate::{
    fault::Trouble,
    sys::{Host, Quota, read_text},
};

/// One file system, and a user of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// The mount that it is seen through.
    pub mount: Mount,
    /// What it says of the user; `None` where it does not count. Where it does, no bytes and no
    /// inodes are the proof that nothing of the user is on it.
    pub quota: Option<Quota>,
}

/// What a user stores, file system by file system; those that cannot be written are left out.
pub fn usage(host: &mut dyn Host, uid: u32) -> Result<Vec<Usage>, Trouble> {
    let mut all = Vec::new();
    for mount in on_disk(host)? {
        let quota = host.quota(&mount.point, uid)?;
        all.push(Usage { mount, quota });
    }
    Ok(all)
}

/// The file systems on disks that can be written, each once, where it can be seen.
fn on_disk(host: &mut dyn Host) -> Result<Vec<Mount>, Trouble> {
    let text = read_text(host, mounts::FILE)?.unwrap_or_default();
    Ok(once_each(&mounts::parse(&text)))
}

fn once_each(mounts: &[Mount]) -> Vec<Mount> {
    let mut known = BTreeSet::new();
    let seen = mounts.iter().filter(|mount| {
        let hidden = mounts::holding(mounts, &mount.point) != Some(mount);
        let ours = mount.writable && ON_DISK.contains(&mount.kind.as_str()) && !hidden;
        ours && known.insert(&mount.device)
    });
    seen.cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_writable_file_system_on_a_disk_is_asked_once_where_it_is_seen() {
        let text = "1 0 0:1 / / rw - ext4 /dev/vda rw\n\
                    2 1 0:2 / /mnt rw - ext4 /dev/vdb rw\n\
                    3 1 0:3 / /mnt rw - xfs /dev/vdc rw\n\
                    4 1 0:1 /srv /srv rw - ext4 /dev/vda rw\n\
                    5 1 0:2 / /data rw - ext4 /dev/vdb rw\n\
                    6 1 0:6 / /usr ro - ext4 /dev/vdd rw\n\
                    7 1 0:7 / /run rw - tmpfs tmpfs rw\n";
        let points: Vec<String> = once_each(&mounts::parse(text))
            .into_iter()
            .map(|mount| mount.point)
            .collect();
        assert_eq!(points, ["/", "/mnt", "/data"]);
    }
}
