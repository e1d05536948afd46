//! Making a file system.

use super::Device;
use crate::{
    fault::Trouble,
    sys::{Command, Host, must},
};

/// For people who look at the disk; what we look at is the UUID. XFS takes 12 characters.
const LABEL: &str = "kloigos";

/// Makes one of ours, ext4, or XFS where mkfs.ext4(8) is not installed, whatever is on the device.
/// Both refuse a device that is mounted or held.
pub(super) fn make(host: &mut dyn Host, device: &Device, uuid: &str) -> Result<(), Trouble> {
    let path = format!("/dev/{}", device.name);
    if !device.holdings.data.is_empty() {
        must(host, &Command::new(["wipefs", "--all", "--quiet", &path]))?;
        // udev looks at a device whose partition table went, and holds it meanwhile.
        must(host, &Command::new(["udevadm", "settle"]))?;
    }
    // Once, -F is for whole disks only; no block is kept for root.
    let ext4 = [
        "mkfs.ext4",
        "-q",
        "-F",
        "-m",
        "0",
        "-L",
        LABEL,
        "-U",
        uuid,
        &path,
    ];
    match host.run(&Command::new(ext4)) {
        Err(error) if error.is_missing_program() => {
            let uuid = format!("uuid={uuid}");
            let xfs = ["mkfs.xfs", "-q", "-f", "-L", LABEL, "-m", &uuid, &path];
            must(host, &Command::new(xfs))?;
        }
        Ok(output) if output.code != 0 => {
            return Err(crate::sys::SysError::failed(&Command::new(ext4), &output).into());
        }
        Ok(_) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
