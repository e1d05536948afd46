//! Access control lists (acl(5)) that name a user, found and forgotten by handle, so that nobody
//! who owns a directory on the way can lead root to another file.

use std::{
    ffi::CStr,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
};

use rustix::{
    fs::{
        CWD, FileType, Mode, OFlags, XattrFlags, fstat, getxattr, getxattr_query, openat,
        removexattr, setxattr,
    },
    io::Errno,
};

use super::{Sys, SysError, tree};

/// How far below a place lists are looked for.
const DEPTH_MAX: u32 = 3;
/// The two lists that a file may have.
const LISTS: [&str; 2] = ["system.posix_acl_access", DEFAULT];
/// The one that new files of a directory get.
const DEFAULT: &str = "system.posix_acl_default";
/// Of `linux/posix_acl.h`: entries of named users, of named groups, and what bounds them.
const NAMED_USER: u16 = 0x02;
const NAMED_GROUP: u16 = 0x08;
const MASK: u16 = 0x10;
/// `struct posix_acl_xattr_header`, and one `struct posix_acl_xattr_entry` of tag, permissions, id.
const HEADER: usize = 4;
const ENTRY: usize = 8;

const HANDLE: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Whether lists are looked at or changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Find,
    Forget,
}

/// What names a user, or the group of the same number, in a place and below on its file system where
/// that user can get to.
pub(super) fn naming(place: &str, uid: u32, act: Act) -> Sys<Vec<String>> {
    let failed = |error: Errno| SysError::file("look for access lists in", place, error);
    let top = match openat(CWD, place, HANDLE, Mode::empty()) {
        Ok(top) => top,
        Err(Errno::NOENT | Errno::NOTDIR) => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut walk = Walk {
        uid,
        device: fstat(&top).map_err(failed)?.st_dev,
        act,
        found: Vec::new(),
    };
    walk.at(&top, place, 0).map_err(failed)?;
    Ok(walk.found)
}

struct Walk {
    uid: u32,
    device: u64,
    act: Act,
    found: Vec<String>,
}

impl Walk {
    fn at(&mut self, file: &OwnedFd, path: &str, depth: u32) -> Result<(), Errno> {
        let stat = fstat(file)?;
        let kind = FileType::from_raw_mode(stat.st_mode);
        if kind.is_symlink() || stat.st_dev != self.device {
            return Ok(());
        }
        let named = self.lists(file.as_fd())?;
        if named {
            self.found.push(path.to_owned());
        }
        let passable = named || stat.st_mode & 0o001 != 0 || stat.st_uid == self.uid;
        if kind.is_dir() && passable && depth < DEPTH_MAX {
            self.below(file, path, depth)?;
        }
        Ok(())
    }

    fn below(&mut self, dir: &OwnedFd, path: &str, depth: u32) -> Result<(), Errno> {
        // A handle of this kind cannot be read from.
        let listed = openat(dir, ".", tree::DIRECTORY, Mode::empty())?;
        for name in tree::names(listed.as_fd())? {
            match openat(dir, &name, HANDLE, Mode::empty()) {
                Ok(file) => self.at(&file, &joined(path, &name), depth + 1)?,
                Err(Errno::NOENT | Errno::ACCESS | Errno::NOTCONN) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Whether a list of this file names the user.
    fn lists(&self, file: BorrowedFd<'_>) -> Result<bool, Errno> {
        // The magic link leads to this very file, which a handle of this kind has no call for.
        let itself = format!("/proc/self/fd/{}", file.as_raw_fd());
        let mut named = false;
        for list in LISTS {
            let Some(body) = read(&itself, list)? else {
                continue;
            };
            let Some(without) = without(&body, self.uid) else {
                continue;
            };
            named = true;
            if self.act == Act::Forget {
                put(&itself, list, &without)?;
            }
        }
        Ok(named)
    }
}

/// A list; most files have none, so its size is asked for first.
fn read(path: &str, list: &str) -> Result<Option<Vec<u8>>, Errno> {
    let size = match getxattr_query(path, list) {
        Ok(size) => size,
        // Gone, without lists, or a file system of users that answers nobody else.
        Err(Errno::NODATA | Errno::OPNOTSUPP | Errno::NOENT | Errno::ACCESS | Errno::NOTCONN) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let mut body = vec![0; size];
    let length = getxattr(path, list, &mut body[..])?;
    body.truncate(length);
    Ok(Some(body))
}

/// The kernel keeps an access list that names nobody as plain permissions; a default one that is
/// left so was there for the user.
fn put(path: &str, list: &str, body: &[u8]) -> Result<(), Errno> {
    if list == DEFAULT && !entries(body).any(is_named) {
        removexattr(path, list)
    } else {
        setxattr(path, list, body, XattrFlags::REPLACE)
    }
}

fn entries(list: &[u8]) -> std::slice::ChunksExact<'_, u8> {
    list.get(HEADER..).unwrap_or_default().chunks_exact(ENTRY)
}

fn tag(entry: &[u8]) -> u16 {
    u16::from_le_bytes([entry[0], entry[1]])
}

fn is_named(entry: &[u8]) -> bool {
    matches!(tag(entry), NAMED_USER | NAMED_GROUP)
}

fn joined(dir: &str, name: &CStr) -> String {
    format!("{}/{}", dir.trim_end_matches('/'), name.to_string_lossy())
}

/// The list without a user; `None` when it does not name it. With the last named entry the mask
/// goes, and the permissions of the owning group are its own again.
fn without(list: &[u8], uid: u32) -> Option<Vec<u8>> {
    let header = list.get(..HEADER)?;
    let is_its = |entry: &&[u8]| {
        let id = u32::from_le_bytes([entry[4], entry[5], entry[6], entry[7]]);
        is_named(entry) && id == uid
    };
    let mut kept: Vec<&[u8]> = entries(list).filter(|entry| !is_its(entry)).collect();
    if kept.len() == entries(list).len() {
        return None;
    }
    if !kept.iter().any(|entry| is_named(entry)) {
        kept.retain(|entry| tag(entry) != MASK);
    }
    Some([&[header], &kept[..]].concat().concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_looked_through_and_a_link_is_not_followed() {
        let dir = std::env::temp_dir().join(format!("kloigos-acl-{}", std::process::id()));
        let below = dir.join("a/b");
        std::fs::DirBuilder::new()
            .recursive(true)
            .create(&below)
            .unwrap();
        std::os::unix::fs::symlink("/", below.join("link")).unwrap();
        let place = dir.to_str().unwrap();
        assert!(naming(place, 70_001, Act::Forget).unwrap().is_empty());
        assert!(naming("/nowhere", 70_001, Act::Find).unwrap().is_empty());
        super::tree::remove(place).unwrap();
    }

    fn list(entries: &[(u16, u16, u32)]) -> Vec<u8> {
        let mut list = 2_u32.to_le_bytes().to_vec();
        for (tag, permissions, id) in entries {
            list.extend(tag.to_le_bytes());
            list.extend(permissions.to_le_bytes());
            list.extend(id.to_le_bytes());
        }
        list
    }

    #[test]
    fn the_last_named_entry_takes_the_mask_along() {
        let none = u32::MAX;
        let all = list(&[
            (1, 7, none),
            (2, 5, 70_001),
            (4, 0, none),
            (16, 5, none),
            (32, 0, none),
        ]);
        let left = list(&[(1, 7, none), (4, 0, none), (32, 0, none)]);
        assert_eq!(without(&all, 70_001), Some(left));
        assert_eq!(without(&all, 70_002), None);
    }

    #[test]
    fn others_stay_and_so_does_their_mask() {
        let all = list(&[(2, 5, 1000), (8, 5, 70_001), (16, 5, 0)]);
        assert_eq!(
            without(&all, 70_001),
            Some(list(&[(2, 5, 1000), (16, 5, 0)]))
        );
    }

    #[test]
    fn hostile_lists_name_nobody() {
        for body in [&b""[..], b"\x02", b"\x02\0\0\0", b"\x02\0\0\0\x02\0\x05"] {
            assert_eq!(without(body, 0), None);
        }
    }
}
