//! Removing trees that a tenant made: no link is followed, every step is by directory handle
//! (openat(2)), and a chain of directories deeper than any stack is cut into pieces.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::{
    fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, fstat, openat, renameat, statat, unlinkat},
    io::Errno,
};

use super::{Sys, SysError};

/// How deep is gone down by recursion. Deeper directories are moved to the top first.
const DEPTH_MAX: u32 = 24;

pub(super) const DIRECTORY: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// Removes a path and all below it.
pub(super) fn remove(path: &str) -> Sys<()> {
    let failed = |error: Errno| SysError::file("remove", path, error);
    let top = match openat(CWD, path, DIRECTORY, Mode::empty()) {
        Ok(top) => top,
        Err(Errno::NOENT) => return Ok(()),
        Err(Errno::NOTDIR | Errno::LOOP) => return super::files::remove(path),
        Err(error) => return Err(failed(error)),
    };
    Emptying::of(&top).and_then(Emptying::run).map_err(failed)?;
    match unlinkat(CWD, path, AtFlags::REMOVEDIR) {
        // Busy: something is mounted on it. It is empty, which is what can be had.
        Ok(()) | Err(Errno::NOENT | Errno::BUSY) => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

/// Removes what a user owns under a directory.
pub(super) fn sweep(dir: &str, uid: u32) -> Sys<u32> {
    let failed = |error: Errno| SysError::file("sweep", dir, error);
    let top = match openat(CWD, dir, DIRECTORY, Mode::empty()) {
        Ok(top) => top,
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(0),
        Err(error) => return Err(failed(error)),
    };
    let device = fstat(&top).map_err(failed)?.st_dev;
    let mut sweep = Sweep {
        uid,
        device,
        swept: 0,
    };
    sweep.below(&top, 0).map_err(failed)?;
    Ok(sweep.swept)
}

/// The names in a directory, all read before any is removed.
pub(super) fn names(dir: BorrowedFd<'_>) -> Result<Vec<std::ffi::CString>, Errno> {
    let mut names = Vec::new();
    for entry in Dir::read_from(dir)? {
        let name = entry?.file_name().to_owned();
        if !matches!(name.to_bytes(), b"." | b"..") {
            names.push(name);
        }
    }
    Ok(names)
}

/// The emptying of one directory.
struct Emptying<'a> {
    top: BorrowedFd<'a>,
    device: u64,
    moved: u64,
}

impl<'a> Emptying<'a> {
    fn of(top: &'a OwnedFd) -> Result<Self, Errno> {
        let device = fstat(top)?.st_dev;
        Ok(Self {
            top: top.as_fd(),
            device,
            moved: 0,
        })
    }

    /// Until a pass moved nothing up, for what was moved is emptied by the next.
    fn run(mut self) -> Result<(), Errno> {
        loop {
            let before = self.moved;
            self.empty(self.top, 0)?;
            if self.moved == before {
                return Ok(());
            }
        }
    }

    fn empty(&mut self, dir: BorrowedFd<'_>, depth: u32) -> Result<(), Errno> {
        for name in names(dir)? {
            match unlinkat(dir, &name, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(Errno::ISDIR) => self.remove_below(dir, &name, depth)?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn remove_below(
        &mut self,
        dir: BorrowedFd<'_>,
        name: &std::ffi::CStr,
        depth: u32,
    ) -> Result<(), Errno> {
        if depth >= DEPTH_MAX {
            return self.move_up(dir, name);
        }
        let below = openat(dir, name, DIRECTORY, Mode::empty())?;
        if fstat(&below)?.st_dev != self.device {
            return Err(Errno::XDEV);
        }
        self.empty(below.as_fd(), depth + 1)?;
        match unlinkat(dir, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn move_up(&mut self, dir: BorrowedFd<'_>, name: &std::ffi::CStr) -> Result<(), Errno> {
        loop {
            let piece = format!(".kloigos-piece-{}", self.moved);
            self.moved += 1;
            match renameat(dir, name, self.top, piece.as_str()) {
                // A piece of a removal that was cut short.
                Err(Errno::EXIST | Errno::NOTEMPTY) => {}
                other => return other,
            }
        }
    }
}

/// The sweeping of one directory for what a user owns.
struct Sweep {
    uid: u32,
    device: u64,
    swept: u32,
}

impl Sweep {
    fn below(&mut self, dir: &OwnedFd, depth: u32) -> Result<(), Errno> {
        for name in names(dir.as_fd())? {
            self.entry(dir, &name, depth)?;
        }
        Ok(())
    }

    fn entry(&mut self, dir: &OwnedFd, name: &std::ffi::CStr, depth: u32) -> Result<(), Errno> {
        let stat = match statat(dir, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            Err(Errno::NOENT) => return Ok(()),
            Err(error) => return Err(error),
        };
        if stat.st_dev != self.device {
            return Ok(());
        }
        let is_dir = FileType::from_raw_mode(stat.st_mode).is_dir();
        match (stat.st_uid == self.uid, is_dir) {
            (true, false) => self.unlink(dir, name, AtFlags::empty()),
            (true, true) => {
                let below = openat(dir, name, DIRECTORY, Mode::empty())?;
                match Emptying::of(&below)?.run() {
                    Ok(()) => self.unlink(dir, name, AtFlags::REMOVEDIR),
                    Err(error) => passed_over(error),
                }
            }
            // Another's deep tree is not the user's: what the user has in it is found from above
            // as long as it is no deeper than people nest.
            (false, true) if depth < 4 * DEPTH_MAX => {
                self.below(&openat(dir, name, DIRECTORY, Mode::empty())?, depth + 1)
            }
            (false, _) => Ok(()),
        }
    }

    fn unlink(
        &mut self,
        dir: &OwnedFd,
        name: &std::ffi::CStr,
        flags: AtFlags,
    ) -> Result<(), Errno> {
        match unlinkat(dir, name, flags) {
            Ok(()) => {
                self.swept += 1;
                Ok(())
            }
            Err(Errno::NOENT) => Ok(()),
            Err(error) => passed_over(error),
        }
    }
}

/// What root may not remove (immutable, or mounted) does not keep the rest from being swept.
fn passed_over(error: Errno) -> Result<(), Errno> {
    match error {
        Errno::PERM | Errno::ACCESS | Errno::ROFS | Errno::BUSY | Errno::XDEV => Ok(()),
        error => Err(error),
    }
}

/// Finds what a user owns below a directory, on its file system: at most so many, by path.
pub(super) fn owned(dir: &str, uid: u32, most: usize) -> Sys<Vec<String>> {
    let failed = |error: Errno| SysError::file("look through", dir, error);
    let top = match openat(CWD, dir, DIRECTORY, Mode::empty()) {
        Ok(top) => top,
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let device = fstat(&top).map_err(failed)?.st_dev;
    let mut search = Search {
        uid,
        device,
        most,
        found: Vec::new(),
    };
    search.below(&top, dir, 0).map_err(failed)?;
    Ok(search.found)
}

/// The search of one directory for what a user owns.
struct Search {
    uid: u32,
    device: u64,
    most: usize,
    found: Vec<String>,
}

impl Search {
    fn below(&mut self, dir: &OwnedFd, path: &str, depth: u32) -> Result<(), Errno> {
        for name in names(dir.as_fd())? {
            let stat = match statat(dir, &name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                Err(Errno::NOENT) => continue,
                Err(error) => return Err(error),
            };
            if stat.st_dev != self.device || self.found.len() >= self.most {
                continue;
            }
            let path = format!("{}/{}", path.trim_end_matches('/'), name.to_string_lossy());
            if stat.st_uid == self.uid {
                self.found.push(path.clone());
            }
            if FileType::from_raw_mode(stat.st_mode).is_dir() && depth < 4 * DEPTH_MAX {
                match openat(dir, &name, DIRECTORY, Mode::empty()) {
                    Ok(below) => self.below(&below, &path, depth + 1)?,
                    Err(Errno::NOENT) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
