//! The group of all units' users, by which sshd tells them from people.

use std::fmt;

use super::{Presence, Setting};
use crate::{
    facts::accounts,
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Command, Host, Lock, Share, Sys, must, read_text},
};

pub(super) struct Group {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
}

pub(super) struct Seen {
    is_there: bool,
    /// Whether a shadow or a backup names it.
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
            Self::Forget => write!(
                f,
                "forget {} in shadows and backups under /etc",
                paths::GROUP
            ),
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
            remembered: !leftovers_naming(host, paths::GROUP)?.is_empty(),
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
            GroupChange::Forget => forget_leftovers(host, paths::GROUP),
        }
    }
}

/// Files that may still name a user or group that is gone: the shadows, where a line is left when
/// somebody took the one it belongs to away by hand, and what shadow-utils keep of the state before
/// their last change.
const LEFTOVERS: [&str; 6] = [
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/passwd-",
    "/etc/group-",
    "/etc/shadow-",
    "/etc/gshadow-",
];

/// Those that name this user or group.
pub(super) fn leftovers_naming(host: &mut dyn Host, name: &str) -> Sys<Vec<&'static str>> {
    let mut naming = Vec::new();
    for path in LEFTOVERS {
        let text = read_text(host, path)?.unwrap_or_default();
        if text.lines().any(|there| is_of(there, name)) {
            naming.push(path);
        }
    }
    Ok(naming)
}

/// Takes the lines of a user or group that is gone out of the shadows, and makes the backups that
/// name it equal to the files they are of.
pub(super) fn forget_leftovers(host: &mut dyn Host, name: &str) -> Result<(), Trouble> {
    let _turn = take_turn(host)?;
    for path in leftovers_naming(host, name)? {
        let source = path.trim_end_matches('-');
        let text = read_text(host, source)?.unwrap_or_default();
        let lines = text.lines().filter(|line| !is_of(line, name));
        let body = lines.fold(String::new(), |body, line| body + line + "\n");
        if let Some(stat) = host.stat(path)? {
            host.write(path, body.as_bytes(), stat.access)?;
        }
    }
    Ok(())
}

fn is_of(line: &str, name: &str) -> bool {
    line.split(':').next() == Some(name)
}

/// Runs a program of shadow-utils. Two at once fail instead of waiting for each other (they give
/// up on `/etc/passwd.lock`), so ours take turns.
pub(super) fn change_accounts(host: &mut dyn Host, argv: &[&str]) -> Result<(), Trouble> {
    let _turn = take_turn(host)?;
    must(host, &Command::new(argv.iter().copied()))?;
    Ok(())
}

fn take_turn(host: &mut dyn Host) -> Sys<Lock> {
    host.lock(
        &format!("{}/accounts.lock", paths::RUN_DIR),
        Share::Exclusive,
    )
}
