//! What is asked of the kernel beside files.

use std::{any::Any, collections::BTreeMap};

use super::Sys;

/// A lock that is held while this lives.
pub struct Lock {
    #[expect(dead_code, reason = "held, and released by its end")]
    guard: Box<dyn Any>,
    removed: bool,
}

impl Lock {
    /// A lock released when `guard` is dropped.
    pub fn held_by(guard: impl Any) -> Self {
        Self {
            guard: Box::new(guard),
            removed: false,
        }
    }

    /// The same, after its file was taken away while it was waited for.
    #[must_use]
    pub fn after_removal(self) -> Self {
        let removed = true;
        Self { removed, ..self }
    }

    /// Whether its file was taken away while it was waited for, and with it what it locks.
    pub const fn was_removed_meanwhile(&self) -> bool {
        self.removed
    }
}

/// How a lock is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// With other holders of this kind.
    Shared,
    /// With nobody.
    Exclusive,
}

/// The size of a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// In bytes.
    pub size: u64,
    /// What an ordinary user can still write.
    pub available: u64,
}

/// Whether user quotas count and limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaFlags {
    /// Use is counted.
    pub accounted: bool,
    /// Limits are enforced.
    pub enforced: bool,
}

/// How much a user may store on a file system; `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DiskLimits {
    /// Bytes, in whole KiB.
    pub bytes: Option<u64>,
    /// Files and directories.
    pub inodes: Option<u64>,
}

/// How much a user stores on a file system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DiskUse {
    /// Bytes.
    pub bytes: u64,
    /// Files and directories.
    pub inodes: u64,
}

/// What a file system says of one user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quota {
    /// What it may store.
    pub limits: DiskLimits,
    /// What it stores.
    pub used: DiskUse,
}

/// A kind of System V IPC object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IpcKind {
    /// A shared memory segment.
    Memory,
    /// A semaphore array.
    Semaphores,
    /// A message queue.
    Messages,
}

impl IpcKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Memory, Self::Semaphores, Self::Messages];

    /// Its name in `/proc/sysvipc`.
    pub const fn file(self) -> &'static str {
        match self {
            Self::Memory => "/proc/sysvipc/shm",
            Self::Semaphores => "/proc/sysvipc/sem",
            Self::Messages => "/proc/sysvipc/msg",
        }
    }
}

/// One place where the bind filter hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hook {
    /// How many programs of ours hang there; it should be one.
    pub ours: u32,
    /// Whether the pinned one is of this version and uses the pinned map.
    pub current: bool,
}

/// The bind filter as the kernel has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BindFilter {
    /// The kernel takes no such program; why.
    Unsupported(String),
    /// Nothing of it is there.
    Absent,
    /// Something of it is there.
    Present {
        /// At bind(2) of IPv4 sockets.
        inet4: Hook,
        /// At bind(2) of IPv6 sockets.
        inet6: Hook,
        /// The ports each uid may bind, first and last.
        ranges: BTreeMap<u32, (u16, u16)>,
    },
}

/// A kind of socket with ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Socket {
    /// TCP over IPv4.
    Tcp4,
    /// TCP over IPv6.
    Tcp6,
    /// UDP over IPv4.
    Udp4,
    /// UDP over IPv6.
    Udp6,
}

impl Socket {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Tcp4, Self::Tcp6, Self::Udp4, Self::Udp6];
}

/// What bind(2) answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// It bound.
    Yes,
    /// The port is another socket's (`EADDRINUSE`).
    InUse,
    /// Not permitted (`EPERM`).
    Refused,
    /// There are no such sockets on this machine (`EAFNOSUPPORT`).
    NoSuchSocket,
    /// Another error, by its number.
    Failed(i32),
}

/// System calls that are no file operations.
pub trait Kernel {
    /// The architecture, as uname(2) says.
    fn arch(&mut self) -> Sys<String>;
    /// Where the running binary lies.
    fn own_path(&mut self) -> Sys<String>;
    /// Whether this is a simulated machine.
    fn simulated(&self) -> bool {
        false
    }
    /// Waits for the lock on this file, made if missing.
    fn lock(&mut self, path: &str, share: Share) -> Sys<Lock>;
    /// Waits a moment, some 10 ms.
    fn pause(&mut self) -> Sys<()>;
    /// The process that started this one.
    fn parent(&mut self) -> Sys<u32>;
    /// Sends SIGKILL to every process of a user.
    fn kill_all(&mut self, uid: u32) -> Sys<()>;
    /// Removes a System V IPC object.
    fn remove_ipc(&mut self, kind: IpcKind, id: i32) -> Sys<()>;
    /// Takes away a user's keyrings and what is in them, as far as the user itself may.
    fn forget_keys(&mut self, uid: u32) -> Sys<()>;
    /// Detaches what is mounted here; nothing mounted is success.
    fn unmount(&mut self, path: &str) -> Sys<()>;
    /// The size of the file system mounted here.
    fn space(&mut self, mount: &str) -> Sys<Space>;
    /// Whether the first and the last MiB of a block device are zeros; `None` when it is not there.
    fn is_blank(&mut self, device: &str) -> Sys<Option<bool>>;
    /// Writes zeros there, its beginning last; refused while the device is in use.
    fn blank(&mut self, device: &str) -> Sys<()>;
    /// The user quotas of the file system mounted here; `None` when there are none.
    fn user_quota(&mut self, mount: &str) -> Sys<Option<QuotaFlags>>;
    /// What a user stores on the file system that this path is on, and may; `None` when it has no
    /// user quotas.
    fn quota(&mut self, path: &str, uid: u32) -> Sys<Option<Quota>>;
    /// Limits what a user stores on the file system that this path is on.
    fn set_quota(&mut self, path: &str, uid: u32, limits: DiskLimits) -> Sys<()>;
    /// The bind filter as it is.
    fn bind_filter(&mut self) -> Sys<BindFilter>;
    /// Puts one program of this version, and one alone, on each hook; ranges there are kept.
    fn load_bind_filter(&mut self) -> Sys<()>;
    /// Takes the filter away.
    fn unload_bind_filter(&mut self) -> Sys<()>;
    /// The ports a user may bind, first and last; `None` for one that the filter does not know, or
    /// when there is no filter.
    fn bind_range(&mut self, uid: u32) -> Sys<Option<(u16, u16)>>;
    /// Says which ports a user may bind.
    fn set_bind_range(&mut self, uid: u32, ports: (u16, u16)) -> Sys<()>;
    /// Forgets a user.
    fn clear_bind_range(&mut self, uid: u32) -> Sys<()>;
    /// Whether the clock is in step with another (`STA_UNSYNC` of adjtimex(2) is off).
    fn clock_synchronised(&mut self) -> Sys<bool>;
    /// Tries, as this user, to bind each port with each of [`Socket::ALL`]; nothing stays bound.
    fn try_binds(&mut self, uid: u32, ports: &[u16]) -> Sys<Vec<[Bound; 4]>>;
}
