//! The only door to the machine. [`Linux`] is the real one; the simulated machine of
//! `kloigos-sim` is the other. Nothing outside this room opens a file, runs a command or makes a
//! system call.

mod acl;
mod bind;
mod block;
mod bpf;
mod child;
mod clock;
mod command;
mod error;
mod files;
mod ipc;
mod kernel;
mod keyring;
mod kill;
mod linux;
mod mounts;
mod own;
mod quota;
mod tree;

pub use command::{Command, Output, Started};
pub use error::SysError;
pub use kernel::{
    BindFilter, Bound, DiskLimits, DiskUse, Hook, IpcKind, Kernel, Lock, Quota, QuotaFlags, Share,
    Socket, Space,
};
pub use linux::Linux;
pub use mounts::Mounts;

/// What an answer of the machine is.
pub type Sys<T> = Result<T, SysError>;

/// Who owns a file and who may use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The permission bits.
    pub mode: u32,
    /// The owner.
    pub uid: u32,
    /// The group.
    pub gid: u32,
}

impl Access {
    /// Root's, with this mode.
    pub const fn root(mode: u32) -> Self {
        Self {
            mode,
            uid: 0,
            gid: 0,
        }
    }

    /// A unit's own, with this mode.
    pub const fn own(mode: u32, uid: u32) -> Self {
        Self {
            mode,
            uid,
            gid: uid,
        }
    }
}

/// What kind of thing a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A device, socket or pipe.
    Other,
}

/// What a path is; a link is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// Its kind.
    pub kind: Kind,
    /// Its mode, owner and group.
    pub access: Access,
}

/// Whether a rename went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// It is there now.
    Yes,
    /// The two are on different file systems, or one is a mount point; nothing was moved.
    AnotherFileSystem,
}

/// Files. Absence is an answer (`None`), not an error; removing what is not there succeeds.
pub trait Files {
    /// The whole content; links are followed.
    fn read(&mut self, path: &str) -> Sys<Option<Vec<u8>>>;
    /// At most the first `bytes`.
    fn head(&mut self, path: &str, bytes: usize) -> Sys<Option<Vec<u8>>>;
    /// At most the first `bytes` of a file that a user keeps below its directory. Only a regular
    /// file is one, which is the user's or root's, has no other name, and is on the directory's file
    /// system; the directory is the user's, and no link below it is followed.
    fn head_of_own(
        &mut self,
        dir: &str,
        path: &str,
        uid: u32,
        bytes: usize,
    ) -> Sys<Option<Vec<u8>>>;
    /// What it is.
    fn stat(&mut self, path: &str) -> Sys<Option<Stat>>;
    /// The names in a directory, in order.
    fn list(&mut self, path: &str) -> Sys<Option<Vec<String>>>;
    /// Where a link points.
    fn read_link(&mut self, path: &str) -> Sys<Option<String>>;
    /// Replaces a whole file, atomically and durably.
    fn write(&mut self, path: &str, body: &[u8], access: Access) -> Sys<()>;
    /// Writes into a file of the kernel (`/proc/sys`, cgroup files).
    fn poke(&mut self, path: &str, body: &str) -> Sys<()>;
    /// Makes a directory, or gives one that is there this access.
    fn make_dir(&mut self, path: &str, access: Access) -> Sys<()>;
    /// Makes or replaces a link, atomically.
    fn symlink(&mut self, target: &str, path: &str) -> Sys<()>;
    /// Moves a file or directory.
    fn rename(&mut self, from: &str, to: &str) -> Sys<Moved>;
    /// Removes a file, a link or an empty directory.
    fn remove(&mut self, path: &str) -> Sys<()>;
    /// Removes a file or a directory with all in it, following no link and leaving no mounted file
    /// system's files; a directory that something is mounted on is emptied.
    fn remove_tree(&mut self, path: &str) -> Sys<()>;
    /// Removes what a user owns under a directory, on its file system; a directory of the user's
    /// with all in it. How many.
    /// What may not be removed (immutable files) is passed over.
    fn sweep(&mut self, dir: &str, uid: u32) -> Sys<u32>;
    /// What a user owns below a directory, on its file system: paths, at most so many.
    fn owned(&mut self, dir: &str, uid: u32, most: usize) -> Sys<Vec<String>>;
    /// What in a directory, and below it on its file system where this user can get to, names the
    /// user or the group of the same number in an access control list; three directories deep.
    fn naming(&mut self, dir: &str, uid: u32) -> Sys<Vec<String>>;
    /// Takes this user and group out of those lists.
    fn forget_in_lists(&mut self, dir: &str, uid: u32) -> Sys<()>;
}

/// Programs of the system.
pub trait Commands {
    /// Runs one to its end. Any exit status is an answer; an error is that it could not be run.
    fn run(&mut self, command: &Command) -> Sys<Output>;
    /// Starts one, to go on meanwhile; it goes on when this process ends.
    fn start(&mut self, command: &Command) -> Sys<Started>;
}

/// The whole door.
pub trait Host: Files + Commands + Kernel + Mounts {}

impl<T: Files + Commands + Kernel + Mounts> Host for T {}

/// Runs a command that must succeed.
pub fn must(host: &mut dyn Host, command: &Command) -> Sys<Output> {
    let output = host.run(command)?;
    succeeded(command, output)
}

/// The answer of a command that must succeed.
pub fn succeeded(command: &Command, output: Output) -> Sys<Output> {
    if output.code == 0 {
        Ok(output)
    } else {
        Err(SysError::failed(command, &output))
    }
}

/// A whole file as text; what is not UTF-8 becomes replacement characters.
pub fn read_text(host: &mut dyn Host, path: &str) -> Sys<Option<String>> {
    let bytes = host.read(path)?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}
