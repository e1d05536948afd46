//! Where things of ours lie on a server. Every path is root's own; none is in a directory that a
//! unit may write to.

use kloigos_model::{host::ScopeName, names::UserName};

/// Versions of this binary, one directory each, named by digest.
pub const PROGRAM_DIR: &str = "/usr/local/lib/kloigos";
/// The path that PAM and the boot service run: a link to the version in use.
pub const PROGRAM: &str = "/usr/local/lib/kloigos/kloigos-host";
/// What should be on this server, kept over reboots.
pub const STATE_DIR: &str = "/var/lib/kloigos";
/// The units' part of it.
pub const UNITS_DIR: &str = "/var/lib/kloigos/units";
/// Where directories of a former tenant wait to be deleted.
pub const TRASH_DIR: &str = "/var/lib/kloigos/trash";
/// What is true of this boot only.
pub const RUN_DIR: &str = "/run/kloigos";
/// Which scopes were settled in this boot.
pub const SETTLED_DIR: &str = "/run/kloigos/settled";
/// Where the bind filter is pinned.
pub const FILTER: &str = "/sys/fs/bpf/kloigos";
/// The tenants' keys.
pub const KEYS_DIR: &str = "/etc/ssh/kloigos";
/// What units may read about themselves: `units/USER/` for each.
pub const ABOUT_DIR: &str = "/etc/kloigos";
/// Where a unit's own part of that is seen from within the unit.
pub const ABOUT_SELF: &str = "/etc/kloigos/self";
/// The units' own `/tmp` and `/var/tmp`, one directory each; nobody but root passes it.
pub const TMP_DIR: &str = "/var/lib/kloigos/tmp";
/// The units' own `/dev/shm`, one file system in memory each.
pub const SHM_DIR: &str = "/run/kloigos/shm";
/// The group of all units' users.
pub const GROUP: &str = "kunits";

/// The desired state of a scope.
pub fn record(scope: &ScopeName) -> String {
    match scope {
        ScopeName::Server => format!("{STATE_DIR}/server.json"),
        ScopeName::Unit(user) => format!("{UNITS_DIR}/{user}.json"),
    }
}

/// Which tenancy a unit is or was used by.
pub fn tenancy(user: &UserName) -> String {
    format!("{UNITS_DIR}/{user}.tenancy")
}

/// What a scope was settled as in this boot.
pub fn settled(scope: &ScopeName) -> String {
    format!("{SETTLED_DIR}/{scope}")
}

/// The lock of a scope.
pub fn lock(scope: &ScopeName) -> String {
    format!("{RUN_DIR}/{scope}.lock")
}

/// The keys that may log in to a unit.
pub fn keys(user: &UserName) -> String {
    format!("{KEYS_DIR}/{user}")
}

/// What a unit may read about itself: its CPUs, nodes, ports, limits and paths.
pub fn about(user: &UserName) -> String {
    format!("{ABOUT_DIR}/units/{user}")
}

/// A unit's slice.
pub fn slice(uid: u32) -> String {
    format!("user-{uid}.slice")
}

/// Whose slice this is, such as `user-1000.slice`.
pub fn user_of_slice(unit: &str) -> Option<u32> {
    unit.strip_prefix("user-")?
        .strip_suffix(".slice")?
        .parse()
        .ok()
}

/// The cgroup of a unit's slice.
pub fn cgroup(uid: u32) -> String {
    format!("/sys/fs/cgroup/user.slice/user-{uid}.slice")
}

/// The service that is a unit's user manager.
pub fn manager(uid: u32) -> String {
    format!("user@{uid}.service")
}
