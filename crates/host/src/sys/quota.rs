//! User quotas: whether a file system counts and limits what its users store, and the limits.
#![expect(unsafe_code, reason = "quotactl_fd(2) has no safe crate")]
// JUSTIFICATION: /proc/mounts shows mount options, not whether quotas are on, and setquota(8) is a
// package of its own that an allocation would have to wait for.

use std::{fs::File, io, os::fd::AsRawFd};

use super::{DiskLimits, DiskUse, Quota, QuotaFlags, Sys, SysError};

/// `QCMD(command, USRQUOTA)` of `linux/quota.h`. The kernel answers all of these for every file
/// system with quotas, XFS and others alike (`fs/quota/quota.c`).
const GET_USER_STATE: u32 = 0x5805 << 8;
const GET_USER_QUOTA: u32 = 0x0080_0007 << 8;
const SET_USER_QUOTA: u32 = 0x0080_0008 << 8;
/// `FS_QUOTA_UDQ_ACCT` and `FS_QUOTA_UDQ_ENFD` of `linux/dqblk_xfs.h`.
const ACCOUNTED: u16 = 1;
const ENFORCED: u16 = 2;
/// More than the size of any structure that is answered.
const ANSWER_SIZE: usize = 256;
/// What space is limited in (`QIF_DQBLKSIZE`); its use is counted in bytes.
const BLOCK: u64 = 1024;
/// `QIF_LIMITS`: space and files.
const BOTH_LIMITS: u64 = 1 | 4;

/// A structure of the kernel's, as eight-byte words.
#[repr(C, align(8))]
struct Answer([u64; ANSWER_SIZE / 8]);

/// Words of `struct if_dqblk`.
const SPACE_HARD: usize = 0;
const SPACE_SOFT: usize = 1;
const SPACE_USED: usize = 2;
const FILES_HARD: usize = 3;
const FILES_SOFT: usize = 4;
const FILES_USED: usize = 5;
const VALID: usize = 8;

/// The user quotas of the file system that this path is on; `None` when there are none.
pub(super) fn of_users(path: &str) -> Sys<Option<QuotaFlags>> {
    let answer = call(path, GET_USER_STATE, 0, Answer([0; ANSWER_SIZE / 8]));
    let answer = answer.map_err(|error| SysError::file("ask for the quotas of", path, error))?;
    Ok(answer.map(|answer| {
        // struct fs_quota_stat: i8 version, u16 flags.
        let bytes = answer.0[0].to_ne_bytes();
        let flags = u16::from_ne_bytes([bytes[2], bytes[3]]);
        QuotaFlags {
            accounted: flags & ACCOUNTED != 0,
            enforced: flags & ENFORCED != 0,
        }
    }))
}

/// What a user stores there and may; `None` when it is not counted.
pub(super) fn of_user(path: &str, uid: u32) -> Sys<Option<Quota>> {
    let answer = call(path, GET_USER_QUOTA, uid, Answer([0; ANSWER_SIZE / 8]));
    let answer =
        answer.map_err(|error| SysError::file("ask for the quota of a user of", path, error))?;
    let limit = |words: u64| (words != 0).then_some(words);
    Ok(answer.map(|Answer(words)| Quota {
        limits: DiskLimits {
            bytes: limit(words[SPACE_HARD]).map(|blocks| blocks.saturating_mul(BLOCK)),
            inodes: limit(words[FILES_HARD]),
        },
        used: DiskUse {
            bytes: words[SPACE_USED],
            inodes: words[FILES_USED],
        },
    }))
}

/// Limits what a user stores there.
pub(super) fn limit(path: &str, uid: u32, limits: DiskLimits) -> Sys<()> {
    let mut words = [0; ANSWER_SIZE / 8];
    // At the soft limits, which are the same, a grace period would begin; there is none below.
    words[SPACE_HARD] = limits.bytes.map_or(0, |bytes| (bytes / BLOCK).max(1));
    words[SPACE_SOFT] = 0;
    words[FILES_HARD] = limits.inodes.map_or(0, |inodes| inodes.max(1));
    words[FILES_SOFT] = 0;
    words[VALID] = BOTH_LIMITS;
    let failed = |error| SysError::file("limit a user of", path, error);
    match call(path, SET_USER_QUOTA, uid, Answer(words)).map_err(failed)? {
        Some(_) => Ok(()),
        None => Err(failed(io::ErrorKind::Unsupported.into())),
    }
}

/// One command of `quotactl_fd(2)`, which writes its answer over what it was given; `None` where the
/// file system has no user quotas or has them off.
#[expect(clippy::disallowed_methods, reason = "this is the door to quotas")]
fn call(path: &str, command: u32, uid: u32, mut answer: Answer) -> io::Result<Option<Answer>> {
    let file = File::open(path)?;
    // SAFETY: the handle is open; the structure is aligned and larger than any that these commands
    // read or write, and lives over the call.
    let code = unsafe {
        libc::syscall(
            libc::SYS_quotactl_fd,
            file.as_raw_fd(),
            command,
            uid,
            answer.0.as_mut_ptr(),
        )
    };
    if code == 0 {
        return Ok(Some(answer));
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        Some(libc::ENOSYS | libc::ESRCH | libc::EOPNOTSUPP | libc::EINVAL | libc::ENODEV) => {
            Ok(None)
        }
        // XFS knows nothing of a user who stores nothing and has no limits.
        Some(libc::ENOENT) if command == GET_USER_QUOTA => Ok(Some(answer)),
        _ => Err(error),
    }
}
