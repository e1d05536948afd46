//! `sshd -T`: what is in force for a user.

use std::collections::BTreeMap;

use kloigos_host::sys::Output;

use super::{SimHost, commands::printed};

const DROP_INS: &str = "/etc/ssh/sshd_config.d";

/// What holds where nobody says anything.
const DEFAULTS: [(&str, &str); 4] = [
    ("allowtcpforwarding", "yes"),
    ("authorizedkeysfile", ".ssh/authorized_keys"),
    ("passwordauthentication", "yes"),
    ("port", "22"),
];

/// Keywords whose lines add up.
const LISTS: [&str; 4] = ["allowgroups", "allowusers", "denygroups", "denyusers"];

impl SimHost {
    /// The first value of each keyword; lines behind `Match Group` count for its members.
    pub(super) fn sshd_settings(&self, whom: Option<&str>) -> Output {
        let user = whom.and_then(|whom| whom.split(',').next()?.strip_prefix("user="));
        let mut settings: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let drop_ins = self.tree.names(DROP_INS).into_iter();
        let drop_ins = drop_ins.map(|name| format!("{DROP_INS}/{name}"));
        for path in drop_ins.chain(["/etc/ssh/sshd_config".to_owned()]) {
            for (keyword, value) in self.sshd_lines(&path, user) {
                let values = settings.entry(keyword.clone()).or_default();
                if values.is_empty() || LISTS.contains(&keyword.as_str()) {
                    values.push(value);
                }
            }
        }
        for (keyword, value) in DEFAULTS {
            let values = settings.entry(keyword.to_owned()).or_default();
            if values.is_empty() {
                values.push(value);
            }
        }
        let lines = settings.iter().flat_map(|(keyword, values)| {
            let lines = values.iter();
            lines.map(move |value| format!("{keyword} {value}\n"))
        });
        printed(lines.collect::<String>())
    }

    fn sshd_lines(&self, path: &str, user: Option<&str>) -> Vec<(String, &str)> {
        let lines = self.tree.text(path).lines().map(str::trim);
        let lines = lines.filter(|line| !line.starts_with('#'));
        let mut counts = true;
        let mut settings = Vec::new();
        for (keyword, value) in lines.filter_map(|line| line.split_once(' ')) {
            let keyword = keyword.to_ascii_lowercase();
            match value.strip_prefix("Group ") {
                Some(group) if keyword == "match" => {
                    counts = user.is_some_and(|user| self.is_member(user, group));
                }
                _ if counts => settings.push((keyword, value)),
                _ => {}
            }
        }
        settings
    }

    fn is_member(&self, user: &str, group: &str) -> bool {
        let mut lines = self.tree.text("/etc/group").lines();
        let line = lines.find(|line| line.split(':').next() == Some(group));
        let members = line.and_then(|line| line.rsplit(':').next());
        members.is_some_and(|members| members.split(',').any(|member| member == user))
    }
}
