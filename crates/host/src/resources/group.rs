//! The group of all units' users, by which sshd tells them from people.

use std::fmt;

use super::{Presence, Setting};
use crate::{
    facts::accounts,
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Command, Host, Share, must},
};

pub(super) struct Group {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
}

pub(super) enum GroupChange {
    Make,
    Remove,
}

impl fmt::Display for GroupChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Make => write!(f, "make group {}", paths::GROUP),
            Self::Remove => write!(f, "remove group {}", paths::GROUP),
        }
    }
}

impl Resource for Group {
    /// Whether it is there.
    type Observed = bool;
    type Change = GroupChange;

    fn name(&self) -> &'static str {
        "group"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<bool, Trouble> {
        let groups = accounts::local_groups(host)?;
        Ok(groups.iter().any(|group| group.name == paths::GROUP))
    }

    fn plan(&self, is_there: &bool) -> Result<Vec<GroupChange>, Refusal> {
        match (self.presence, is_there) {
            (Presence::Present, true) if !self.setting.recorded => Err(Refusal(format!(
                "the server has a group {} that is not ours; rename or remove it",
                paths::GROUP
            ))),
            (Presence::Present, false) => Ok(vec![GroupChange::Make]),
            (Presence::Absent, true) => Ok(vec![GroupChange::Remove]),
            (Presence::Present, true) | (Presence::Absent, false) => Ok(Vec::new()),
        }
    }

    fn apply(&self, host: &mut dyn Host, change: &GroupChange) -> Result<(), Trouble> {
        let argv: &[&str] = match change {
            GroupChange::Make => &["groupadd", "--system", paths::GROUP],
            GroupChange::Remove => &["groupdel", paths::GROUP],
        };
        change_accounts(host, argv)
    }
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
