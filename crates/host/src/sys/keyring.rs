//! Forgetting what a user keeps in the kernel's key store (keyrings(7)).
#![expect(unsafe_code, reason = "keyctl(2) has no safe crate")]
// JUSTIFICATION: user keyrings outlive every process and every login of their user, for ever
// (measured on Linux 6.12), and root may not touch them: root cannot even see them in /proc/keys.
// Their user can.

use super::{Sys, child, files};

/// Takes away a user's keyrings and, with them, all keys in them.
pub(super) fn forget(uid: u32) -> Sys<()> {
    child::run_as(uid, "forget the kernel keys of", || as_user(uid))
}

/// What cannot be taken away is found by the look at `/proc/key-users` that follows.
fn as_user(uid: u32) {
    // A session keyring of this child's own, which possesses the persistent keyring: its user may
    // only look at that one otherwise (persistent-keyring(7)).
    let session = call(libc::KEYCTL_JOIN_SESSION_KEYRING, 0, 0);
    call(
        libc::KEYCTL_GET_PERSISTENT,
        -1,
        i64::from(libc::KEY_SPEC_SESSION_KEYRING),
    );
    let listed = files::read("/proc/keys").ok().flatten().unwrap_or_default();
    let keys = keys_of(&String::from_utf8_lossy(&listed), uid);
    // Without its own it would possess nothing; that one ends with the child.
    for key in keys.into_iter().filter(|key| i64::from(*key) != session) {
        call(libc::KEYCTL_INVALIDATE, i64::from(key), 0);
    }
}

/// The serial numbers of a user's keys, of a `proc_keys(5)` text:
/// `1fa59ec1 I--Q--- 3 perm 1f3f0000 71001 65534 keyring _uid.71001: 2`.
fn keys_of(listed: &str, uid: u32) -> Vec<i32> {
    let key = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let owner: u32 = fields.get(5)?.parse().ok()?;
        let serial = i32::from_str_radix(fields.first()?, 16).ok()?;
        (owner == uid).then_some(serial)
    };
    listed.lines().filter_map(key).collect()
}

fn call(operation: u32, first: i64, second: i64) -> i64 {
    // SAFETY: these operations take numbers; a null name for a session keyring asks for one
    // without a name.
    unsafe { libc::syscall(libc::SYS_keyctl, operation, first, second, 0, 0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_user_alone_are_listed() {
        let listed = "\
0a0561ad I--Q---     7 perm 3f030000 71001  1001 keyring   _ses: 1
1d732d6e I--Q---     4 perm 1f3f0000     0 65534 keyring   _uid.0: empty
garbage
0e6fa56e I------     2   3d 1f030000 71001 65534 keyring   _persistent.71001: empty\n";
        assert_eq!(keys_of(listed, 71001), [0x0a05_61ad, 0x0e6f_a56e]);
    }
}
