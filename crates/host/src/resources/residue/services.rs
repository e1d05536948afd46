//! Files that services keep for a user and that are not the user's own.

use kloigos_model::host::UnitSpec;

use super::Trace;
use crate::{fault::Trouble, sys::Host};

/// Where a service has one file per user, under its name or number.
const BY_USER: [&str; 8] = [
    "/run/faillock",
    "/run/sudo/ts",
    "/var/lib/AccountsService/users",
    "/var/lib/sudo/lectured",
    "/var/lib/sudo/ts",
    "/var/mail",
    "/var/spool/cron/crontabs",
    "/var/spool/mail",
];
/// Journals of users, one directory per machine; journald opens them to their user.
const JOURNALS: [&str; 2] = ["/var/log/journal", "/run/log/journal"];
const CORE_DUMPS: &str = "/var/lib/systemd/coredump";

pub(super) fn look(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Trace>, Trouble> {
    let kept = kept_by_services(host, unit)?.into_iter();
    Ok(kept.map(|path| Trace::lasting("record", path)).collect())
}

/// All of them.
///
/// journald, which may have the journal open, sees at its next entry for the user that the file is
/// gone and begins another (`-EIDRM`, "Journal file has been deleted, rotating"); asked to rotate
/// it would archive everybody's.
pub(crate) fn kept_by_services(
    host: &mut dyn Host,
    unit: &UnitSpec,
) -> Result<Vec<String>, Trouble> {
    let mut kept = Vec::new();
    let own = [unit.user.to_string(), unit.uid.to_string()];
    for dir in BY_USER {
        kept.extend(files(host, dir, |name| own.iter().any(|own| own == name))?);
    }
    for dir in JOURNALS {
        for machine in host.list(dir)?.unwrap_or_default() {
            let dir = format!("{dir}/{machine}");
            kept.extend(files(host, &dir, |name| is_journal(name, unit.uid))?);
        }
    }
    kept.extend(files(host, CORE_DUMPS, |name| {
        is_core_dump(name, unit.uid)
    })?);
    Ok(kept)
}

fn files(
    host: &mut dyn Host,
    dir: &str,
    counts: impl Fn(&str) -> bool,
) -> Result<Vec<String>, Trouble> {
    let names = host.list(dir)?.unwrap_or_default().into_iter();
    let names = names.filter(|name| counts(name));
    Ok(names.map(|name| format!("{dir}/{name}")).collect())
}

/// `user-70001.journal`, and `user-70001@….journal` once archived.
fn is_journal(name: &str, uid: u32) -> bool {
    let rest = name.strip_prefix(&format!("user-{uid}"));
    rest.is_some_and(|rest| rest.starts_with(['.', '@']))
}

/// `core.COMM.UID.BOOT.PID.TIME`; systemd-coredump(8) escapes dots in the first.
fn is_core_dump(name: &str, uid: u32) -> bool {
    let mut fields = name.split('.');
    fields.next() == Some("core") && fields.nth(1) == Some(uid.to_string().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journals_and_core_dumps_of_the_user_alone_are_meant() {
        assert!(is_journal("user-70001.journal", 70_001));
        assert!(is_journal("user-70001@0123-4.journal~", 70_001));
        assert!(!is_journal("user-700010.journal", 70_001));
        assert!(!is_journal("system.journal", 70_001));
        assert!(is_core_dump("core.sh.70001.0123.44.17.zst", 70_001));
        assert!(!is_core_dump("core.70001.0.0123.44.17.zst", 70_001));
        assert!(!is_core_dump("core", 70_001));
    }
}
