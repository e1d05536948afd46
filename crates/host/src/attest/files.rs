//! The unit's directories: whose they are and who may pass them.

use kloigos_model::host::{Check, Promise, UnitSpec, Verdict};

use super::{kept_if, same};
use crate::{
    facts::mounts,
    fault::Trouble,
    sys::{Access, Host, Kind, Stat, read_text},
};

/// Nobody but root and the unit.
const CLOSED: u32 = 0o700;

pub(super) fn checks(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Check>, Trouble> {
    let dirs = [
        format!("/home/{}", unit.user),
        format!("/opt/{}", unit.dir),
        format!("/mnt/{}", unit.dir),
    ];
    let mut checks = Vec::new();
    for dir in dirs {
        let stat = host.stat(&dir)?;
        checks.push(directory(unit, &dir, stat));
    }
    checks.extend(volume(host, unit)?);
    Ok(checks)
}

/// A tenant may open what is its own to others: that is no breach by us, and no promise of ours
/// any more. A free unit's are closed.
fn directory(unit: &UnitSpec, dir: &str, stat: Option<Stat>) -> Check {
    let owned = |access: Access| (access.uid, access.gid) == (unit.uid, unit.uid);
    let verdict = match stat {
        Some(Stat {
            kind: Kind::Directory,
            access,
        }) if owned(access) => {
            if access.mode & 0o7777 == CLOSED {
                Verdict::Kept
            } else if unit.tenant.is_some() {
                Verdict::NotPromised
            } else {
                Verdict::Broken
            }
        }
        Some(_) | None => Verdict::Broken,
    };
    Check {
        promise: Promise::Files,
        check: dir.to_owned(),
        wanted: shown(Kind::Directory, Access::own(CLOSED, unit.uid)),
        found: stat.map_or_else(
            || "not there".to_owned(),
            |stat| shown(stat.kind, stat.access),
        ),
        verdict,
        evidence: format!("lstat {dir}"),
    }
}

fn shown(kind: Kind, access: Access) -> String {
    let kind = match kind {
        Kind::Directory => "directory",
        Kind::File => "file",
        Kind::Link => "link",
        Kind::Other => "special file",
    };
    let Access { mode, uid, gid } = access;
    format!("{kind} {mode:04o} of {uid}:{gid}")
}

/// Whether `/mnt/DIR` is on the device that the operator named, by device number.
fn volume(host: &mut dyn Host, unit: &UnitSpec) -> Result<Option<Check>, Trouble> {
    let Some(volume) = &unit.volume else {
        return Ok(None);
    };
    let path = volume.path.as_str();
    let target = host.read_link(path)?.unwrap_or_default();
    let name = target.rsplit('/').next().unwrap_or_default();
    let number = read_text(host, &format!("/sys/class/block/{name}/dev"))?;
    let number = number.unwrap_or_default().trim().to_owned();
    let point = format!("/mnt/{}", unit.dir);
    let mounted = read_text(host, "/proc/self/mountinfo")?.unwrap_or_default();
    let mounted = mounts::parse(&mounted);
    let found = mounted.iter().rfind(|mount| mount.point == point);
    let found = found.map_or_else(|| "nothing".to_owned(), |mount| mount.device.clone());
    let mut check = same(
        Promise::Files,
        format!("what is mounted at {point}"),
        format!("{number} ({path})"),
        format!("{found} ({path})"),
        "/proc/self/mountinfo",
    );
    check.verdict = kept_if(!number.is_empty() && found == number);
    check.found = found;
    Ok(Some(check))
}
