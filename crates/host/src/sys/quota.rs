//! Whether a file system counts and limits what its users store.
#![expect(unsafe_code, reason = "quotactl_fd(2) has no safe crate")]
// JUSTIFICATION: /proc/mounts shows mount options, not whether quotas are on.

use std::{fs::File, io, os::fd::AsRawFd};

use super::{QuotaFlags, Sys, SysError};

/// `QCMD(Q_XGETQSTAT, USRQUOTA)` of `linux/quota.h` and `linux/dqblk_xfs.h`; the kernel answers it
/// for every file system with quotas, not XFS alone (`fs/quota/quota.c`).
const GET_USER_STATE: u32 = 0x5805 << 8;
/// `FS_QUOTA_UDQ_ACCT` and `FS_QUOTA_UDQ_ENFD` of `linux/dqblk_xfs.h`.
const ACCOUNTED: u16 = 1;
const ENFORCED: u16 = 2;
/// More than the size of `struct fs_quota_stat`.
const ANSWER_SIZE: usize = 256;

/// The user quotas of the file system mounted here; `None` when there are none.
#[expect(clippy::disallowed_methods, reason = "this is the door to quotas")]
pub(super) fn of_users(mount: &str) -> Sys<Option<QuotaFlags>> {
    let failed = |error| SysError::file("ask for the quotas of", mount, error);
    let dir = File::open(mount).map_err(failed)?;
    let mut answer = [0_u8; ANSWER_SIZE];
    // SAFETY: the handle is open, and the answer is larger than the structure that is written.
    let code = unsafe {
        libc::syscall(
            libc::SYS_quotactl_fd,
            dir.as_raw_fd(),
            GET_USER_STATE,
            0,
            answer.as_mut_ptr(),
        )
    };
    if code == 0 {
        // struct fs_quota_stat: i8 version, u16 flags.
        let flags = u16::from_ne_bytes([answer[2], answer[3]]);
        return Ok(Some(QuotaFlags {
            accounted: flags & ACCOUNTED != 0,
            enforced: flags & ENFORCED != 0,
        }));
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        Some(libc::ENOSYS | libc::ESRCH | libc::EOPNOTSUPP | libc::EINVAL | libc::ENODEV) => {
            Ok(None)
        }
        _ => Err(failed(error)),
    }
}
