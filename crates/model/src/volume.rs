//! Paths of block devices as an operator names them: only those that mean the same device after a
//! reboot.

use std::{fmt, str::FromStr};

/// The stable path of a disk, partition or logical volume, such as
/// `/dev/disk/by-id/nvme-SAMSUNG_1234` or `/dev/mapper/vg0-scratch`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VolumePath(String);

/// A text that is no stable path of a block device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VolumeError {
    /// Another directory.
    #[error(
        "name a volume by a path that stays the same: /dev/disk/by-id/…, by-partuuid, by-path or \
         by-partlabel, or /dev/mapper/… for LVM; /dev/sdb may be another disk after a reboot"
    )]
    Unstable,
    /// A name with other characters, or none.
    #[error(
        "the name of a device is 1 to 200 letters, digits and . _ : + = @ - and does not begin \
         with a dot or a hyphen"
    )]
    Name,
}

/// Whose names udev(7) makes from the device itself, not from the order in which it was found.
const PLACES: [&str; 5] = [
    "/dev/disk/by-id/",
    "/dev/disk/by-partuuid/",
    "/dev/disk/by-partlabel/",
    "/dev/disk/by-path/",
    "/dev/mapper/",
];
const NAME_MAX: usize = 200;

impl VolumePath {
    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for VolumePath {
    type Err = VolumeError;

    fn from_str(text: &str) -> Result<Self, VolumeError> {
        let name = PLACES.iter().find_map(|place| text.strip_prefix(place));
        let name = name.ok_or(VolumeError::Unstable)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "._:+=@-".contains(c);
        let sound = !name.is_empty()
            && name.len() <= NAME_MAX
            && name.chars().all(plain)
            && !name.starts_with(['.', '-'])
            && name != "control";
        if sound {
            Ok(Self(text.to_owned()))
        } else {
            Err(VolumeError::Name)
        }
    }
}

impl fmt::Display for VolumePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::text::serde_as_text!(VolumePath);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_stable_plain_paths_are_volumes() {
        for good in [
            "/dev/disk/by-id/nvme-SAMSUNG_MZ:1-part2",
            "/dev/disk/by-partuuid/0fc63daf-01",
            "/dev/mapper/vg0-scratch--a",
        ] {
            assert_eq!(
                good.parse::<VolumePath>().map(|path| path.to_string()),
                Ok(good.to_owned())
            );
        }
        for unstable in ["", "/dev/sdb", "/dev/sda1", "/etc/passwd", "vg0/a"] {
            assert_eq!(
                unstable.parse::<VolumePath>(),
                Err(VolumeError::Unstable),
                "{unstable}"
            );
        }
        for bad in [
            "/dev/mapper/",
            "/dev/mapper/control",
            "/dev/disk/by-id/../../sda",
            "/dev/disk/by-id/a b",
            "/dev/disk/by-id/a\n",
            "/dev/disk/by-id/-x",
        ] {
            assert_eq!(bad.parse::<VolumePath>(), Err(VolumeError::Name), "{bad}");
        }
    }
}
