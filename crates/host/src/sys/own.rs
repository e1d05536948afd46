//! Reading what a user keeps, by root, where the user may have put anything: a link to what only
//! root may read, a pipe that nobody writes to, a second name of another's file.

use std::{
    fs::File,
    io::Read,
    os::fd::{AsFd, OwnedFd},
};

use rustix::{
    fs::{CWD, FileType, Mode, OFlags, ResolveFlags, fstat, openat, openat2},
    io::Errno,
};

use super::{Sys, SysError};

/// No link, no way up, and no file system that the user mounted there.
const BELOW: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_XDEV);

/// At most the first `bytes` of a user's own file.
pub(super) fn head(dir: &str, path: &str, uid: u32, bytes: usize) -> Sys<Option<Vec<u8>>> {
    let failed = |error: std::io::Error| SysError::file("read", &format!("{dir}/{path}"), error);
    let Some(file) = open(dir, path, uid).map_err(|error| failed(error.into()))? else {
        return Ok(None);
    };
    let mut body = Vec::new();
    let taken = File::from(file).take(bytes as u64).read_to_end(&mut body);
    taken.map_err(failed)?;
    Ok(Some(body))
}

fn open(dir: &str, path: &str, uid: u32) -> Result<Option<OwnedFd>, Errno> {
    let home = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    // Opening a pipe does not wait for a writer.
    let plain = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let opened = openat(CWD, dir, home, Mode::empty()).and_then(|dir| {
        let file = openat2(&dir, path, plain, Mode::empty(), BELOW)?;
        Ok((dir, file))
    });
    match opened {
        Ok((dir, file)) => Ok(is_own(dir.as_fd(), file.as_fd(), uid)?.then_some(file)),
        Err(error) if is_none(error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Not there, no plain file, closed even to root (NFS), or a kernel before Linux 5.6.
fn is_none(error: Errno) -> bool {
    [
        Errno::NOENT,
        Errno::NOTDIR,
        Errno::LOOP,
        Errno::XDEV,
        Errno::NXIO,
        Errno::ACCESS,
        Errno::PERM,
        Errno::NOSYS,
    ]
    .contains(&error)
}

fn is_own(dir: impl AsFd, file: impl AsFd, uid: u32) -> Result<bool, Errno> {
    let (dir, file) = (fstat(dir)?, fstat(file)?);
    let regular = FileType::from_raw_mode(file.st_mode).is_file();
    let owned = dir.st_uid == uid && [0, uid].contains(&file.st_uid);
    Ok(regular && owned && file.st_nlink == 1)
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "the test's own files; what is tried is what this machine opens"
)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use rustix::fs::{FileType, Mode, mknodat};

    use super::*;

    #[test]
    fn a_users_own_file_is_read_and_nothing_that_it_points_to() {
        let home = tempfile::tempdir().expect("a folder");
        let dir = home.path().to_str().expect("a text");
        let uid = rustix::process::getuid().as_raw();
        let at = |name: &str| home.path().join(name);
        fs::create_dir(at(".ssh")).expect("a folder");
        fs::write(at(".ssh/keys"), "of hers").expect("a file");
        let read = |path: &str| head(dir, path, uid, 5).expect("an answer");
        assert_eq!(read(".ssh/keys").as_deref(), Some(b"of he".as_slice()));

        symlink(at(".ssh/keys"), at("link")).expect("a link");
        symlink(".ssh", at("way")).expect("a link");
        symlink("/etc", at("etc")).expect("a link");
        mknodat(CWD, at("pipe"), FileType::Fifo, Mode::RUSR, 0).expect("a pipe");
        for path in [
            "none",
            "link",
            "way/keys",
            "etc/passwd",
            "pipe",
            ".ssh",
            "../x",
            "/etc/passwd",
        ] {
            assert_eq!(read(path), None, "{path}");
        }
        let another = head(dir, ".ssh/keys", uid + 1, 5).expect("an answer");
        assert_eq!(another, None, "its directory is another's");
        fs::hard_link(at(".ssh/keys"), at("name")).expect("a second name");
        assert_eq!(read("name"), None);
    }
}
