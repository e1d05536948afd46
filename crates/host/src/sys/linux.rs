//! The real machine.

use std::{fs::OpenOptions, io, os::unix::fs::OpenOptionsExt, time::Duration};

use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
    mount::{UnmountFlags, unmount},
};

use super::{
    Access, BindFilter, Bound, Command, Commands, DiskLimits, Files, IpcKind, Kernel, Lock, Mounts,
    Moved, Output, Quota, QuotaFlags, Share, Space, Started, Stat, Sys, SysError, acl, bind, block,
    bpf, clock, command, files, ipc, keyring, kill, mounts, own, quota, tree,
};

/// How long [`Kernel::pause`] waits.
const MOMENT: Duration = Duration::from_millis(10);

/// The Linux system that this process runs on.
pub struct Linux;

impl Files for Linux {
    fn read(&mut self, path: &str) -> Sys<Option<Vec<u8>>> {
        files::read(path)
    }

    fn head(&mut self, path: &str, bytes: usize) -> Sys<Option<Vec<u8>>> {
        files::head(path, bytes)
    }

    fn head_of_own(
        &mut self,
        dir: &str,
        path: &str,
        uid: u32,
        bytes: usize,
    ) -> Sys<Option<Vec<u8>>> {
        own::head(dir, path, uid, bytes)
    }

    fn stat(&mut self, path: &str) -> Sys<Option<Stat>> {
        files::stat(path)
    }

    fn list(&mut self, path: &str) -> Sys<Option<Vec<String>>> {
        files::list(path)
    }

    fn read_link(&mut self, path: &str) -> Sys<Option<String>> {
        files::read_link(path)
    }

    fn write(&mut self, path: &str, body: &[u8], access: Access) -> Sys<()> {
        files::write(path, body, access)
    }

    fn poke(&mut self, path: &str, body: &str) -> Sys<()> {
        files::poke(path, body)
    }

    fn make_dir(&mut self, path: &str, access: Access) -> Sys<()> {
        files::make_dir(path, access)
    }

    fn symlink(&mut self, target: &str, path: &str) -> Sys<()> {
        files::symlink(target, path)
    }

    fn rename(&mut self, from: &str, to: &str) -> Sys<Moved> {
        files::rename(from, to)
    }

    fn remove(&mut self, path: &str) -> Sys<()> {
        files::remove(path)
    }

    fn remove_tree(&mut self, path: &str) -> Sys<()> {
        tree::remove(path)
    }

    fn sweep(&mut self, dir: &str, uid: u32) -> Sys<u32> {
        tree::sweep(dir, uid)
    }

    fn owned(&mut self, dir: &str, uid: u32, most: usize) -> Sys<Vec<String>> {
        tree::owned(dir, uid, most)
    }

    fn naming(&mut self, dir: &str, uid: u32) -> Sys<Vec<String>> {
        acl::naming(dir, uid, acl::Act::Find)
    }

    fn forget_in_lists(&mut self, dir: &str, uid: u32) -> Sys<()> {
        acl::naming(dir, uid, acl::Act::Forget).map(drop)
    }
}

impl Commands for Linux {
    fn run(&mut self, command: &Command) -> Sys<Output> {
        command::run(command)
    }

    fn start(&mut self, command: &Command) -> Sys<Started> {
        command::start(command)
    }
}

impl Kernel for Linux {
    fn arch(&mut self) -> Sys<String> {
        let machine = rustix::system::uname();
        Ok(machine.machine().to_string_lossy().into_owned())
    }

    fn own_path(&mut self) -> Sys<String> {
        let path = "/proc/self/exe";
        files::read_link(path)?.ok_or_else(|| SysError::file("read", path, io::ErrorKind::NotFound))
    }

    fn lock(&mut self, path: &str, share: Share) -> Sys<Lock> {
        if let Some(lock) = take(path, share)? {
            return Ok(lock);
        }
        loop {
            if let Some(lock) = take(path, share)? {
                return Ok(lock.after_removal());
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the door to waiting")]
    fn pause(&mut self) -> Sys<()> {
        std::thread::sleep(MOMENT);
        Ok(())
    }

    fn parent(&mut self) -> Sys<u32> {
        Ok(std::os::unix::process::parent_id())
    }

    fn kill_all(&mut self, uid: u32) -> Sys<()> {
        kill::all_of(uid)
    }

    fn remove_ipc(&mut self, kind: IpcKind, id: i32) -> Sys<()> {
        ipc::remove(kind, id)
    }

    fn forget_keys(&mut self, uid: u32) -> Sys<()> {
        keyring::forget(uid)
    }

    fn unmount(&mut self, path: &str) -> Sys<()> {
        match unmount(path, UnmountFlags::DETACH | UnmountFlags::NOFOLLOW) {
            // umount(2): not a mount point, and not there.
            Ok(()) | Err(Errno::INVAL | Errno::NOENT) => Ok(()),
            Err(error) => Err(SysError::file("unmount", path, error)),
        }
    }

    fn space(&mut self, mount: &str) -> Sys<Space> {
        let space =
            rustix::fs::statvfs(mount).map_err(|error| SysError::file("measure", mount, error))?;
        Ok(Space {
            size: space.f_blocks * space.f_frsize,
            available: space.f_bavail * space.f_frsize,
        })
    }

    fn is_blank(&mut self, device: &str) -> Sys<Option<bool>> {
        block::is_blank(device)
    }

    fn blank(&mut self, device: &str) -> Sys<()> {
        block::blank(device)
    }

    fn user_quota(&mut self, mount: &str) -> Sys<Option<QuotaFlags>> {
        quota::of_users(mount)
    }

    fn quota(&mut self, path: &str, uid: u32) -> Sys<Option<Quota>> {
        quota::of_user(path, uid)
    }

    fn set_quota(&mut self, path: &str, uid: u32, limits: DiskLimits) -> Sys<()> {
        quota::limit(path, uid, limits)
    }

    fn bind_filter(&mut self) -> Sys<BindFilter> {
        bpf::state()
    }

    fn load_bind_filter(&mut self) -> Sys<()> {
        bpf::load()
    }

    fn unload_bind_filter(&mut self) -> Sys<()> {
        bpf::unload()
    }

    fn bind_range(&mut self, uid: u32) -> Sys<Option<(u16, u16)>> {
        bpf::range(uid)
    }

    fn set_bind_range(&mut self, uid: u32, ports: (u16, u16)) -> Sys<()> {
        bpf::set_range(uid, ports)
    }

    fn clear_bind_range(&mut self, uid: u32) -> Sys<()> {
        bpf::clear_range(uid)
    }

    fn clock_synchronised(&mut self) -> Sys<bool> {
        clock::is_synchronised()
    }

    fn try_binds(&mut self, uid: u32, ports: &[u16]) -> Sys<Vec<[Bound; 4]>> {
        bind::attempts(uid, ports)
    }
}

impl Mounts for Linux {
    fn in_namespace(&mut self) -> Sys<bool> {
        mounts::in_namespace()
    }

    fn bind(&mut self, from: &str, to: &str) -> Sys<()> {
        mounts::bind(from, to)
    }

    fn mount_proc(&mut self) -> Sys<()> {
        mounts::mount_proc()
    }

    fn memory_fs(&mut self, path: &str) -> Sys<Option<u64>> {
        mounts::memory_fs(path)
    }

    fn mount_memory_fs(&mut self, path: &str, bytes: u64) -> Sys<()> {
        mounts::mount_memory_fs(path, bytes)
    }
}

/// Waits for the lock; `None` when the file was removed meanwhile, so that the lock is on one that
/// nobody else will find.
fn take(path: &str, share: Share) -> Sys<Option<Lock>> {
    let failed = |error: io::Error| SysError::file("lock", path, error);
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(failed)?;
    let operation = match share {
        Share::Shared => FlockOperation::LockShared,
        Share::Exclusive => FlockOperation::LockExclusive,
    };
    while let Err(error) = flock(&file, operation) {
        if error != Errno::INTR {
            return Err(failed(error.into()));
        }
    }
    let held = rustix::fs::fstat(&file).map_err(|error| failed(error.into()))?;
    match rustix::fs::stat(path) {
        Ok(there) if (there.st_dev, there.st_ino) == (held.st_dev, held.st_ino) => {
            Ok(Some(Lock::held_by(file)))
        }
        Ok(_) | Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(failed(error.into())),
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "the test's own files; what is tried is this machine's lock"
)]
mod tests {
    use super::*;

    #[test]
    fn who_waited_for_a_lock_learns_that_it_was_removed() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("server.lock").display().to_string();
        let held = Linux.lock(&path, Share::Exclusive).expect("a lock");
        assert!(!held.was_removed_meanwhile());
        let waiting = std::thread::spawn({
            let path = path.clone();
            move || {
                let lock = Linux.lock(&path, Share::Shared).expect("a lock");
                lock.was_removed_meanwhile()
            }
        });
        // It opens the file before it waits, and comes too late for it otherwise: the same.
        let file = std::fs::metadata(&path).expect("the lock's file");
        while !is_waited_for(&file) && !waiting.is_finished() {
            std::thread::yield_now();
        }
        std::fs::remove_file(&path).expect("removed, as at the end of a removal");
        drop(held);
        assert!(waiting.join().expect("no panic"));
    }

    /// `proc_locks(5)`: who waits is shown with an arrow.
    fn is_waited_for(file: &std::fs::Metadata) -> bool {
        use std::os::unix::fs::MetadataExt;
        let locks = std::fs::read_to_string("/proc/locks").expect("a table");
        let inode = format!(":{} ", file.ino());
        locks
            .lines()
            .any(|line| line.contains("->") && line.contains(&inode))
    }
}
