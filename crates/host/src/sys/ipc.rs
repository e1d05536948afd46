//! Removing System V IPC objects.
#![expect(
    unsafe_code,
    reason = "shmctl(2), semctl(2) and msgctl(2) have no safe crate"
)]
// JUSTIFICATION: objects of a former tenant stay for ever otherwise; ipcrm(1) is one process each.

use std::io;

use super::{IpcKind, Sys, SysError};

/// Removes an object; one that is gone already is success.
pub(super) fn remove(kind: IpcKind, id: i32) -> Sys<()> {
    // SAFETY: IPC_RMID takes no argument, and ids are plain numbers.
    let answer = unsafe {
        match kind {
            IpcKind::Memory => libc::shmctl(id, libc::IPC_RMID, std::ptr::null_mut()),
            IpcKind::Semaphores => libc::semctl(id, 0, libc::IPC_RMID),
            IpcKind::Messages => libc::msgctl(id, libc::IPC_RMID, std::ptr::null_mut()),
        }
    };
    let error = io::Error::last_os_error();
    match (answer, error.raw_os_error()) {
        (0, _) | (_, Some(libc::EINVAL | libc::EIDRM)) => Ok(()),
        _ => Err(SysError::kernel(
            format!("remove IPC object {id} of {}", kind.file()),
            error,
        )),
    }
}
