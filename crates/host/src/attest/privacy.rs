//! What a unit's processes see: temporary directories of their own, no processes of others. Each
//! login and the user manager have a mount namespace of their own; every one is looked at.

use std::collections::BTreeMap;

use kloigos_model::host::{Check, Measure, Promise, UnitSpec};

use super::{common::Common, is_in, kept_if, not_promised};
use crate::{
    facts::{
        mounts::{self, Mount},
        processes::Process,
    },
    fault::Trouble,
    paths,
    sys::{Host, read_text},
};

/// What every unit has for itself, and no other sees.
const PRIVATE: [&str; 3] = ["/tmp", "/var/tmp", "/dev/shm"];
/// systemd's helper that waits for a user manager's end to close its PAM session: it was there
/// before the manager's namespace, and does nothing else (`exec_child` of systemd).
const PAM_HELPER: &str = "(sd-pam)";

/// A mount namespace that has processes of a unit.
struct Namespace {
    /// One of them.
    pid: u32,
    mountinfo: String,
}

pub(super) fn checks(
    host: &mut dyn Host,
    common: &Common,
    unit: &UnitSpec,
) -> Result<Vec<Check>, Trouble> {
    let namespaces = namespaces(host, common, unit)?;
    let mut checks = Vec::new();
    for dir in PRIVATE {
        let look = |namespace: &Namespace| is_private(common, unit, &namespace.mountinfo, dir);
        let wanted = format!("a mount of {}'s own", unit.user);
        let check = all(&namespaces, look);
        checks.push(check.of(
            common,
            Measure::PrivateTmp,
            Promise::PrivateTmp,
            dir,
            wanted,
        ));
    }
    let check = all(&namespaces, |namespace| hides_others(&namespace.mountinfo));
    checks.push(check.of(
        common,
        Measure::HideProcesses,
        Promise::Processes,
        "options of /proc",
        "hidepid=invisible".to_owned(),
    ));
    Ok(checks)
}

/// What came of a look at all namespaces.
struct Looked {
    kept: bool,
    found: String,
    evidence: String,
}

impl Looked {
    fn of(
        self,
        common: &Common,
        measure: Measure,
        promise: Promise,
        check: &str,
        wanted: String,
    ) -> Check {
        if !common.measures.contains(&measure) {
            return not_promised(promise, check, self.found);
        }
        Check {
            promise,
            check: check.to_owned(),
            wanted,
            found: self.found,
            verdict: kept_if(self.kept),
            evidence: self.evidence,
        }
    }
}

/// All must be sound; the first that is not is told. Where nothing runs, nothing is seen.
fn all(namespaces: &[Namespace], look: impl Fn(&Namespace) -> (bool, String)) -> Looked {
    let mut looked = Looked {
        kept: true,
        found: "none of its processes runs".to_owned(),
        evidence: "/proc/PID/mountinfo".to_owned(),
    };
    for namespace in namespaces {
        let (kept, found) = look(namespace);
        looked = Looked {
            kept,
            found,
            evidence: format!("/proc/{}/mountinfo", namespace.pid),
        };
        if !kept {
            break;
        }
    }
    looked
}

/// Those that the host made. In one that the tenant made, in a user namespace of its own, what it
/// came with cannot be taken off (`mount_namespaces(7)`).
fn namespaces(
    host: &mut dyn Host,
    common: &Common,
    unit: &UnitSpec,
) -> Result<Vec<Namespace>, Trouble> {
    let ours = host.read_link("/proc/self/ns/user")?;
    let helper = format!(
        "/user.slice/{}/{}",
        paths::slice(unit.uid),
        paths::manager(unit.uid)
    );
    let is_helper =
        |process: &Process| process.name == PAM_HELPER && is_in(&process.cgroup, &helper);
    let mut known: BTreeMap<Option<String>, Namespace> = BTreeMap::new();
    for process in &common.processes {
        let dir = format!("/proc/{}", process.pid);
        let of_unit = process.uids.contains(&unit.uid) && !is_helper(process);
        if !of_unit || host.read_link(&format!("{dir}/ns/user"))? != ours {
            continue;
        }
        let namespace = host.read_link(&format!("{dir}/ns/mnt"))?;
        let mountinfo = read_text(host, &format!("{dir}/mountinfo"))?;
        if let Some(mountinfo) = mountinfo.filter(|text| !text.is_empty()) {
            let pid = process.pid;
            known
                .entry(namespace)
                .or_insert(Namespace { pid, mountinfo });
        }
    }
    Ok(known.into_values().collect())
}

/// Private is a mount at the very place of something that bears the unit's name: a directory, or a
/// file system that is mounted nowhere on the host but under that name.
fn is_private(common: &Common, unit: &UnitSpec, mountinfo: &str, dir: &str) -> (bool, String) {
    let mounts = mounts::parse(mountinfo);
    let Some(mount) = mounts::holding(&mounts, dir) else {
        return (false, "nothing".to_owned());
    };
    let named = |path: &str| path.rsplit('/').next() == Some(unit.user.as_str());
    let its_own = |known: &Mount| known.device == mount.device && named(&known.point);
    let private = named(&mount.root) || common.mounts.iter().any(its_own);
    let Mount {
        root,
        point,
        kind,
        source,
        ..
    } = mount;
    (
        private && point == dir,
        format!("{root} of {kind} {source} at {point}"),
    )
}

/// `hidepid=` of the `/proc` that the unit sees (proc(5)); since Linux 5.8 each mount has its own.
fn hides_others(mountinfo: &str) -> (bool, String) {
    let options = mountinfo.lines().rev().find_map(|line| {
        let (left, right) = line.split_once(" - ")?;
        let point = left.split(' ').nth(4)?;
        (point == "/proc").then(|| right.rsplit(' ').next().unwrap_or_default())
    });
    let found = options.unwrap_or("no /proc");
    let hides = |option: &str| matches!(option, "hidepid=invisible" | "hidepid=2");
    (found.split(',').any(hides), found.to_owned())
}
