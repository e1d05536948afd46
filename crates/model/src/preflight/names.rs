//! What is in the way of one unit's user and directories.

use super::Finding;
use crate::{host::Facts, layout::Slot};

/// The group of all units' users.
const GROUP: &str = "kunits";

pub(super) fn findings(facts: &Facts, slot: &Slot) -> Vec<Finding> {
    let mut findings = places(facts, slot);
    findings.extend(logins(facts, slot));
    findings
}

/// Something mounted where the unit's directories go, now or at the next boot, or there already.
fn places(facts: &Facts, slot: &Slot) -> Vec<Finding> {
    let around = &facts.surroundings;
    let mut findings = Vec::new();
    for path in [
        format!("/home/{}", slot.user),
        format!("/opt/{}", slot.dir),
        format!("/mnt/{}", slot.dir),
    ] {
        if around.fstab.contains(&path) {
            findings.push(Finding::refusing(
                format!("/etc/fstab mounts something at {path}"),
                "remove that line, or choose another CPU range",
            ));
        } else if around.mounted.contains(&path) && !facts.initialised {
            findings.push(Finding::refusing(
                format!("something is mounted at {path}"),
                format!("umount {path}, or choose another CPU range"),
            ));
        }
        let owner = around.places.iter().find(|(place, _)| *place == path);
        let foreign = owner.filter(|(_, uid)| *uid != slot.uid && !facts.initialised);
        if let Some((_, uid)) = foreign {
            findings.push(Finding::refusing(
                format!("{path} is there already and belongs to uid {uid}"),
                format!("move it away: mv {path} {path}.old"),
            ));
        }
    }
    findings
}

/// Lists of `sshd_config(5)` that would keep the unit's user out.
fn logins(facts: &Facts, slot: &Slot) -> Vec<Finding> {
    let lists = &facts.surroundings.sshd_lists;
    let named = |keyword: &str, name: &str| {
        let mut patterns = lists.iter().filter(|(known, _)| known == keyword);
        let host_part = |pattern: &str| pattern.split('@').next().unwrap_or_default().to_owned();
        patterns.any(|(_, pattern)| matches(&host_part(pattern), name))
    };
    let any = |keyword: &str| lists.iter().any(|(known, _)| known == keyword);
    let user = slot.user.as_str();
    let cases = [
        (
            any("allowusers") && !named("allowusers", user),
            "AllowUsers",
            user,
        ),
        (named("denyusers", user), "DenyUsers", user),
        (
            any("allowgroups") && !named("allowgroups", GROUP),
            "AllowGroups",
            GROUP,
        ),
        (named("denygroups", GROUP), "DenyGroups", GROUP),
    ];
    let told = cases.into_iter().filter(|(broken, ..)| *broken);
    let told = told.map(|(_, keyword, name)| {
        let fault = format!("sshd's {keyword} keeps {user} out");
        let verb = if keyword.starts_with("Allow") {
            "add"
        } else {
            "take out"
        };
        Finding::refusing(
            fault,
            format!("{verb} {name} there in /etc/ssh/sshd_config, then systemctl reload ssh"),
        )
    });
    told.collect()
}

/// A pattern of `ssh_config(5)`: `*` is any text, `?` one character.
fn matches(pattern: &str, name: &str) -> bool {
    let mut pattern_rest = pattern.chars();
    match pattern_rest.next() {
        None => name.is_empty(),
        Some('*') => {
            let ends = name.char_indices().map(|(index, _)| index);
            let mut ends = ends.chain([name.len()]);
            ends.any(|end| matches(pattern_rest.as_str(), &name[end..]))
        }
        Some(first) => {
            let mut name_rest = name.chars();
            let same = name_rest.next().is_some_and(|c| first == '?' || c == first);
            same && matches(pattern_rest.as_str(), name_rest.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_as_sshds_do() {
        for (pattern, name, expected) in [
            ("*", "u0-3", true),
            ("u*", "u0-3", true),
            ("u?-3", "u0-3", true),
            ("admin", "u0-3", false),
            ("u0", "u0-3", false),
            ("", "u0-3", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern}");
        }
    }
}
