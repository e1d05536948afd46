//! Who gets in: the key file that sshd says it reads, what else sshd would take, the account.

use kloigos_model::host::{Check, Promise, UnitSpec};

use super::{Life, kept_if, same, stacks};
use crate::{
    facts::accounts,
    fault::Trouble,
    paths,
    sys::{Access, Command, Host, Kind, must, read_text},
};

/// What sshd must say of a unit's user. `AuthorizedKeysFile` is the directory that no tenant
/// writes to.
const WANTED: [(&str, &str); 10] = [
    ("authorizedkeysfile", "/etc/ssh/kloigos/%u"),
    ("authorizedkeyscommand", "none"),
    ("trustedusercakeys", "none"),
    ("authenticationmethods", "publickey"),
    ("pubkeyauthentication", "yes"),
    ("passwordauthentication", "no"),
    ("kbdinteractiveauthentication", "no"),
    ("usepam", "yes"),
    ("permituserrc", "no"),
    ("permittunnel", "no"),
];

pub(super) fn checks(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Check>, Trouble> {
    let mut checks = vec![keys(host, unit)?];
    checks.extend(sshd(host, unit)?);
    checks.extend(account(host, unit)?);
    checks.push(subordinate(host, unit)?);
    Ok(checks)
}

/// Whoever may log in is in the file, root's own; with nobody to log in there is none.
fn keys(host: &mut dyn Host, unit: &UnitSpec) -> Result<Check, Trouble> {
    let path = paths::keys(&unit.user);
    let tenant = unit.tenant.as_ref();
    let wanted = tenant.filter(|_| Life::of(unit) == Life::Running);
    let wanted = wanted.map(|tenant| tenant.keys.to_string());
    let stat = host.stat(&path)?;
    let body = match stat.map(|stat| stat.kind) {
        Some(Kind::File) => read_text(host, &path)?,
        Some(_) | None => None,
    };
    let sound = stat.is_none_or(|stat| stat.access == Access::root(0o644));
    let mut check = same(
        Promise::Access,
        "keys",
        told(wanted.as_deref()),
        told(body.as_deref()),
        path,
    );
    check.verdict = kept_if(body == wanted && sound && (stat.is_none() == body.is_none()));
    if !sound {
        check.found += ", not root's alone to write";
    }
    Ok(check)
}

/// A key's own text says whose it is; the middle of it is enough to tell keys apart.
fn told(body: Option<&str>) -> String {
    let Some(body) = body else {
        return "no file".to_owned();
    };
    let keys = body.lines().map(|line| {
        let mut words = line.split_whitespace();
        let (kind, blob) = (words.next(), words.next());
        let end = blob.unwrap_or_default();
        let end = end.get(end.len().saturating_sub(12)..).unwrap_or_default();
        format!("{} …{end}", kind.unwrap_or_default())
    });
    keys.collect::<Vec<_>>().join(", ")
}

/// sshd's own word for this user, whatever its files are.
/// That includes which PAM stack it uses; before OpenSSH 9.8 it is always `sshd`.
fn sshd(host: &mut dyn Host, unit: &UnitSpec) -> Result<[Check; 2], Trouble> {
    let connection = format!("user={},host=localhost,addr=127.0.0.1", unit.user);
    let command = Command::new(["sshd", "-T", "-C", &connection]);
    let says = must(host, &command)?.stdout;
    let value = |name: &str| {
        let mut lines = says.lines().filter_map(|line| line.split_once(' '));
        lines.find_map(|(key, value)| (key == name).then_some(value))
    };
    let words = |(name, value): &(&str, &str)| format!("{name} {value}");
    let mut found: Vec<String> = WANTED
        .iter()
        .map(|(name, _)| words(&(*name, value(name).unwrap_or("unset"))))
        .collect();
    let mut wanted: Vec<String> = WANTED.iter().map(words).collect();
    forwarding(&mut wanted, &mut found, value("allowtcpforwarding"));
    let differing: Vec<usize> = (0..wanted.len())
        .filter(|&index| wanted[index] != found[index])
        .collect();
    if !differing.is_empty() {
        let only = |all: &[String]| -> Vec<String> {
            differing.iter().map(|&index| all[index].clone()).collect()
        };
        (wanted, found) = (only(&wanted), only(&found));
    }
    let check = same(
        Promise::Access,
        "sshd",
        wanted.join(", "),
        found.join(", "),
        command.to_string(),
    );
    let service = value("pamservicename").unwrap_or("sshd");
    Ok([check, stacks::guard(host, service)?])
}

/// A tunnel out is a connection like any other; one in would be a port, and is the filter's.
fn forwarding(wanted: &mut Vec<String>, found: &mut Vec<String>, value: Option<&str>) {
    let value = value.unwrap_or("unset");
    let sound = ["local", "no"].contains(&value);
    wanted.push(format!(
        "allowtcpforwarding {}",
        if sound { value } else { "local" }
    ));
    found.push(format!("allowtcpforwarding {value}"));
}

/// No password opens the account, and it belongs to no groups but its own and the units'.
fn account(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Check>, Trouble> {
    let user = unit.user.as_str();
    let shadow = read_text(host, "/etc/shadow")?.unwrap_or_default();
    let password = accounts::shadow_of(&shadow, user).map(|shadow| shadow.password);
    let locked = password
        .as_ref()
        .is_some_and(|field| field.starts_with(['*', '!']));
    let mut check = same(
        Promise::Access,
        "password",
        "locked",
        match (&password, locked) {
            (Some(_), true) => "locked",
            (Some(_), false) => "open",
            (None, _) => "no account",
        },
        "/etc/shadow",
    );
    check.verdict = kept_if(locked);
    let uid = accounts::local_users(host)?
        .into_iter()
        .find(|known| known.name == user)
        .map(|known| known.uid.to_string());
    let groups: Vec<String> = accounts::local_groups(host)?
        .into_iter()
        .filter(|group| group.members.iter().any(|member| member == user))
        .map(|group| group.name)
        .collect();
    Ok(vec![
        check,
        same(
            Promise::Access,
            "uid",
            unit.uid.to_string(),
            uid.unwrap_or_else(|| "no account".to_owned()),
            "/etc/passwd",
        ),
        same(
            Promise::Access,
            "groups beside its own",
            paths::GROUP,
            groups.join(", "),
            "/etc/group",
        ),
    ])
}

/// A process under a subordinate id has another uid, which filter, rules and quotas do not know.
fn subordinate(host: &mut dyn Host, unit: &UnitSpec) -> Result<Check, Trouble> {
    let mut found = Vec::new();
    let uid = unit.uid.to_string();
    for path in ["/etc/subuid", "/etc/subgid"] {
        let text = read_text(host, path)?.unwrap_or_default();
        let its = text.lines().filter(|line| {
            let owner = line.split(':').next().unwrap_or_default();
            owner == unit.user.as_str() || owner == uid
        });
        found.extend(its.map(str::to_owned));
    }
    Ok(same(
        Promise::Access,
        "subordinate ids",
        "none",
        if found.is_empty() {
            "none".to_owned()
        } else {
            found.join(", ")
        },
        "/etc/subuid, /etc/subgid",
    ))
}
