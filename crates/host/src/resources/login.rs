//! What sshd has in force for a unit's user, asked of sshd itself: a setting of others, such as
//! `AllowUsers` or a `Match` before ours, may keep the user out or past what confines it. There is
//! nothing to change here, for the configuration is not ours: it is refused, with what to do.

use std::{cell::OnceCell, convert::Infallible};

use kloigos_model::host::UnitSpec;

use super::{Look, Presence, Setting, pam::OWN_STACK_SINCE};
use crate::{
    facts::{self, accounts},
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{Command, Host, must},
};

/// What our `Match` says, as `sshd -T` repeats it, and what nobody should say for units.
const IN_FORCE: [(&str, &str); 9] = [
    ("authorizedkeysfile", "/etc/ssh/kloigos/%u"),
    ("authorizedkeyscommand", "none"),
    ("trustedusercakeys", "none"),
    ("authenticationmethods", "publickey"),
    ("pubkeyauthentication", "yes"),
    ("passwordauthentication", "no"),
    ("kbdinteractiveauthentication", "no"),
    ("forcecommand", "none"),
    ("chrootdirectory", "none"),
];

pub(super) struct Login {
    pub(super) presence: Presence,
    pub(super) setting: Setting,
    pub(super) unit: UnitSpec,
    /// Asked once: sshd reads all its configuration and keys to answer.
    pub(super) asked: OnceCell<Seen>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// The answer of `sshd -T`; `None` when it was not asked.
    settings: Option<String>,
    /// Whether the user is there and a member of the units' group, so that our `Match` holds.
    is_member: bool,
    own_stack: bool,
}

impl Resource for Login {
    type Observed = Seen;
    type Change = Infallible;

    fn name(&self) -> &'static str {
        "login"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let thorough = self.setting.look == Look::Thorough && !self.setting.boot;
        if self.presence == Presence::Absent || !thorough {
            return Ok(Seen::default());
        }
        if let Some(seen) = self.asked.get() {
            return Ok(seen.clone());
        }
        let seen = self.ask(host)?;
        Ok(self.asked.get_or_init(|| seen).clone())
    }

    fn plan(&self, have: &Seen) -> Result<Vec<Infallible>, Refusal> {
        let Some(settings) = &have.settings else {
            return Ok(Vec::new());
        };
        let user = self.unit.user.as_str();
        admits(settings, user)?;
        if have.is_member {
            let pam = ("pamservicename", "kloigos");
            let pam = have.own_stack.then_some(pam);
            for (name, wanted) in IN_FORCE.into_iter().chain(pam) {
                in_force(settings, user, name, wanted)?;
            }
        }
        Ok(Vec::new())
    }

    fn apply(&self, _host: &mut dyn Host, change: &Infallible) -> Result<(), Trouble> {
        match *change {}
    }
}

impl Login {
    fn ask(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        let user = self.unit.user.as_str();
        let groups = accounts::local_groups(host)?;
        let users = accounts::local_users(host)?;
        let mut units = groups.iter().filter(|group| group.name == paths::GROUP);
        let whom = format!("user={user},host=localhost,addr=127.0.0.1");
        let answer = must(host, &Command::new(["sshd", "-T", "-C", &whom]))?;
        let version = facts::sshd_version(host)?;
        Ok(Seen {
            settings: Some(answer.stdout),
            is_member: users.iter().any(|there| there.name == user)
                && units.any(|group| group.members.iter().any(|member| member == user)),
            own_stack: version.is_some_and(|version| version >= OWN_STACK_SINCE),
        })
    }
}

/// The values of a keyword; lists come as a line for each.
fn values<'a>(settings: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    settings.lines().filter_map(move |line| {
        let (keyword, value) = line.split_once(' ')?;
        (keyword == name).then_some(value.trim())
    })
}

fn in_force(settings: &str, user: &str, name: &str, wanted: &str) -> Result<(), Refusal> {
    match values(settings, name).next() {
        // What is not repeated has the default, which for these is none.
        None if wanted == "none" => Ok(()),
        Some(value) if value == wanted => Ok(()),
        other => Err(Refusal(format!(
            "sshd has {name} {} in force for {user}, not {wanted}; find who says so (grep -ri \
             {name} /etc/ssh) and exempt the group {}",
            other.unwrap_or("unset"),
            paths::GROUP
        ))),
    }
}

/// `sshd_config(5)`: denied users, allowed users, denied groups, allowed groups, in this order.
fn admits(settings: &str, user: &str) -> Result<(), Refusal> {
    let groups = [paths::GROUP, user];
    let is_user = |pattern: &str| {
        let name = pattern.split('@').next().unwrap_or_default();
        matches(name, user)
    };
    let is_group = |pattern: &str| groups.iter().any(|group| matches(pattern, group));
    let keeps_out = [
        ("denyusers", values(settings, "denyusers").any(is_user)),
        ("allowusers", excludes(settings, "allowusers", is_user)),
        ("denygroups", values(settings, "denygroups").any(is_group)),
        ("allowgroups", excludes(settings, "allowgroups", is_group)),
    ];
    if values(settings, "usepam").next() != Some("yes") {
        return Err(Refusal(
            "sshd has UsePAM off, without which no login gets into its unit's slice; set UsePAM \
             yes in /etc/ssh/sshd_config"
                .to_owned(),
        ));
    }
    match keeps_out.iter().find(|(_, out)| *out) {
        Some((name, _)) => Err(Refusal(format!(
            "sshd keeps {user} out by {name} {}; let the group {} in (AllowGroups) or name the user",
            values(settings, name).collect::<Vec<_>>().join(" "),
            paths::GROUP
        ))),
        None => Ok(()),
    }
}

/// Whether there is such a list, and nothing in it says so.
fn excludes(settings: &str, name: &str, says_so: impl Fn(&str) -> bool) -> bool {
    let mut patterns = values(settings, name).peekable();
    patterns.peek().is_some() && !patterns.any(says_so)
}

/// A pattern of `ssh_config(5)`: `*` is anything, `?` any one character.
fn matches(pattern: &str, name: &str) -> bool {
    match (pattern.chars().next(), name.chars().next()) {
        (None, None) => true,
        (Some('*'), _) => {
            matches(&pattern[1..], name) || (!name.is_empty() && matches(pattern, &name[1..]))
        }
        (Some('?'), Some(_)) => matches(&pattern[1..], &name[1..]),
        (Some(one), Some(other)) if one == other => {
            matches(&pattern[one.len_utf8()..], &name[other.len_utf8()..])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_a_unit_out_is_named() {
        let cases = [
            ("usepam no\n", Some("UsePAM")),
            ("usepam yes\n", None),
            ("usepam yes\nallowusers admin\n", Some("allowusers admin")),
            ("usepam yes\nallowusers admin\nallowusers u*\n", None),
            ("usepam yes\nallowusers u0-1@10.0.0.0/8\n", None),
            ("usepam yes\ndenyusers u?-1\n", Some("denyusers")),
            ("usepam yes\nallowgroups sudo\n", Some("allowgroups")),
            ("usepam yes\nallowgroups sudo\nallowgroups kunits\n", None),
            ("usepam yes\ndenygroups k*\n", Some("denygroups")),
        ];
        for (settings, fault) in cases {
            let said = admits(settings, "u0-1").err().map(|refusal| refusal.0);
            match fault {
                None => assert_eq!(said, None, "{settings}"),
                Some(fault) => assert!(said.expect(settings).contains(fault), "{settings}"),
            }
        }
    }

    #[test]
    fn what_is_not_ours_is_named() {
        let settings = "forcecommand /bin/menu\n";
        let said = in_force(settings, "u0-1", "forcecommand", "none");
        assert!(said.expect_err("a menu").0.contains("/bin/menu"));
        assert_eq!(in_force("", "u0-1", "forcecommand", "none"), Ok(()));
    }
}
