//! A unit's Unix user and its own group of the same name and number, made by the system's own
//! tools. It has no subordinate ids: a process under one would have another uid, which filter,
//! rules and quotas do not know.

use std::fmt;

use kloigos_model::host::{IdRange, UnitSpec};

use super::{
    Presence, Setting,
    group::{change_accounts, forget_leftovers, leftovers_naming},
};
use crate::{
    facts::{
        accounts::{self, Group, Shadow, User},
        printed,
    },
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Host, read_text},
};

/// What the comment of a unit's user says.
const GECOS: &str = "Kloigos compute unit";
/// No password at all; `!` would be a locked account, which sshd without PAM refuses.
const NO_PASSWORD: &str = "*";
/// What chage(1) is told so that an account is let in for ever.
const NEVER: &[&str] = &["--lastday", "-1", "--maxdays", "-1", "--expiredate", "-1"];

pub(super) struct Account {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
    pub(super) unit: UnitSpec,
}

pub(super) struct Seen {
    /// The lines with its name or its number.
    users: Vec<User>,
    groups: Vec<Group>,
    /// The groups that it is a member of, beside its own.
    memberships: Vec<String>,
    shadow: Option<Shadow>,
    bash: bool,
    /// What the name services say of name and number beside the local files, while it is not made.
    elsewhere: Option<String>,
    subordinate: Vec<IdRange>,
    /// Whether a shadow or a backup names it.
    remembered: bool,
}

pub(super) enum AccountChange {
    MakeGroup,
    MakeUser {
        shell: &'static str,
    },
    Mend {
        shell: &'static str,
    },
    /// Nobody is to be locked out by the age of a password that there is not.
    NeverAge,
    RemoveUser,
    RemoveGroup,
    Forget,
}

impl Resource for Account {
    type Observed = Seen;
    type Change = Described;

    fn name(&self) -> &'static str {
        "account"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let name = self.unit.user.as_str();
        let all = accounts::local_groups(host)?;
        let mut users = accounts::local_users(host)?;
        users.retain(|user| user.name == name || user.uid == self.unit.uid);
        let has = |group: &&Group| group.members.iter().any(|member| member == name);
        let memberships = all.iter().filter(has).map(|group| group.name.clone());
        let memberships = memberships.collect();
        let groups = all.into_iter();
        let groups = groups.filter(|group| group.name == name || group.gid == self.unit.uid);
        let shadow = read_text(host, "/etc/shadow")?.unwrap_or_default();
        let is_made = !users.is_empty();
        let making = self.presence == Presence::Present && !is_made;
        Ok(Seen {
            groups: groups.collect(),
            memberships,
            shadow: accounts::shadow_of(&shadow, name),
            bash: host.stat("/bin/bash")?.is_some(),
            elsewhere: if making { self.elsewhere(host)? } else { None },
            subordinate: if making {
                subordinate(host)?
            } else {
                Vec::new()
            },
            remembered: self.presence == Presence::Absent
                && !leftovers_naming(host, name)?.is_empty(),
            users,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<Described>, Refusal> {
        let changes = match self.presence {
            Presence::Present => self.present(have)?,
            Presence::Absent => self.absent(have),
        };
        let described = changes.into_iter().map(|change| self.described(change));
        Ok(described.collect())
    }

    fn apply(&self, host: &mut dyn Host, change: &Described) -> Result<(), Trouble> {
        let (name, uid) = (self.unit.user.as_str(), self.unit.uid.to_string());
        match &change.change {
            AccountChange::MakeGroup => change_accounts(host, &["groupadd", "--gid", &uid, name]),
            AccountChange::MakeUser { shell } => self.make_user(host, shell),
            AccountChange::Mend { shell } => {
                let home = self.home();
                let argv = [
                    "usermod",
                    "--gid",
                    &uid,
                    "--comment",
                    GECOS,
                    "--home",
                    &home,
                    "--shell",
                    shell,
                    "--groups",
                    paths::GROUP,
                    "--password",
                    NO_PASSWORD,
                    name,
                ];
                change_accounts(host, &argv)
            }
            AccountChange::NeverAge => {
                change_accounts(host, &[&["chage"], NEVER, &[name]].concat())
            }
            AccountChange::RemoveUser => change_accounts(host, &["userdel", name]),
            AccountChange::RemoveGroup => self.remove_group(host),
            AccountChange::Forget => forget_leftovers(host, name),
        }
    }
}

impl Account {
    fn home(&self) -> String {
        format!("/home/{}", self.unit.user)
    }

    fn present(&self, have: &Seen) -> Result<Vec<AccountChange>, Refusal> {
        self.check(have)?;
        let mut changes = Vec::new();
        if have.groups.is_empty() {
            changes.push(AccountChange::MakeGroup);
        }
        let shell = if have.bash { "/bin/bash" } else { "/bin/sh" };
        match have.users.first() {
            None => changes.push(AccountChange::MakeUser { shell }),
            Some(user) if !self.is_as_made(user, have, shell) => {
                changes.push(AccountChange::Mend { shell });
            }
            Some(_) => {}
        }
        if have
            .shadow
            .as_ref()
            .is_some_and(|shadow| !shadow.never_ages())
        {
            changes.push(AccountChange::NeverAge);
        }
        Ok(changes)
    }

    /// Refuses when name or number is somebody else's.
    fn check(&self, have: &Seen) -> Result<(), Refusal> {
        let (name, uid) = (self.unit.user.as_str(), self.unit.uid);
        let taken = |what: &str, by: String| {
            Err(Refusal(format!(
                "{what} {name} ({uid}) cannot be made: {by}; use another uid or remove it"
            )))
        };
        let strange = |user: &&User| user.name != name || user.uid != uid || !self.setting.recorded;
        if let Some(user) = have.users.iter().find(strange) {
            return taken(
                "user",
                format!("the server has a user {} ({})", user.name, user.uid),
            );
        }
        let strange =
            |group: &&Group| group.name != name || group.gid != uid || !self.setting.recorded;
        if let Some(group) = have.groups.iter().find(strange) {
            return taken(
                "group",
                format!("the server has a group {} ({})", group.name, group.gid),
            );
        }
        if let Some(line) = &have.elsewhere {
            return taken("user", format!("the server's name services know {line}"));
        }
        let inside = |range: &&IdRange| range.first <= uid && uid - range.first < range.count;
        if let Some(range) = have.subordinate.iter().find(inside) {
            return taken(
                "user",
                format!(
                    "/etc/subuid gives away {} ids from {}",
                    range.count, range.first
                ),
            );
        }
        Ok(())
    }

    fn is_as_made(&self, user: &User, have: &Seen, shell: &str) -> bool {
        user.gid == self.unit.uid
            && user.gecos == GECOS
            && user.home == self.home()
            && user.shell == shell
            // In another group somebody gave its last tenant rights that the next must not have.
            && have.memberships == [paths::GROUP]
            && have.shadow.as_ref().is_some_and(|shadow| shadow.password == NO_PASSWORD)
    }

    fn absent(&self, have: &Seen) -> Vec<AccountChange> {
        let name = self.unit.user.as_str();
        let mut changes = Vec::new();
        if have
            .users
            .iter()
            .any(|user| user.name == name && user.uid == self.unit.uid)
        {
            changes.push(AccountChange::RemoveUser);
        }
        if have
            .groups
            .iter()
            .any(|group| group.name == name && group.gid == self.unit.uid)
        {
            changes.push(AccountChange::RemoveGroup);
        }
        // The removal itself leaves it in the backups.
        if have.remembered || !changes.is_empty() {
            changes.push(AccountChange::Forget);
        }
        changes
    }

    fn make_user(&self, host: &mut dyn Host, shell: &str) -> Result<(), Trouble> {
        let (uid, home) = (self.unit.uid.to_string(), self.home());
        let argv = [
            "useradd",
            "--uid",
            &uid,
            "--gid",
            &uid,
            "--groups",
            paths::GROUP,
            "--comment",
            GECOS,
            "--home-dir",
            &home,
            "--no-create-home",
            "--no-log-init",
            "--shell",
            shell,
            "--password",
            NO_PASSWORD,
            "--expiredate",
            "",
            "-K",
            "PASS_MAX_DAYS=-1",
            "-K",
            "SUB_UID_COUNT=0",
            "-K",
            "SUB_GID_COUNT=0",
            self.unit.user.as_str(),
        ];
        change_accounts(host, &argv)
    }

    /// What getent(1) finds by name or number, in user and group databases; asked only while
    /// neither is in the local files.
    fn elsewhere(&self, host: &mut dyn Host) -> Result<Option<String>, Trouble> {
        let uid = self.unit.uid.to_string();
        for database in ["passwd", "group"] {
            let found = printed(host, &["getent", database, self.unit.user.as_str(), &uid])?;
            let ours = format!("{}:", self.unit.user);
            let found = found.unwrap_or_default();
            // The group is made before the user, so a repeat finds it.
            let strange = found.lines().find(|line| {
                database == "passwd" || !line.starts_with(&ours) || !self.setting.recorded
            });
            if let Some(line) = strange {
                return Ok(Some(line.to_owned()));
            }
        }
        Ok(None)
    }

    /// userdel(8) takes the group along where `USERGROUPS_ENAB` of login.defs(5) says so.
    fn remove_group(&self, host: &mut dyn Host) -> Result<(), Trouble> {
        let name = self.unit.user.as_str();
        let left = accounts::local_groups(host)?;
        if left.iter().any(|group| group.name == name) {
            change_accounts(host, &["groupdel", name])?;
        }
        Ok(())
    }

    fn described(&self, change: AccountChange) -> Described {
        let (user, uid) = (&self.unit.user, self.unit.uid);
        let text = match &change {
            AccountChange::MakeGroup => format!("make group {user} ({uid})"),
            AccountChange::MakeUser { .. } => format!("make user {user} ({uid})"),
            AccountChange::Mend { .. } => format!("mend user {user} ({uid})"),
            AccountChange::NeverAge => format!("let user {user} ({uid}) never expire"),
            AccountChange::RemoveUser => format!("remove user {user} ({uid})"),
            AccountChange::RemoveGroup => format!("remove group {user} ({uid})"),
            AccountChange::Forget => format!("forget {user} in shadows and backups under /etc"),
        };
        Described { change, text }
    }
}

/// A change and its words.
pub(super) struct Described {
    change: AccountChange,
    text: String,
}

impl fmt::Display for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn subordinate(host: &mut dyn Host) -> Result<Vec<IdRange>, Trouble> {
    let text = read_text(host, "/etc/subuid")?.unwrap_or_default();
    Ok(accounts::subordinate_ranges(&text))
}
