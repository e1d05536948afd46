//! Whole disks, and what is on each.

use std::collections::BTreeMap;

use kloigos_model::host::Disk;

use super::holdings::{self, Holdings, attribute};
use crate::{fault::Trouble, sys::Host};

const BY_ID: &str = "/dev/disk/by-id";
/// What the kernel counts sizes in under `/sys/block`, whatever the disk's own sector is.
pub(super) const SECTOR: u64 = 512;
/// Block devices that are no disks: made of memory, files, or other disks.
const NOT_DISKS: [&str; 7] = ["loop", "ram", "zram", "dm-", "md", "sr", "fd"];

pub(super) fn read(host: &mut dyn Host) -> Result<Vec<Disk>, Trouble> {
    let stable = stable_paths(host)?;
    let names = host.list("/sys/block")?.unwrap_or_default();
    let mut disks = Vec::new();
    for name in names {
        if NOT_DISKS.iter().any(|other| name.starts_with(other)) {
            continue;
        }
        let by_id = stable.get(&name).cloned().unwrap_or_default();
        disks.push(disk(host, name, by_id)?);
    }
    Ok(disks)
}

fn stable_paths(host: &mut dyn Host) -> Result<BTreeMap<String, Vec<String>>, Trouble> {
    let mut stable: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in host.list(BY_ID)?.unwrap_or_default() {
        let path = format!("{BY_ID}/{name}");
        let target = host.read_link(&path)?.unwrap_or_default();
        let device = target.rsplit('/').next().unwrap_or_default().to_owned();
        stable.entry(device).or_default().push(path);
    }
    Ok(stable)
}

fn disk(host: &mut dyn Host, name: String, by_id: Vec<String>) -> Result<Disk, Trouble> {
    let sectors = attribute(host, &name, "size")?.and_then(|size| size.parse::<u64>().ok());
    Ok(Disk {
        by_id,
        size_bytes: sectors.unwrap_or(0).saturating_mul(SECTOR),
        model: attribute(host, &name, "device/model")?,
        serial: match attribute(host, &name, "serial")? {
            Some(serial) => Some(serial),
            None => attribute(host, &name, "device/serial")?,
        },
        rotational: attribute(host, &name, "queue/rotational")?.as_deref() == Some("1"),
        holds: {
            let Holdings { uses, data, .. } = holdings::of(host, &name)?;
            uses.into_iter().chain(data).collect()
        },
        name,
    })
}
