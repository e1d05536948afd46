//! The bind filter: one BPF program of ours at bind(2) of every socket, that lets a unit's user
//! bind its own ports only.
//!
//! It hangs on the root cgroup and is keyed by uid, so that a process outside the unit's slice is
//! filtered too. Map and links are pinned: they outlive this process, and a second load replaces
//! the program instead of putting another beside it (several must all agree, so that a
//! stale one would deny for ever). See bpf(2) and cgroups(7).

mod call;
mod program;
mod surplus;

use std::{collections::BTreeMap, io, os::fd::OwnedFd};

use super::{BindFilter, Hook, Sys, SysError, files};
use crate::paths;
use call::{Attach, ObjectInfo};

const DIR: &str = paths::FILTER;
const MAP: &str = "/sys/fs/bpf/kloigos/ports";
const ROOT_CGROUP: &str = "/sys/fs/cgroup";
const HOOKS: [(Attach, &str); 2] = [
    (Attach::Inet4Bind, "/sys/fs/bpf/kloigos/inet4_bind"),
    (Attach::Inet6Bind, "/sys/fs/bpf/kloigos/inet6_bind"),
];

fn failed(what: &str) -> impl Fn(io::Error) -> SysError + '_ {
    move |error| SysError::kernel(format!("{what} the bind filter"), error)
}

/// The filter as it is. Where nothing of it is there, the kernel is asked whether it would take
/// the program, which leaves no trace.
pub(super) fn state() -> Sys<BindFilter> {
    let Some(map) = pinned(MAP)? else {
        return Ok(probe());
    };
    let map_id = call::object_info(&map).map_err(failed("look at"))?.id();
    let [inet4, inet6] = HOOKS.map(|(attach, path)| hook(attach, path, map_id));
    Ok(BindFilter::Present {
        inet4: inet4?,
        inet6: inet6?,
        ranges: ranges(&map)?,
    })
}

fn probe() -> BindFilter {
    let tried = call::create_map(program::MAP_NAME, program::MAP_ENTRIES)
        .and_then(|map| program::load(&map, Attach::Inet4Bind));
    let anything = HOOKS
        .iter()
        .any(|(_, path)| matches!(pinned(path), Ok(Some(_))));
    match tried {
        Err(error) => BindFilter::Unsupported(error.to_string()),
        Ok(_) if anything => BindFilter::Present {
            inet4: Hook {
                ours: 0,
                current: false,
            },
            inet6: Hook {
                ours: 0,
                current: false,
            },
            ranges: BTreeMap::new(),
        },
        Ok(_) if !is_bpffs() => BindFilter::Unsupported("/sys/fs/bpf is not mounted".to_owned()),
        Ok(_) => BindFilter::Absent,
    }
}

/// `BPF_FS_MAGIC` of `linux/magic.h`.
fn is_bpffs() -> bool {
    rustix::fs::statfs("/sys/fs/bpf").is_ok_and(|fs| fs.f_type == 0xcafe_4a11)
}

fn pinned(path: &str) -> Sys<Option<OwnedFd>> {
    match call::get_pinned(path) {
        Ok(object) => Ok(Some(object)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        // Neither the mount nor the call is there.
        Err(error) if matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EPERM)) => Ok(None),
        Err(error) => Err(SysError::file("open the pin", path, error)),
    }
}

fn hook(attach: Attach, path: &str, map_id: u32) -> Sys<Hook> {
    let current = match pinned(path)? {
        Some(link) => is_current(&link, map_id).map_err(failed("look at"))?,
        None => false,
    };
    let ours = count(attach).map_err(failed("count the programs of"))?;
    Ok(Hook { ours, current })
}

fn is_current(link: &OwnedFd, map_id: u32) -> io::Result<bool> {
    let program = call::program_by_id(call::object_info(link)?.program_of_link())?;
    let info = call::object_info(&program)?;
    Ok(info.name() == program::NAME && call::maps_of(&program)?.contains(&map_id))
}

/// The programs of ours on a hook, of whatever version.
fn count(attach: Attach) -> io::Result<u32> {
    let cgroup = call::open_dir(ROOT_CGROUP)?;
    let mut ours = 0;
    for id in call::programs_on(&cgroup, attach)? {
        let info = call::object_info(&call::program_by_id(id)?)?;
        ours += u32::from(ObjectInfo::name(&info).starts_with(program::NAME_PREFIX));
    }
    Ok(ours)
}

/// Puts one program of this version on each hook, and no other of ours; what is pinned already is
/// updated in place.
pub(super) fn load() -> Sys<()> {
    let failed = failed("load");
    files::make_dir(DIR, super::Access::root(0o700))?;
    let map = match pinned(MAP)? {
        Some(map) => map,
        None => new_map().map_err(&failed)?,
    };
    let cgroup = call::open_dir(ROOT_CGROUP).map_err(&failed)?;
    for (attach, path) in HOOKS {
        let program = program::load(&map, attach).map_err(&failed)?;
        match pinned(path)? {
            Some(link) => call::update_link(&link, &program).map_err(&failed)?,
            None => call::create_link(&program, &cgroup, attach)
                .and_then(|link| call::pin(&link, path))
                .map_err(&failed)?,
        }
        let link = call::get_pinned(path).map_err(&failed)?;
        surplus::detach(&cgroup, attach, &link).map_err(&failed)?;
    }
    Ok(())
}

fn new_map() -> io::Result<OwnedFd> {
    let map = call::create_map(program::MAP_NAME, program::MAP_ENTRIES)?;
    call::pin(&map, MAP)?;
    Ok(map)
}

/// Takes the links away, which detaches the programs, and then the map.
pub(super) fn unload() -> Sys<()> {
    for (_, path) in HOOKS {
        unpin(path)?;
    }
    unpin(MAP)?;
    unpin(DIR)
}

/// A plain unlink: the BPF file system refuses even to look for a name with a dot in it
/// (`bpf_lookup` of `kernel/bpf/inode.c`), as [`files::remove`] does.
fn unpin(path: &str) -> Sys<()> {
    files::unlink(path).map_err(|error| SysError::file("remove", path, error))
}

fn ranges(map: &OwnedFd) -> Sys<BTreeMap<u32, (u16, u16)>> {
    let failed = failed("read the ports of");
    let mut ranges = BTreeMap::new();
    let mut last = None;
    while let Some(uid) = call::key_after(map, last).map_err(&failed)? {
        if let Some(ports) = call::lookup(map, uid).map_err(&failed)? {
            ranges.insert(uid, ports);
        }
        last = Some(uid);
    }
    Ok(ranges)
}

/// The ports a user may bind.
pub(super) fn range(uid: u32) -> Sys<Option<(u16, u16)>> {
    match pinned(MAP)? {
        Some(map) => call::lookup(&map, uid).map_err(failed("read the ports of")),
        None => Ok(None),
    }
}

/// Says which ports a user may bind.
pub(super) fn set_range(uid: u32, ports: (u16, u16)) -> Sys<()> {
    let failed = failed("set ports in");
    let map = call::get_pinned(MAP).map_err(&failed)?;
    call::update(&map, uid, ports).map_err(failed)
}

/// Forgets a user.
pub(super) fn clear_range(uid: u32) -> Sys<()> {
    match pinned(MAP)? {
        Some(map) => call::delete(&map, uid).map_err(failed("clear ports in")),
        None => Ok(()),
    }
}
