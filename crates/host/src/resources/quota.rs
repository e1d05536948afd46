//! How much a unit may store: a user quota on every file system on a disk that can be written, for
//! where its user finds a place to write is not ours to guess. By uid, as a project quota is left
//! by `chattr -p` (measured).

use std::fmt;

use kloigos_model::host::UnitSpec;

use super::{Look, Presence, Setting, directories};
use crate::{
    facts::{
        mounts::{self, Mount},
        quota::{self, Usage},
    },
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{DiskLimits, Host, read_text},
};

/// What the kernel counts space limits in; more precise ones would never read back as asked.
const BLOCK: u64 = 1024;

pub(super) struct UserQuota {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
    pub(super) unit: UnitSpec,
}

pub(super) struct Seen {
    /// Where use is counted: the mount point, and the limits there.
    limits: Vec<(String, DiskLimits)>,
    /// File systems that hold directories of the unit and enforce nothing; each with a directory.
    unlimited: Vec<(String, Mount)>,
}

pub(super) struct Limit {
    mount: String,
    limits: DiskLimits,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |limit: Option<u64>| limit.map_or("any".to_owned(), |limit| limit.to_string());
        let (bytes, inodes) = (number(self.limits.bytes), number(self.limits.inodes));
        write!(
            f,
            "let it store {bytes} bytes in {inodes} files on {}",
            self.mount
        )
    }
}

impl Resource for UserQuota {
    type Observed = Seen;
    type Change = Limit;

    fn name(&self) -> &'static str {
        "quota"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let usage = quota::usage(host, self.unit.uid)?.into_iter();
        let unlimited = match self.setting.look {
            Look::Thorough if self.wanted() != DiskLimits::default() => self.unlimited(host)?,
            Look::Thorough | Look::Swift => Vec::new(),
        };
        let limits = |usage: Usage| Some((usage.mount.point, usage.quota?.limits));
        Ok(Seen {
            limits: usage.filter_map(limits).collect(),
            unlimited,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<Limit>, Refusal> {
        let wanted = self.wanted();
        let other = have.limits.iter().filter(|(_, limits)| *limits != wanted);
        let change = |(mount, _): &(String, DiskLimits)| Limit {
            mount: mount.clone(),
            limits: wanted,
        };
        Ok(other.map(change).collect())
    }

    fn apply(&self, host: &mut dyn Host, change: &Limit) -> Result<(), Trouble> {
        Ok(host.set_quota(&change.mount, self.unit.uid, change.limits)?)
    }

    fn degraded(&self, have: &Seen) -> Vec<String> {
        let told = |(dir, mount): &(String, Mount)| {
            format!(
                "{dir} is on {} ({}), which enforces no user quotas, so that what a unit stores \
                 there is not limited; {}",
                mount.source,
                mount.kind,
                remedy(&mount.kind)
            )
        };
        have.unlimited.iter().map(told).collect()
    }
}

impl UserQuota {
    fn wanted(&self) -> DiskLimits {
        match self.presence {
            Presence::Present => DiskLimits {
                bytes: self
                    .unit
                    .limits
                    .disk_bytes
                    .map(|bytes| bytes / BLOCK * BLOCK),
                inodes: self.unit.limits.disk_inodes,
            },
            Presence::Absent => DiskLimits::default(),
        }
    }

    /// The file systems of the unit's directories without enforced user quotas, each once.
    fn unlimited(&self, host: &mut dyn Host) -> Result<Vec<(String, Mount)>, Trouble> {
        let text = read_text(host, mounts::FILE)?.unwrap_or_default();
        let mounts = mounts::parse(&text);
        let mut unlimited: Vec<(String, Mount)> = Vec::new();
        let [_, _, own] = directories::paths(&self.unit);
        for dir in places(&self.unit) {
            // A volume of its own is a limit by itself.
            if self.unit.volume.is_some() && dir == own {
                continue;
            }
            let Some(mount) = mounts::holding(&mounts, &dir) else {
                continue;
            };
            let known = unlimited
                .iter()
                .any(|(_, known)| known.device == mount.device);
            let quotas = host.user_quota(&mount.point)?;
            if !known && !quotas.is_some_and(|quotas| quotas.enforced) {
                unlimited.push((dir, mount.clone()));
            }
        }
        Ok(unlimited)
    }
}

/// Where a unit writes: its directories, and the temporary ones that outlive a boot.
pub(super) fn places(unit: &UnitSpec) -> impl Iterator<Item = String> {
    let temporary = ["/var/tmp", paths::TMP_DIR].map(str::to_owned);
    directories::paths(unit).into_iter().chain(temporary)
}

fn remedy(kind: &str) -> &'static str {
    match kind {
        "ext4" => {
            "give it the quota feature (tune2fs -O quota, while it is not mounted), or mount it \
             with usrquota and run quotacheck and quotaon"
        }
        "xfs" => "mount it with the option uquota (rootflags=uquota for the root file system)",
        _ => "put the units' directories on ext4 or XFS with user quotas",
    }
}
