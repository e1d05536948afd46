//! A child process that becomes a unit's user, does one thing and ends.
#![expect(
    unsafe_code,
    reason = "fork(2), setresuid(2) and waitpid(2) have no safe crate"
)]
// JUSTIFICATION: some calls are only the user's own to make: kill(2) of everyone it may kill, and
// what it possesses in the kernel's key store. Threads share their uid with nobody in the kernel,
// but in every libc, so it takes a process.

use std::io;

use super::{Sys, SysError};

/// The lowest uid that a child becomes; below are the system's own.
const LOWEST: u32 = 1000;

/// Runs `act` as a user, who may kill the child at any time: that it came to its end is not
/// promised by success. `what` names it in errors.
pub(super) fn run_as(uid: u32, what: &str, act: impl FnOnce()) -> Sys<()> {
    let call = || format!("{what} uid {uid}");
    if uid < LOWEST {
        return Err(SysError::kernel(call(), io::ErrorKind::PermissionDenied));
    }
    // SAFETY: this process has one thread, so the child may use everything the parent could.
    match unsafe { libc::fork() } {
        -1 => Err(SysError::kernel(call(), io::Error::last_os_error())),
        0 => {
            let became = become_user(uid);
            if became {
                act();
            }
            // SAFETY: nothing of the parent's, such as buffers, is written by a child.
            unsafe { libc::_exit(i32::from(!became)) }
        }
        child => wait(child).map_err(|error| SysError::kernel(call(), error)),
    }
}

fn become_user(uid: u32) -> bool {
    // SAFETY: plain system calls on numbers; setgroups reads no list when its length is 0. A
    // process that changed its uid is not dumpable, so its user cannot trace it (ptrace(2)).
    unsafe {
        libc::setgroups(0, std::ptr::null()) == 0
            && libc::setresgid(uid, uid, uid) == 0
            && libc::setresuid(uid, uid, uid) == 0
            && libc::getuid() == uid
    }
}

fn wait(child: libc::pid_t) -> io::Result<()> {
    let mut status = 0;
    loop {
        // SAFETY: `status` is a valid place for an int, and `child` is a child of this process.
        let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
        if waited == child {
            break;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    // A child that was killed became the user: a kill(-1) of the same user met it.
    if libc::WIFSIGNALED(status) || libc::WEXITSTATUS(status) == 0 {
        Ok(())
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}
