//! Which whole disks a file system's device is made of, through partitions, LVM and RAID; the
//! kernel throttles whole disks (`io.max` of cgroup v2).

use std::collections::BTreeSet;

use super::mounts::Mount;
use crate::{
    fault::Trouble,
    sys::{Host, read_text},
};

/// How many devices may be stacked on each other.
const DEPTH_MAX: u32 = 8;

/// The numbers, `MAJOR:MINOR`, of the disks that a mounted file system lies on; none when it is on
/// no disk that the kernel tells of.
pub fn disks_under(host: &mut dyn Host, mount: &Mount) -> Result<BTreeSet<String>, Trouble> {
    let mut disks = BTreeSet::new();
    let device = number(host, mount)?;
    below(host, &device, 0, &mut disks)?;
    Ok(disks)
}

/// btrfs numbers its mounts by itself, with major 0, and names its device as the source.
fn number(host: &mut dyn Host, mount: &Mount) -> Result<String, Trouble> {
    let named = mount.source.strip_prefix("/dev/");
    match named.filter(|_| mount.device.starts_with("0:")) {
        Some(name) if !name.contains('/') => {
            line(host, &format!("/sys/class/block/{name}/dev")).map(Option::unwrap_or_default)
        }
        _ => Ok(mount.device.clone()),
    }
}

fn below(
    host: &mut dyn Host,
    device: &str,
    depth: u32,
    disks: &mut BTreeSet<String>,
) -> Result<(), Trouble> {
    let dir = format!("/sys/dev/block/{device}");
    if depth == DEPTH_MAX || host.stat(&format!("{dir}/dev"))?.is_none() {
        return Ok(());
    }
    if host.stat(&format!("{dir}/partition"))?.is_some() {
        // A partition's directory lies in its disk's; the path goes through a link.
        let whole = line(host, &format!("{dir}/../dev"))?.unwrap_or_default();
        return below(host, &whole, depth + 1, disks);
    }
    let slaves = host.list(&format!("{dir}/slaves"))?.unwrap_or_default();
    for slave in &slaves {
        let device = line(host, &format!("{dir}/slaves/{slave}/dev"))?.unwrap_or_default();
        below(host, &device, depth + 1, disks)?;
    }
    if slaves.is_empty() {
        disks.insert(device.to_owned());
    }
    Ok(())
}

fn line(host: &mut dyn Host, path: &str) -> Result<Option<String>, Trouble> {
    Ok(read_text(host, path)?.map(|text| text.trim().to_owned()))
}
