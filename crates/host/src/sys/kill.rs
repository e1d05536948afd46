//! Ending every process of a user at once.
#![expect(unsafe_code, reason = "kill(2) of -1 has no safe crate")]
// JUSTIFICATION: only a process that *is* the user can say kill(-1): the kernel then walks its
// process list once under a lock, so that a process that forks and exits without end cannot slip
// through, as it can between a scan of /proc and a kill.

use super::{Sys, child};

/// Sends SIGKILL to every process of a user.
pub(super) fn all_of(uid: u32) -> Sys<()> {
    child::run_as(uid, "kill the processes of", || {
        // SAFETY: a plain system call on numbers. ESRCH: there was none. It spares the caller.
        unsafe { libc::kill(-1, libc::SIGKILL) };
    })
}
