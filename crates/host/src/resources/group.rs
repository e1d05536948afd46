//! The group of all units' users, by which sshd tells them from people.

use std::fmt;

use super::{Presence, Setting};
use crate::{
    facts::accounts,
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Command, Host, Share, Sys, must, read_text},
};

pub(super) struct Group {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
}

pub(super) struct Seen {
    is_there: bool,
    /// Whether a backup names it.
    remembered: bool,
}

pub(super) enum GroupChange {
    Make,
    Remove,
    Forget,
}

impl fmt::Display for GroupChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Make => write!(f, "make group {}", paths::GROUP),
            Self::Remove => write!(f, "remove group {}", paths::GROUP),
            Self::Forget => write!(f, "forget {} in the backups under /etc", paths::GROUP),
        }
    }
}

impl Resource for Group {
    type Observed = Seen;
    type Change = GroupChange;

    fn name(&self) -> &'static str {
        "group"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let groups = accounts::local_groups(host)?;
        Ok(Seen {
            is_there: groups.iter().any(|group| group.name == paths::GROUP),
            remembered: !backups_naming(host, paths::GROUP)?.is_empty(),
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<GroupChange>, Refusal> {
        match (self.presence, have.is_there) {
            (Presence::Present, true) if !self.setting.recorded => Err(Refusal(format!(
                "the server has a group {} that is not ours; rename or remove it",
                paths::GROUP
            ))),
            (Presence::Present, false) => Ok(vec![GroupChange::Make]),
            // The removal itself leaves it in a backup.
            (Presence::Absent, true) => Ok(vec![GroupChange::Remove, GroupChange::Forget]),
            (Presence::Absent, false) if have.remembered => Ok(vec![GroupChange::Forget]),
            (Presence::Present, true) | (Presence::Absent, false) => Ok(Vec::new()),
        }
    }

    fn apply(&self, host: &mut dyn Host, change: &GroupChange) -> Result<(), Trouble> {
        match change {
            GroupChange::Make => change_accounts(host, &["groupadd", "--system", paths::GROUP]),
            GroupChange::Remove => change_accounts(host, &["groupdel", paths::GROUP]),
            GroupChange::Forget => forget_in_backups(host, paths::GROUP),
        }
    }
}

/// Where shadow-utils keep the state before their last change.
const BACKUPS: [&str; 4] = [
    "/etc/passwd-",
    "/etc/group-",
    "/etc/shadow-",
    "/etc/gshadow-",
];

/// The backups that name this user or group.
pub(super) fn backups_naming(host: &mut dyn Host, name: &str) -> Sys<Vec<&'static str>> {
    let line = format!("{name}:");
    let mut naming = Vec::new();
    for path in BACKUPS {
        let text = read_text(host, path)?.unwrap_or_default();
        if text.lines().any(|there| there.starts_with(&line)) {
            naming.push(path);
        }
    }
    Ok(naming)
}

/// Makes the backups that name this user or group equal to the files they are of, which no longer
/// do.
pub(super) fn forget_in_backups(host: &mut dyn Host, name: &str) -> Result<(), Trouble> {
    for backup in backups_naming(host, name)? {
        let current = host.read(backup.trim_end_matches('-'))?;
        if let (Some(stat), Some(body)) = (host.stat(backup)?, current) {
            host.write(backup, &body, stat.access)?;
        }
    }
    Ok(())
}

/// Runs a program of shadow-utils. Two at once fail instead of waiting for each other (they give
/// up on `/etc/passwd.lock`), so ours take turns.
pub(super) fn change_accounts(host: &mut dyn Host, argv: &[&str]) -> Result<(), Trouble> {
    let _turn = host.lock(
        &format!("{}/accounts.lock", paths::RUN_DIR),
        Share::Exclusive,
    )?;
    must(host, &Command::new(argv.iter().copied()))?;
    Ok(())
}
