//! Ending every process of a user at once.
#![expect(
    unsafe_code,
    reason = "fork(2), setresuid(2) and kill(2) of -1 have no safe crate"
)]
// JUSTIFICATION: only a process that *is* the user can say kill(-1): the kernel then walks its
// process list once under a lock, so that a process that forks and exits without end cannot slip
// through, as it can between a scan of /proc and a kill.

use std::io;

use super::{Sys, SysError};

/// The lowest uid whose processes this will end; below are the system's own.
const LOWEST: u32 = 1000;

/// Sends SIGKILL to every process of a user.
pub(super) fn all_of(uid: u32) -> Sys<()> {
    let call = || format!("kill the processes of uid {uid}");
    if uid < LOWEST {
        return Err(SysError::kernel(call(), io::ErrorKind::PermissionDenied));
    }
    // SAFETY: this process has one thread, so the child may use everything the parent could.
    match unsafe { libc::fork() } {
        -1 => Err(SysError::kernel(call(), io::Error::last_os_error())),
        0 => become_and_kill(uid),
        child => wait(child).map_err(|error| SysError::kernel(call(), error)),
    }
}

/// The child's part: it becomes the user and kills everyone it may.
fn become_and_kill(uid: u32) -> ! {
    // SAFETY: plain system calls on numbers; setgroups reads no list when its length is 0. When
    // one fails the child ends before it could kill as root.
    unsafe {
        let became = libc::setgroups(0, std::ptr::null()) == 0
            && libc::setresgid(uid, uid, uid) == 0
            && libc::setresuid(uid, uid, uid) == 0
            && libc::getuid() == uid;
        if !became {
            libc::_exit(1);
        }
        // ESRCH: there was none. kill(2) spares the caller.
        libc::kill(-1, libc::SIGKILL);
        libc::_exit(0);
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
    // A child that was killed became the user: another kill(-1) of the same user met it.
    if libc::WIFSIGNALED(status) || libc::WEXITSTATUS(status) == 0 {
        Ok(())
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}
