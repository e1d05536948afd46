//! Files of the real machine: whole, atomic, durable.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
};

use rustix::{
    fs::{AtFlags, CWD, FileType, Gid, Mode, OFlags, Uid, fchmod, fchown, open, statat, unlinkat},
    io::Errno,
};

use super::{Access, Kind, Moved, Stat, Sys, SysError};

/// What is read at once.
const PAGE: usize = 4096;

pub(super) fn read(path: &str) -> Sys<Option<Vec<u8>>> {
    read_at_most(path, u64::MAX)
}

pub(super) fn head(path: &str, bytes: usize) -> Sys<Option<Vec<u8>>> {
    read_at_most(path, bytes as u64)
}

#[expect(clippy::disallowed_methods, reason = "this is the file door")]
fn read_at_most(path: &str, bytes: u64) -> Sys<Option<Vec<u8>>> {
    // Files of the kernel tell no size; a page takes most of them in one call.
    let mut body = Vec::with_capacity(PAGE);
    let opened = File::open(path);
    match opened.and_then(|file| file.take(bytes).read_to_end(&mut body)) {
        Ok(_) => Ok(Some(body)),
        Err(error) if is_absence(&error) => Ok(None),
        Err(error) => Err(SysError::file("read", path, error)),
    }
}

/// Not there, a parent that is no directory, or a process that ended while `/proc` was read.
fn is_absence(error: &io::Error) -> bool {
    let code = error.raw_os_error();
    let absent = [libc::ENOENT, libc::ENOTDIR, libc::ESRCH];
    code.is_some_and(|code| absent.contains(&code))
}

pub(super) fn stat(path: &str) -> Sys<Option<Stat>> {
    match statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(Stat {
            kind: kind(FileType::from_raw_mode(stat.st_mode)),
            access: Access {
                mode: stat.st_mode & 0o7777,
                uid: stat.st_uid,
                gid: stat.st_gid,
            },
        })),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(error) => Err(SysError::file("look at", path, error)),
    }
}

fn kind(file_type: FileType) -> Kind {
    match file_type {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Directory,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the file door")]
pub(super) fn list(path: &str) -> Sys<Option<Vec<String>>> {
    let failed = |error| SysError::file("list", path, error);
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if is_absence(&error) => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        names.push(name.to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(Some(names))
}

#[expect(clippy::disallowed_methods, reason = "this is the file door")]
pub(super) fn read_link(path: &str) -> Sys<Option<String>> {
    match std::fs::read_link(path) {
        Ok(target) => Ok(Some(target.to_string_lossy().into_owned())),
        Err(error) if is_absence(&error) => Ok(None),
        // readlink(2): not a symbolic link.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(None),
        Err(error) => Err(SysError::file("read the link", path, error)),
    }
}

/// A file beside the one to replace. Its name is fixed, so that a write cut short leaves at most
/// one, which the next write takes over; it begins with a dot and has no suffix that sshd, PAM or
/// systemd would read.
fn beside(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((dir, name)) => format!("{dir}/.{name}.kloigos-new"),
        None => format!(".{path}.kloigos-new"),
    }
}

fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((dir, _)) => dir,
    }
}

pub(super) fn write(path: &str, body: &[u8], access: Access) -> Sys<()> {
    let new = beside(path);
    let written = fill(&new, body, access)
        .and_then(|()| rename_now(&new, path))
        .and_then(|()| sync_dir(parent(path)));
    written.map_err(|error| SysError::file("write", path, error))
}

fn fill(path: &str, body: &[u8], access: Access) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)?;
    file.write_all(body)?;
    give(&file, access)?;
    file.sync_all()
}

/// The owner first: chown(2) clears set-id bits.
fn give(file: &impl std::os::fd::AsFd, access: Access) -> io::Result<()> {
    let (uid, gid) = (Uid::from_raw(access.uid), Gid::from_raw(access.gid));
    fchown(file, Some(uid), Some(gid))?;
    fchmod(file, Mode::from_raw_mode(access.mode))?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this is the file door")]
fn rename_now(from: &str, to: &str) -> io::Result<()> {
    std::fs::rename(from, to)
}

#[expect(clippy::disallowed_methods, reason = "this is the file door")]
fn sync_dir(path: &str) -> io::Result<()> {
    File::open(path)?.sync_all()
}

pub(super) fn poke(path: &str, body: &str) -> Sys<()> {
    let opened = OpenOptions::new().write(true).open(path);
    opened
        .and_then(|mut file| file.write_all(body.as_bytes()))
        .map_err(|error| SysError::file("write", path, error))
}

pub(super) fn make_dir(path: &str, access: Access) -> Sys<()> {
    let failed = |error: io::Error| SysError::file("make directory", path, error);
    match rustix::fs::mkdir(path, Mode::from_raw_mode(0o700)) {
        Ok(()) => sync_dir(parent(path)).map_err(failed)?,
        Err(Errno::EXIST) => {}
        Err(error) => return Err(failed(error.into())),
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let dir = open(path, flags, Mode::empty()).map_err(|error| failed(error.into()))?;
    give(&dir, access).map_err(failed)
}

pub(super) fn symlink(target: &str, path: &str) -> Sys<()> {
    let new = beside(path);
    remove(&new)?;
    rustix::fs::symlink(target, &new)
        .map_err(io::Error::from)
        .and_then(|()| rename_now(&new, path))
        .and_then(|()| sync_dir(parent(path)))
        .map_err(|error| SysError::file("link", path, error))
}

pub(super) fn rename(from: &str, to: &str) -> Sys<Moved> {
    match rename_now(from, to) {
        Ok(()) => {
            let synced = sync_dir(parent(from)).and_then(|()| sync_dir(parent(to)));
            synced.map_err(|error| SysError::file("move", from, error))?;
            Ok(Moved::Yes)
        }
        Err(error) if is_elsewhere(&error) => Ok(Moved::AnotherFileSystem),
        Err(error) => Err(SysError::file("move", from, error)),
    }
}

/// rename(2): another file system, or a mount point.
fn is_elsewhere(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EXDEV | libc::EBUSY))
}

pub(super) fn remove(path: &str) -> Sys<()> {
    for leftover in [beside(path), path.to_owned()] {
        unlink(&leftover).map_err(|error| SysError::file("remove", &leftover, error))?;
    }
    Ok(())
}

/// Removes a file, a link or an empty directory.
pub(super) fn unlink(path: &str) -> Result<(), Errno> {
    match unlinkat(CWD, path, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT | Errno::NOTDIR) => Ok(()),
        Err(Errno::ISDIR) => unlinkat(CWD, path, AtFlags::REMOVEDIR),
        Err(error) => Err(error),
    }
}
