//! Mounts: those of a unit's own namespace, and file systems in memory.

use std::{ffi::CString, io};

use rustix::{
    fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx},
    io::Errno,
    mount::{MountFlags, mount, mount_bind, mount_remount},
};

use super::{Sys, SysError, files};

/// Nothing on a file system that a unit writes to is a device or gives rights.
const PLAIN: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV);

/// System calls on mounts, beside taking them away.
pub trait Mounts {
    /// Whether this process has a mount namespace other than PID 1's, so that what it mounts is
    /// seen by its own session alone.
    fn in_namespace(&mut self) -> Sys<bool>;
    /// Shows a directory at another one's place.
    fn bind(&mut self, from: &str, to: &str) -> Sys<()>;
    /// Mounts a `/proc` over `/proc` that shows a user its own processes only.
    fn mount_proc(&mut self) -> Sys<()>;
    /// The size in bytes of the file system in memory that is mounted right here.
    fn memory_fs(&mut self, path: &str) -> Sys<Option<u64>>;
    /// Mounts one of this size that everybody may write to, or changes the size of the one that
    /// is there.
    fn mount_memory_fs(&mut self, path: &str, bytes: u64) -> Sys<()>;
}

pub(super) fn in_namespace() -> Sys<bool> {
    let of = |process: &str| {
        let path = format!("/proc/{process}/ns/mnt");
        let missing = || SysError::file("read", &path, io::ErrorKind::NotFound);
        files::read_link(&path)?.ok_or_else(missing)
    };
    Ok(of("self")? != of("1")?)
}

pub(super) fn bind(from: &str, to: &str) -> Sys<()> {
    mount_bind(from, to).map_err(|error| SysError::file("mount", to, error))
}

/// Since Linux 5.8 every mount of procfs has options of its own (proc(5), `hidepid=`); the host's
/// stays as it is.
pub(super) fn mount_proc() -> Sys<()> {
    let flags = PLAIN | MountFlags::NOEXEC;
    mount("proc", "/proc", "proc", flags, Some(c"hidepid=invisible"))
        .map_err(|error| SysError::file("mount", "/proc", error))
}

pub(super) fn memory_fs(path: &str) -> Sys<Option<u64>> {
    let failed = |error: Errno| SysError::file("look at", path, error);
    let seen = match statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::empty()) {
        Ok(seen) => seen,
        Err(Errno::NOENT | Errno::NOTDIR) => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if !seen.stx_attributes.contains(StatxAttributes::MOUNT_ROOT) {
        return Ok(None);
    }
    let space = rustix::fs::statvfs(path).map_err(failed)?;
    Ok(Some(space.f_blocks * space.f_frsize))
}

pub(super) fn mount_memory_fs(path: &str, bytes: u64) -> Sys<()> {
    let mounted = if memory_fs(path)?.is_some() {
        mount_remount(path, PLAIN, options(&format!("size={bytes}"))?.as_c_str())
    } else {
        let options = options(&format!("size={bytes},mode=1777"))?;
        mount("kloigos", path, "tmpfs", PLAIN, Some(options.as_c_str()))
    };
    mounted.map_err(|error| SysError::file("mount", path, error))
}

fn options(text: &str) -> Sys<CString> {
    CString::new(text).map_err(|error| SysError::kernel("write mount options", error))
}
