//! Users and groups: passwd(5), group(5), shadow(5), subuid(5).

use std::collections::BTreeMap;

use kloigos_model::host::{Account, IdRange};

use super::printed;
use crate::{
    fault::Trouble,
    sys::{Host, Sys, read_text},
};

/// A line of `/etc/passwd`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Login name.
    pub name: String,
    /// Number.
    pub uid: u32,
    /// Number of the primary group.
    pub gid: u32,
    /// Comment.
    pub gecos: String,
    /// Home directory.
    pub home: String,
    /// Login shell.
    pub shell: String,
}

/// A line of `/etc/group`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Name.
    pub name: String,
    /// Number.
    pub gid: u32,
    /// Users that have it beside their primary one.
    pub members: Vec<String>,
}

/// The users of a passwd(5) text; lines that are none are passed over.
pub fn users(text: &str) -> Vec<User> {
    text.lines().filter_map(user).collect()
}

fn user(line: &str) -> Option<User> {
    let fields: Vec<&str> = line.split(':').collect();
    let [name, _, uid, gid, gecos, home, shell] = fields[..] else {
        return None;
    };
    Some(User {
        name: named(name)?,
        uid: uid.parse().ok()?,
        gid: gid.parse().ok()?,
        gecos: gecos.to_owned(),
        home: home.to_owned(),
        shell: shell.to_owned(),
    })
}

/// The groups of a group(5) text.
pub fn groups(text: &str) -> Vec<Group> {
    text.lines().filter_map(group).collect()
}

fn group(line: &str) -> Option<Group> {
    let fields: Vec<&str> = line.split(':').collect();
    let [name, _, gid, members] = fields[..] else {
        return None;
    };
    let members = members.split(',').filter(|member| !member.is_empty());
    Some(Group {
        name: named(name)?,
        gid: gid.parse().ok()?,
        members: members.map(str::to_owned).collect(),
    })
}

fn named(name: &str) -> Option<String> {
    (!name.is_empty()).then(|| name.to_owned())
}

/// A line of `/etc/shadow`, whose fields may be empty (shadow(5)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadow {
    /// The password as it is kept.
    pub password: String,
    /// The day of its last change; `0` asks for a new one at the next login.
    last_change: String,
    /// After how many days it must be changed.
    max_days: String,
    /// The day from which on the account is not let in.
    expires: String,
}

impl Shadow {
    /// Whether the account is let in for ever, as far as its age goes: `pam_unix(8)` asks for it
    /// though nobody logs in with the password. Some ten thousand days count as ever, since they
    /// are what login.defs(5) has where it asks for nothing.
    pub fn never_ages(&self) -> bool {
        const EVER: i64 = 10_000;
        let days = self.max_days.parse::<i64>();
        let changes_never =
            self.max_days.is_empty() || days.is_ok_and(|days| !(0..EVER).contains(&days));
        self.expires.is_empty() && self.last_change != "0" && changes_never
    }
}

/// A user's line of a shadow(5) text.
pub fn shadow_of(text: &str, user: &str) -> Option<Shadow> {
    let lines = text.lines().map(|line| line.split(':').collect::<Vec<_>>());
    lines.into_iter().find_map(|fields| {
        let [
            name,
            password,
            last_change,
            _min,
            max_days,
            _warn,
            _inactive,
            expires,
            ..,
        ] = fields[..]
        else {
            return None;
        };
        (name == user).then(|| Shadow {
            password: password.to_owned(),
            last_change: last_change.to_owned(),
            max_days: max_days.to_owned(),
            expires: expires.to_owned(),
        })
    })
}

/// The ranges of a subuid(5) text.
pub fn subordinate_ranges(text: &str) -> Vec<IdRange> {
    text.lines().filter_map(subordinate_range).collect()
}

/// Those of one user, by name.
pub fn subordinate_ranges_of(text: &str, user: &str) -> Vec<IdRange> {
    let its = |line: &&str| line.split(':').next() == Some(user);
    text.lines()
        .filter(its)
        .filter_map(subordinate_range)
        .collect()
}

fn subordinate_range(line: &str) -> Option<IdRange> {
    let mut fields = line.split(':').skip(1);
    let first = fields.next()?.parse().ok()?;
    let count = fields.next()?.trim().parse().ok()?;
    Some(IdRange { first, count })
}

/// `/etc/passwd` as it is now.
pub fn local_users(host: &mut dyn Host) -> Sys<Vec<User>> {
    Ok(users(&read_text(host, "/etc/passwd")?.unwrap_or_default()))
}

/// `/etc/group` as it is now.
pub fn local_groups(host: &mut dyn Host) -> Sys<Vec<Group>> {
    Ok(groups(&read_text(host, "/etc/group")?.unwrap_or_default()))
}

type Listed = (Vec<Account>, Vec<Account>, Vec<IdRange>);

/// The users of the local files, and all that the system's name services list.
pub(super) fn known_users(host: &mut dyn Host) -> Result<Vec<User>, Trouble> {
    let mut known = local_users(host)?;
    known.extend(users(
        &printed(host, &["getent", "passwd"])?.unwrap_or_default(),
    ));
    Ok(known)
}

/// All of them, each name once.
pub(super) fn listed(host: &mut dyn Host) -> Result<Listed, Trouble> {
    let people = known_users(host)?.into_iter();
    let people = people.map(|user| (user.name, user.uid));
    let mut known = local_groups(host)?;
    known.extend(groups(
        &printed(host, &["getent", "group"])?.unwrap_or_default(),
    ));
    let circles = known.into_iter().map(|group| (group.name, group.gid));
    let subordinate = read_text(host, "/etc/subuid")?.unwrap_or_default();
    Ok((
        once(people),
        once(circles),
        subordinate_ranges(&subordinate),
    ))
}

fn once(named: impl Iterator<Item = (String, u32)>) -> Vec<Account> {
    let named: BTreeMap<String, u32> = named.collect();
    let accounts = named.into_iter().map(|(name, id)| Account { name, id });
    accounts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_groups_are_read() {
        let root = &users("root:x:0:0:root:/root:/bin/bash\n")[0];
        assert_eq!(
            (root.name.as_str(), root.uid, root.shell.as_str()),
            ("root", 0, "/bin/bash")
        );
        let group = &groups("kunits:x:990:u0-1,u2-3\n")[0];
        assert_eq!((group.gid, group.members.len()), (990, 2));
        let shadow = shadow_of("root:!:1::::::\nu0-1:*:1::::::\n", "u0-1");
        assert_eq!(shadow.expect("a line").password, "*");
        let range = subordinate_ranges("admin:100000:65536\n")[0];
        assert_eq!((range.first, range.count), (100_000, 65_536));
        let two = "admin:100000:65536\nu0-1:200000:10\n";
        assert_eq!(subordinate_ranges_of(two, "u0-1")[0].first, 200_000);
    }

    #[test]
    fn an_account_whose_password_ages_is_one_that_locks_its_user_out() {
        let never_ages = |age: &str| {
            let shadow = shadow_of(&format!("u0-1:*:{age}\n"), "u0-1");
            shadow.expect("a line").never_ages()
        };
        for age in [
            "20000:0:99999:7:::",
            "20000:0::7:::",
            "::::::",
            "20000:0:-1:7:::",
        ] {
            assert!(never_ages(age), "{age}");
        }
        for age in ["20000:0:60:7:::", "0:0:99999:7:::", "20000:0:99999:7::1:"] {
            assert!(!never_ages(age), "{age}");
        }
    }

    #[test]
    fn hostile_lines_are_passed_over() {
        for text in [
            "",
            ":",
            "::::::",
            "a:b",
            "a:x:-1:0:::",
            "a:x:99999999999:0:::",
            "+::::::",
        ] {
            assert!(users(text).is_empty(), "{text:?}");
            assert!(groups(text).is_empty(), "{text:?}");
        }
        assert!(shadow_of("u0-1", "u0-1").is_none());
        assert!(subordinate_ranges("x\nx:1\nx:a:b\n").is_empty());
    }
}
