//! What is on a block device, whole disk or not. It is called empty only when nothing at all was
//! found and every look worked.

use super::mounts;
use crate::{
    fault::Trouble,
    sys::{Command, Host, read_text},
};

/// What was found, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings {
    /// What the system does with it now: mounts, swap, LVM, RAID.
    pub uses: Vec<String>,
    /// What is stored on it: partitions, signatures, bytes.
    pub data: Vec<String>,
    /// The UUID of its file system, where blkid(8) knows one.
    pub uuid: Option<String>,
}

/// What is on the device of this kernel name, such as `vdb`, `sda3` or `dm-0`.
pub fn of(host: &mut dyn Host, name: &str) -> Result<Holdings, Trouble> {
    let mut found = Holdings {
        uses: uses(host, name)?,
        ..Holdings::default()
    };
    for partition in partitions(host, name)? {
        found.uses.extend(uses(host, &partition)?);
        found.data.push(format!("partition {partition}"));
    }
    signature(host, name, &mut found)?;
    Ok(found)
}

/// One line of a file in the device's directory.
pub(crate) fn attribute(
    host: &mut dyn Host,
    name: &str,
    attribute: &str,
) -> Result<Option<String>, Trouble> {
    let text = read_text(host, &format!("/sys/class/block/{name}/{attribute}"))?;
    let text = text.map(|text| text.trim().to_owned());
    Ok(text.filter(|text| !text.is_empty()))
}

fn partitions(host: &mut dyn Host, name: &str) -> Result<Vec<String>, Trouble> {
    let dir = format!("/sys/class/block/{name}");
    let mut found = Vec::new();
    for entry in host.list(&dir)?.unwrap_or_default() {
        if host.stat(&format!("{dir}/{entry}/partition"))?.is_some() {
            found.push(entry);
        }
    }
    Ok(found)
}

/// What is built on it (device mapper, RAID), where it is mounted, and whether it is swap.
fn uses(host: &mut dyn Host, name: &str) -> Result<Vec<String>, Trouble> {
    let holders = host.list(&format!("/sys/class/block/{name}/holders"))?;
    let holders = holders.unwrap_or_default().into_iter();
    let mut found: Vec<String> = holders.map(|holder| format!("held by {holder}")).collect();
    let number = attribute(host, name, "dev")?.unwrap_or_default();
    let mounted = read_text(host, mounts::FILE)?.unwrap_or_default();
    let mounted = mounts::parse(&mounted)
        .into_iter()
        .filter(|mount| mount.device == number);
    found.extend(mounted.map(|mount| format!("mounted at {}", mount.point)));
    let swaps = read_text(host, "/proc/swaps")?.unwrap_or_default();
    let device = format!("/dev/{name}");
    if swaps
        .lines()
        .any(|line| line.split_whitespace().next() == Some(device.as_str()))
    {
        found.push("swap in use".to_owned());
    }
    Ok(found)
}

/// What blkid(8) knows, and whether both ends are zeros, for what it does not know.
fn signature(host: &mut dyn Host, name: &str, found: &mut Holdings) -> Result<(), Trouble> {
    let device = format!("/dev/{name}");
    let probed = match host.run(&Command::new(["blkid", "-p", "-o", "export", &device])) {
        Ok(output) => output,
        Err(error) if error.is_missing_program() => {
            found
                .data
                .push("unknown: blkid is not installed".to_owned());
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    // blkid(8): 0 found, 2 nothing found, 8 several contradict each other.
    match probed.code {
        0 => {
            let value = |name: &str| {
                probed
                    .stdout
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
            };
            let kind = value("TYPE=").or_else(|| value("PTTYPE="));
            let kind = kind.unwrap_or("of an unknown kind");
            found.data.push(format!("signature {kind}"));
            found.uuid = value("UUID=").map(str::to_owned);
        }
        2 => found.data.extend(remains(host, &device)),
        8 => {
            let text = "several signatures that contradict each other";
            found.data.push(text.to_owned());
        }
        code => found
            .data
            .push(format!("unknown: blkid ended with status {code}")),
    }
    Ok(())
}

fn remains(host: &mut dyn Host, device: &str) -> Option<String> {
    match host.is_blank(device) {
        Ok(Some(true)) => None,
        Ok(Some(false)) => Some("data of an unknown kind at its beginning or end".to_owned()),
        Ok(None) => Some("unknown: its device is not there".to_owned()),
        Err(_) => Some("unknown: it cannot be read".to_owned()),
    }
}
