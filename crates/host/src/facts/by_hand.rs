//! Accounts that somebody confined to CPUs by hand.
//!
//! Looked for are files of their own user slices that say so, wherever systemd reads them; what all
//! of these come to is for PID 1 to say, whether the slice runs or not (systemd.unit(5)). What holds
//! for everybody (`user-.slice.d`) is no cut. Units of ours are left out, and so is root.

use std::collections::{BTreeMap, BTreeSet};

use kloigos_model::{
    cpu::CpuSet,
    host::HandCut,
    ssh::{MAX_KEYS, PublicKey},
};

use super::{accounts, accounts::User, processes};
use crate::{
    fault::Trouble,
    paths, state,
    sys::{Command, Host, Kind, Sys, must, read_text},
};

/// Where systemd reads units of people, and of `systemctl set-property`.
const UNITS: [&str; 7] = [
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
];
/// Where sshd(8) looks for keys unless it is told otherwise.
const KEYS: [&str; 2] = [".ssh/authorized_keys", ".ssh/authorized_keys2"];
/// The most of one that is read, in bytes.
const KEYS_READ: usize = 256 << 10;

pub(super) fn read(host: &mut dyn Host) -> Result<Vec<HandCut>, Trouble> {
    let mut uids = confined(host)?;
    if uids.is_empty() {
        return Ok(Vec::new());
    }
    let ours = state::uids(host)?;
    uids.retain(|uid| *uid != 0 && !ours.contains(uid));
    let cpus = allowed(host, &uids)?;
    let running = processes::all(host)?;
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for user in accounts::known_users(host)? {
        let Some(cpus) = cpus.get(&user.uid).filter(|_| seen.insert(user.uid)) else {
            continue;
        };
        let its = running.iter().filter(|one| one.uids.contains(&user.uid));
        let processes = its.count();
        let (keys, other_keys) = keys(host, &user)?;
        found.push(HandCut {
            account: user.name,
            uid: user.uid,
            cpus: cpus.clone(),
            home: user.home,
            processes,
            keys,
            other_keys,
        });
    }
    Ok(found)
}

/// Whose slice has a file of its own that names CPUs.
fn confined(host: &mut dyn Host) -> Sys<BTreeSet<u32>> {
    let mut uids = BTreeSet::new();
    for dir in UNITS {
        for name in host.list(dir)?.unwrap_or_default() {
            let unit = name.strip_suffix(".d").unwrap_or(&name);
            let Some(uid) = paths::user_of_slice(unit) else {
                continue;
            };
            if names_cpus(host, &format!("{dir}/{name}"))? {
                uids.insert(uid);
            }
        }
    }
    Ok(uids)
}

/// Whether a unit file, or one of a directory of drop-ins, does.
fn names_cpus(host: &mut dyn Host, path: &str) -> Sys<bool> {
    let files = match host.list(path)? {
        Some(names) => names.iter().map(|name| format!("{path}/{name}")).collect(),
        None => vec![path.to_owned()],
    };
    for file in files {
        let kind = host.stat(&file)?.map(|stat| stat.kind);
        if matches!(kind, Some(Kind::File | Kind::Link)) {
            let text = read_text(host, &file)?.unwrap_or_default();
            let mut lines = text.lines().map(str::trim_start);
            if lines.any(|line| line.starts_with("AllowedCPUs")) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// What PID 1 holds their slices to; a block of lines each, with an empty line between.
fn allowed(host: &mut dyn Host, uids: &BTreeSet<u32>) -> Result<BTreeMap<u32, CpuSet>, Trouble> {
    if uids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let slices: Vec<String> = uids.iter().copied().map(paths::slice).collect();
    let show = ["systemctl", "show", "--property=Id,AllowedCPUs"];
    let argv = show.into_iter().chain(slices.iter().map(String::as_str));
    let shown = must(host, &Command::new(argv))?.stdout;
    Ok(shown.split("\n\n").filter_map(shown_slice).collect())
}

/// systemd puts spaces between ranges.
fn shown_slice(block: &str) -> Option<(u32, CpuSet)> {
    let value = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
    let uid = paths::user_of_slice(value("Id=")?)?;
    let cpus = value("AllowedCPUs=")?.trim().replace(' ', ",");
    Some((uid, cpus.parse().ok()?))
}

/// The keys that may log in as a user, and how many further lines are none of ours.
fn keys(host: &mut dyn Host, user: &User) -> Sys<(Vec<PublicKey>, usize)> {
    let mut text = String::new();
    for file in KEYS {
        let read = host.head_of_own(&user.home, file, user.uid, KEYS_READ)?;
        text.push_str(&String::from_utf8_lossy(&read.unwrap_or_default()));
        text.push('\n');
    }
    Ok(parse_keys(&text))
}

/// `authorized_keys(5)`. What is restricted by options, as to one command, would not be in a unit.
fn parse_keys(text: &str) -> (Vec<PublicKey>, usize) {
    let (mut keys, mut others) = (Vec::<PublicKey>::new(), 0);
    let lines = text.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.parse::<PublicKey>() {
            Ok(key) if is_among(&key, &keys) => {}
            Ok(key) if keys.len() < MAX_KEYS => keys.push(key),
            Ok(_) | Err(_) => others += 1,
        }
    }
    (keys, others)
}

fn is_among(key: &PublicKey, keys: &[PublicKey]) -> bool {
    let bare = key.without_comment();
    keys.iter().any(|known| known.without_comment() == bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pid_1_says_of_a_slice_is_read() {
        let block = "Id=user-1001.slice\nAllowedCPUs=0-3 8-11\n";
        let (uid, cpus) = shown_slice(block).expect("a slice");
        assert_eq!((uid, cpus.to_string().as_str()), (1001, "0-3,8-11"));
        for block in [
            "",
            "Id=user-1001.slice",
            "Id=user-1001.slice\nAllowedCPUs=\n",
            "AllowedCPUs=0-3",
            "Id=user-.slice\nAllowedCPUs=0-3",
            "Id=user-1.slice\nAllowedCPUs=x",
            "Id=user--1.slice\nAllowedCPUs=0-99999",
        ] {
            assert_eq!(shown_slice(block), None, "{block:?}");
        }
    }

    #[test]
    fn keys_are_taken_and_whatever_else_there_is_is_counted() {
        const KEY: &str = "ssh-ed25519 \
            AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";
        let text = format!(
            "# hers\n{KEY} alice@a\n\n{KEY} again\ncommand=\"/bin/true\" {KEY}\nssh-dss AAAA\n\u{1b}[31m\n"
        );
        let (keys, others) = parse_keys(&text);
        assert_eq!((keys.len(), others), (1, 3));
        assert_eq!(keys[0].comment(), "alice@a");
        assert_eq!(parse_keys(""), (vec![], 0));
    }
}
