//! Whole disks, and what is on each. A disk is called empty only when nothing at all was found and
//! every look worked.

use std::collections::BTreeMap;

use kloigos_model::host::Disk;

use super::mounts;
use crate::{
    fault::Trouble,
    sys::{Command, Host, read_text},
};

const BY_ID: &str = "/dev/disk/by-id";
/// What the kernel counts sizes in under `/sys/block`, whatever the disk's own sector is.
const SECTOR: u64 = 512;
/// How much of a disk's beginning must be zeros.
const HEAD: usize = 1 << 20;
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
        holds: holds(host, &name)?,
        name,
    })
}

fn attribute(host: &mut dyn Host, disk: &str, name: &str) -> Result<Option<String>, Trouble> {
    let text = read_text(host, &format!("/sys/block/{disk}/{name}"))?;
    let text = text.map(|text| text.trim().to_owned());
    Ok(text.filter(|text| !text.is_empty()))
}

fn holds(host: &mut dyn Host, disk: &str) -> Result<Vec<String>, Trouble> {
    let mut found = structure(host, disk)?;
    found.extend(uses(host, disk)?);
    found.extend(signature(host, disk)?);
    Ok(found)
}

/// Partitions, and what is built on the disk as a whole (device mapper, RAID).
fn structure(host: &mut dyn Host, disk: &str) -> Result<Vec<String>, Trouble> {
    let mut found = Vec::new();
    for entry in host
        .list(&format!("/sys/block/{disk}"))?
        .unwrap_or_default()
    {
        let partition = format!("/sys/block/{disk}/{entry}/partition");
        if host.stat(&partition)?.is_some() {
            found.push(format!("partition {entry}"));
        }
    }
    let holders = host.list(&format!("/sys/block/{disk}/holders"))?;
    found.extend(
        holders
            .unwrap_or_default()
            .iter()
            .map(|holder| format!("held by {holder}")),
    );
    Ok(found)
}

fn uses(host: &mut dyn Host, disk: &str) -> Result<Vec<String>, Trouble> {
    let number = attribute(host, disk, "dev")?.unwrap_or_default();
    let mounted = read_text(host, "/proc/self/mountinfo")?.unwrap_or_default();
    let mounted = mounts::parse(&mounted)
        .into_iter()
        .filter(|mount| mount.device == number);
    let mut found: Vec<String> = mounted
        .map(|mount| format!("mounted at {}", mount.point))
        .collect();
    let swaps = read_text(host, "/proc/swaps")?.unwrap_or_default();
    let device = format!("/dev/{disk}");
    if swaps
        .lines()
        .any(|line| line.split_whitespace().next() == Some(device.as_str()))
    {
        found.push("swap in use".to_owned());
    }
    Ok(found)
}

/// What blkid(8) knows, and whether the first bytes are zeros, for what it does not know.
fn signature(host: &mut dyn Host, disk: &str) -> Result<Option<String>, Trouble> {
    let device = format!("/dev/{disk}");
    let probed = match host.run(&Command::new(["blkid", "-p", "-o", "export", &device])) {
        Ok(output) => output,
        Err(error) if error.is_missing_program() => {
            return Ok(Some("unknown: blkid is not installed".to_owned()));
        }
        Err(error) => return Err(error.into()),
    };
    // blkid(8): 0 found, 2 nothing found, 8 several contradict each other.
    match probed.code {
        0 => Ok(Some(format!("signature {}", described(&probed.stdout)))),
        2 => Ok(dirty_head(host, &device)),
        8 => Ok(Some(
            "several signatures that contradict each other".to_owned(),
        )),
        code => Ok(Some(format!("unknown: blkid ended with status {code}"))),
    }
}

fn described(export: &str) -> String {
    let value = |name: &str| export.lines().find_map(|line| line.strip_prefix(name));
    let kind = value("TYPE=").or_else(|| value("PTTYPE="));
    kind.unwrap_or("of an unknown kind").to_owned()
}

fn dirty_head(host: &mut dyn Host, device: &str) -> Option<String> {
    match host.head(device, HEAD) {
        Ok(Some(head)) if head.iter().any(|&byte| byte != 0) => {
            Some("data of an unknown kind at its beginning".to_owned())
        }
        Ok(Some(_)) => None,
        Ok(None) => Some("unknown: its device is not there".to_owned()),
        Err(_) => Some("unknown: it cannot be read".to_owned()),
    }
}
