//! Partitions and logical volumes, with the paths that mean the same device after a reboot.

use std::collections::BTreeMap;

use kloigos_model::{
    host::{BlockVolume, BlockVolumeKind},
    volume::VolumePath,
};

use super::{
    disks::SECTOR,
    holdings::{self, Holdings, attribute},
};
use crate::{fault::Trouble, sys::Host};

/// Every block device, partitions and logical volumes among them.
const CLASS: &str = "/sys/class/block";
/// Where udev(7) links devices by names that stay.
const STABLE: [&str; 4] = [
    "/dev/disk/by-id",
    "/dev/disk/by-partuuid",
    "/dev/disk/by-partlabel",
    "/dev/disk/by-path",
];
/// How device mapper's own number of a volume begins when LVM made it.
const LVM: &str = "LVM-";

pub(super) fn read(host: &mut dyn Host) -> Result<Vec<BlockVolume>, Trouble> {
    let stable = stable_paths(host)?;
    let mut volumes = Vec::new();
    for name in host.list(CLASS)?.unwrap_or_default() {
        let Some((kind, mapped)) = kind(host, &name)? else {
            continue;
        };
        let mut paths = stable.get(&name).cloned().unwrap_or_default();
        let mapped = mapped.map(|mapped| format!("/dev/mapper/{mapped}"));
        paths.extend(mapped.and_then(|path| path.parse().ok()));
        let sectors = attribute(host, &name, "size")?.and_then(|size| size.parse::<u64>().ok());
        let Holdings { uses, data, .. } = holdings::of(host, &name)?;
        volumes.push(BlockVolume {
            kind,
            paths,
            size_bytes: sectors.unwrap_or(0).saturating_mul(SECTOR),
            holds: uses.into_iter().chain(data).collect(),
            name,
        });
    }
    Ok(volumes)
}

/// What a block device is, and device mapper's name for it; `None` for whole disks and all else.
fn kind(
    host: &mut dyn Host,
    name: &str,
) -> Result<Option<(BlockVolumeKind, Option<String>)>, Trouble> {
    if attribute(host, name, "partition")?.is_some() {
        return Ok(Some((BlockVolumeKind::Partition, None)));
    }
    let made_by_lvm = attribute(host, name, "dm/uuid")?.is_some_and(|uuid| uuid.starts_with(LVM));
    if made_by_lvm {
        let mapped = attribute(host, name, "dm/name")?;
        return Ok(Some((BlockVolumeKind::Logical, mapped)));
    }
    Ok(None)
}

/// By the kernel's name of the device. A name that is no stable path of ours is left out.
fn stable_paths(host: &mut dyn Host) -> Result<BTreeMap<String, Vec<VolumePath>>, Trouble> {
    let mut stable: BTreeMap<String, Vec<VolumePath>> = BTreeMap::new();
    for dir in STABLE {
        for name in host.list(dir)?.unwrap_or_default() {
            let path = format!("{dir}/{name}");
            let target = host.read_link(&path)?.unwrap_or_default();
            let device = target.rsplit('/').next().unwrap_or_default().to_owned();
            stable.entry(device).or_default().extend(path.parse().ok());
        }
    }
    Ok(stable)
}
