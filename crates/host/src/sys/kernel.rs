//! What is asked of the kernel beside files.

use std::{any::Any, collections::BTreeMap};

use super::Sys;

/// A lock that is held while this lives.
pub struct Lock(#[expect(dead_code, reason = "held, and released by its end")] Box<dyn Any>);

impl Lock {
    /// A lock released when `guard` is dropped.
    pub fn held_by(guard: impl Any) -> Self {
        Self(Box::new(guard))
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
    /// Detaches what is mounted here; nothing mounted is success.
    fn unmount(&mut self, path: &str) -> Sys<()>;
    /// The size of the file system mounted here.
    fn space(&mut self, mount: &str) -> Sys<Space>;
    /// The user quotas of the file system mounted here; `None` when there are none.
    fn user_quota(&mut self, mount: &str) -> Sys<Option<QuotaFlags>>;
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
}
