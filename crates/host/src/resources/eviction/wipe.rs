//! What a tenant leaves that is no file of its own: objects of the kernel, and what services keep
//! under its name or number.

use kloigos_model::host::UnitSpec;

use super::super::{group::change_accounts, residue};
use crate::{
    facts::{accounts, sysvipc},
    fault::Trouble,
    sys::{Host, IpcKind, read_text},
};

/// Removes all of it.
pub(super) fn everything(host: &mut dyn Host, unit: &UnitSpec) -> Result<(), Trouble> {
    ipc(host, unit.uid)?;
    if residue::has_keys(host, unit.uid)? {
        host.forget_keys(unit.uid)?;
    }
    for path in residue::kept_by_services(host, unit)? {
        host.remove(&path)?;
    }
    for place in residue::list_places(host)? {
        host.forget_in_lists(&place, unit.uid)?;
    }
    subordinate_ids(host, unit)
}

/// System V objects stay for ever; logind's `RemoveIPC=` had not removed them (measured). POSIX
/// message queues are files.
fn ipc(host: &mut dyn Host, uid: u32) -> Result<(), Trouble> {
    for kind in IpcKind::ALL {
        let text = read_text(host, kind.file())?.unwrap_or_default();
        for id in sysvipc::of_user(&text, uid) {
            host.remove_ipc(kind, id)?;
        }
    }
    Ok(())
}

/// Somebody may have given the tenant subordinate ids; the unit's user has none.
fn subordinate_ids(host: &mut dyn Host, unit: &UnitSpec) -> Result<(), Trouble> {
    let kinds = [
        ("/etc/subuid", "--del-subuids"),
        ("/etc/subgid", "--del-subgids"),
    ];
    for (file, option) in kinds {
        let text = read_text(host, file)?.unwrap_or_default();
        for range in accounts::subordinate_ranges_of(&text, unit.user.as_str()) {
            let last = range.first.saturating_add(range.count.saturating_sub(1));
            let range = format!("{}-{last}", range.first);
            change_accounts(host, &["usermod", option, &range, unit.user.as_str()])?;
        }
    }
    Ok(())
}
