//! Programs of ours beside the one that is pinned: of an older version, or put there by hand. All
//! programs on a hook must agree, so that a stale one would deny for ever.

use std::{io, os::fd::OwnedFd};

use super::{
    call::{self, Attach, Attr, ObjectInfo, Verb},
    program,
};

/// `BPF_LINK_TYPE_CGROUP`.
const ON_CGROUP: u32 = 3;

/// Detaches them, those that hang there by a link first.
pub(super) fn detach(cgroup: &OwnedFd, attach: Attach, pinned: &OwnedFd) -> io::Result<()> {
    let pinned = call::object_info(pinned)?;
    let mut last = 0;
    while let Some(id) = link_after(last)? {
        last = id;
        if id != pinned.id() {
            detach_link(id, attach)?;
        }
    }
    for id in call::programs_on(cgroup, attach)? {
        let program = call::program_by_id(id)?;
        if id != pinned.program_of_link() && is_ours(&call::object_info(&program)?) {
            let mut attr = Attr::new()
                .fd(0, cgroup)
                .fd(4, &program)
                .u32(8, attach as u32);
            call::absence(call::call(Verb::ProgDetach, &mut attr))?;
        }
    }
    Ok(())
}

fn link_after(id: u32) -> io::Result<Option<u32>> {
    let mut attr = Attr::new().u32(0, id);
    let found = call::absence(call::call(Verb::NextLink, &mut attr))?;
    Ok(found.map(|_| attr.get(4)))
}

fn detach_link(id: u32, attach: Attach) -> io::Result<()> {
    let link = match call::open(Verb::LinkById, Attr::new().u32(0, id)) {
        Ok(link) => link,
        // Gone since it was listed.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let info = call::object_info(&link)?;
    if info.kind() != ON_CGROUP || info.hook_of_link() != attach as u32 {
        return Ok(());
    }
    let program = call::program_by_id(info.program_of_link())?;
    if is_ours(&call::object_info(&program)?) {
        call::call(Verb::LinkDetach, &mut Attr::new().fd(0, &link))?;
    }
    Ok(())
}

fn is_ours(program: &ObjectInfo) -> bool {
    program.name().starts_with(program::NAME_PREFIX)
}
