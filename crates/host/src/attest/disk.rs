//! Disk space: what the file systems themselves say that the user may store (quotactl(2)).

use kloigos_model::host::{Check, Promise, UnitSpec, Verdict};

use super::{not_promised, same};
use crate::{
    facts::{
        mounts::{self, Mount},
        quota::{self, Usage},
    },
    fault::Trouble,
    paths,
    sys::{DiskLimits, Host},
};

/// What the kernel counts space limits in.
const BLOCK: u64 = 1024;

pub(super) fn checks(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Check>, Trouble> {
    let wanted = DiskLimits {
        bytes: unit.limits.disk_bytes.map(|bytes| bytes / BLOCK * BLOCK),
        inodes: unit.limits.disk_inodes,
    };
    if wanted == DiskLimits::default() {
        let check = not_promised(Promise::Disk, "user quota", "no limit asked");
        return Ok(vec![check]);
    }
    let usage = quota::usage(host, unit.uid)?;
    let mounts: Vec<Mount> = usage.iter().map(|usage| usage.mount.clone()).collect();
    let mut checks = Vec::new();
    for Usage { mount, quota } in usage {
        let enforced = host
            .user_quota(&mount.point)?
            .is_some_and(|flags| flags.enforced);
        match quota.filter(|_| enforced) {
            Some(quota) => checks.push(limited(unit, &mount, wanted, quota.limits)),
            None if holds_some(&mounts, &mount, unit) => {
                checks.push(unlimited(unit, &mount, wanted));
            }
            None => {}
        }
    }
    Ok(checks)
}

/// Where a unit writes; a volume that is the unit's alone is a limit by itself.
pub(super) fn places(unit: &UnitSpec) -> Vec<String> {
    let shared = unit.volume.is_none().then(|| format!("/mnt/{}", unit.dir));
    let places = [
        format!("/home/{}", unit.user),
        format!("/opt/{}", unit.dir),
        "/var/tmp".to_owned(),
        paths::TMP_DIR.to_owned(),
    ];
    places.into_iter().chain(shared).collect()
}

fn holds_some(mounts: &[Mount], mount: &Mount, unit: &UnitSpec) -> bool {
    let mut places = places(unit).into_iter();
    places.any(|place| mounts::holding(mounts, &place) == Some(mount))
}

fn limited(unit: &UnitSpec, mount: &Mount, wanted: DiskLimits, found: DiskLimits) -> Check {
    same(
        Promise::Disk,
        format!("user quota on {}", mount.point),
        shown(wanted),
        shown(found),
        format!("quotactl(Q_GETQUOTA) of {} for {}", mount.point, unit.uid),
    )
}

fn unlimited(unit: &UnitSpec, mount: &Mount, wanted: DiskLimits) -> Check {
    let found = format!("{} on {} enforces no user quotas", mount.kind, mount.source);
    let evidence = format!("quotactl(Q_GETQUOTA) of {} for {}", mount.point, unit.uid);
    Check {
        verdict: Verdict::Degraded,
        ..same(
            Promise::Disk,
            format!("user quota on {}", mount.point),
            shown(wanted),
            found,
            evidence,
        )
    }
}

fn shown(limits: DiskLimits) -> String {
    let number = |limit: Option<u64>| limit.map_or("any".to_owned(), |limit| limit.to_string());
    format!(
        "{} bytes, {} files",
        number(limits.bytes),
        number(limits.inodes)
    )
}
