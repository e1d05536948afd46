//! A unit's directories: home, `/opt/DIR`, `/mnt/DIR`. Each is the user's own and closed to others;
//! home comes with what `/etc/skel` has, as useradd(8) would make it.

use std::fmt;

use kloigos_model::host::UnitSpec;

use super::{Presence, Setting};
use crate::{
    fault::{Refusal, Trouble},
    resource::Resource,
    sys::{Access, Host, Kind, Moved, Stat},
};

const SKELETON: &str = "/etc/skel";

pub(super) struct Directories {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
    pub(super) unit: UnitSpec,
}

/// What is at a path, and whether a home that was being made is beside it.
pub(super) struct Seen {
    stat: Option<Stat>,
    unfinished: bool,
}

pub(super) enum DirectoryChange {
    Make(String),
    Give(String),
    Remove(String),
}

impl fmt::Display for DirectoryChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Make(path) => write!(f, "make {path}"),
            Self::Give(path) => write!(f, "give {path} to the unit's user alone"),
            Self::Remove(path) => write!(f, "remove {path}"),
        }
    }
}

/// The unit's directories, home first, and last the one that a volume is mounted on.
pub(super) fn paths(unit: &UnitSpec) -> [String; 3] {
    [
        format!("/home/{}", unit.user),
        format!("/opt/{}", unit.dir),
        format!("/mnt/{}", unit.dir),
    ]
}

impl Resource for Directories {
    type Observed = Vec<Seen>;
    type Change = DirectoryChange;

    fn name(&self) -> &'static str {
        "directories"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Vec<Seen>, Trouble> {
        let mut seen = Vec::new();
        for path in self.paths() {
            seen.push(Seen {
                stat: host.stat(&path)?,
                unfinished: host.stat(&unfinished(&path))?.is_some(),
            });
        }
        Ok(seen)
    }

    fn plan(&self, have: &Vec<Seen>) -> Result<Vec<DirectoryChange>, Refusal> {
        let mut changes = Vec::new();
        for (path, seen) in self.paths().zip(have) {
            match self.presence {
                Presence::Present => changes.extend(self.present(path, seen)?),
                Presence::Absent if seen.unfinished || self.is_ours(seen.stat) => {
                    changes.push(DirectoryChange::Remove(path));
                }
                Presence::Absent => {}
            }
        }
        Ok(changes)
    }

    fn apply(&self, host: &mut dyn Host, change: &DirectoryChange) -> Result<(), Trouble> {
        match change {
            DirectoryChange::Make(path) => self.make(host, path),
            DirectoryChange::Give(path) => Ok(host.make_dir(path, self.own())?),
            DirectoryChange::Remove(path) => {
                host.remove_tree(&unfinished(path))?;
                Ok(host.remove_tree(path)?)
            }
        }
    }
}

impl Directories {
    /// Those that are no volume.
    fn paths(&self) -> impl Iterator<Item = String> {
        let count = if self.unit.volume.is_some() { 2 } else { 3 };
        paths(&self.unit).into_iter().take(count)
    }

    fn own(&self) -> Access {
        Access::own(0o700, self.unit.uid)
    }

    fn is_ours(&self, stat: Option<Stat>) -> bool {
        stat.is_some_and(|stat| self.setting.recorded || stat.access.uid == self.unit.uid)
    }

    fn present(&self, path: String, seen: &Seen) -> Result<Option<DirectoryChange>, Refusal> {
        let Some(stat) = seen.stat else {
            return Ok(Some(DirectoryChange::Make(path)));
        };
        if stat.kind != Kind::Directory || !self.is_ours(seen.stat) {
            return Err(Refusal(format!(
                "{path} is there already and is not the unit's; move it away"
            )));
        }
        // A tenant may open the unit's directories to others; a free unit's are closed.
        let owned = (stat.access.uid, stat.access.gid) == (self.unit.uid, self.unit.uid);
        let sound = owned && (self.unit.tenant.is_some() || stat.access == self.own());
        Ok((!sound).then_some(DirectoryChange::Give(path)))
    }

    /// Made beside its place and moved there whole, so that a home is never half furnished.
    fn make(&self, host: &mut dyn Host, path: &str) -> Result<(), Trouble> {
        let new = unfinished(path);
        host.remove_tree(&new)?;
        host.make_dir(&new, Access::root(0o700))?;
        if path.starts_with("/home/") {
            self.furnish(host, &new)?;
        }
        host.make_dir(&new, self.own())?;
        match host.rename(&new, path)? {
            Moved::Yes => Ok(()),
            Moved::AnotherFileSystem => Err(Trouble::text(path, "something is mounted there")),
        }
    }

    fn furnish(&self, host: &mut dyn Host, home: &str) -> Result<(), Trouble> {
        for name in host.list(SKELETON)?.unwrap_or_default() {
            let from = format!("{SKELETON}/{name}");
            let file = host.stat(&from)?.filter(|stat| stat.kind == Kind::File);
            if let (Some(stat), Some(body)) = (file, host.read(&from)?) {
                let access = Access::own(stat.access.mode & 0o777, self.unit.uid);
                host.write(&format!("{home}/{name}"), &body, access)?;
            }
        }
        Ok(())
    }
}

/// Where a directory is made before it is moved to its place.
fn unfinished(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((parent, name)) => format!("{parent}/.{name}.kloigos-new"),
        None => format!(".{path}.kloigos-new"),
    }
}
