//! What of the server around units an operator should know of.

use std::collections::BTreeSet;

use kloigos_model::host::Surroundings;

use super::{mounts, processes};
use crate::{
    fault::Trouble,
    sys::{Host, read_text},
};

/// Services that bear on units.
const SERVICES: [&str; 2] = ["polkit.service", "systemd-oomd.service"];
/// Whom sshd lets in or keeps out (`sshd_config(5)`).
const LISTS: [&str; 4] = ["allowusers", "denyusers", "allowgroups", "denygroups"];
/// Where units' directories go.
const PLACES: [&str; 3] = ["/home", "/opt", "/mnt"];

pub(super) fn read(host: &mut dyn Host, sshd: &str) -> Result<Surroundings, Trouble> {
    let mounted = read_text(host, mounts::FILE)?.unwrap_or_default();
    let fstab = read_text(host, "/etc/fstab")?.unwrap_or_default();
    let mounted = mounts::parse(&mounted).into_iter();
    let bpf = text(host, "/proc/sys/kernel/unprivileged_bpf_disabled")?;
    Ok(Surroundings {
        clock_synchronised: Some(host.clock_synchronised()?),
        lockdown: lockdown(&text(host, "/sys/kernel/security/lockdown")?),
        unprivileged_bpf: bpf == "0",
        enforcing: enforcing(host)?,
        services: services(host)?,
        ssh_daemons: ssh_daemons(host)?,
        sshd_lists: lists(sshd),
        permit_user_environment: permits_environment(sshd),
        mounted: mounted.map(|mount| mount.point).collect(),
        fstab: mount_points(&fstab),
        places: places(host)?,
    })
}

fn text(host: &mut dyn Host, path: &str) -> Result<String, Trouble> {
    let text = read_text(host, path)?.unwrap_or_default();
    Ok(text.trim().to_owned())
}

/// `none [integrity] confidentiality`: what is in brackets is in force.
fn lockdown(text: &str) -> Option<String> {
    let (_, rest) = text.split_once('[')?;
    let (level, _) = rest.split_once(']')?;
    (level != "none").then(|| level.to_owned())
}

fn enforcing(host: &mut dyn Host) -> Result<Vec<String>, Trouble> {
    let mut enforcing = Vec::new();
    if text(host, "/sys/module/apparmor/parameters/enabled")? == "Y" {
        enforcing.push("AppArmor".to_owned());
    }
    if text(host, "/sys/fs/selinux/enforce")? == "1" {
        enforcing.push("SELinux".to_owned());
    }
    Ok(enforcing)
}

/// A service's cgroup has processes while it runs.
fn services(host: &mut dyn Host) -> Result<Vec<String>, Trouble> {
    let mut running = Vec::new();
    for service in SERVICES {
        let events = format!("/sys/fs/cgroup/system.slice/{service}/cgroup.events");
        let events = text(host, &events)?;
        if events.lines().any(|line| line == "populated 1") {
            running.push(service.to_owned());
        }
    }
    Ok(running)
}

/// Services with an sshd; its sessions are in scopes of their users.
fn ssh_daemons(host: &mut dyn Host) -> Result<Vec<String>, Trouble> {
    let all = processes::all(host)?.into_iter();
    let daemons = all.filter(|process| process.name == "sshd");
    let services = daemons.filter_map(|process| {
        let unit = process.cgroup.strip_prefix("/system.slice/")?;
        unit.split('/').next().map(str::to_owned)
    });
    let services: BTreeSet<String> = services.collect();
    Ok(services.into_iter().collect())
}

/// sshd prints a line per pattern.
fn lists(effective: &str) -> Vec<(String, String)> {
    let lines = effective.lines().filter_map(|line| line.split_once(' '));
    let lines = lines.filter(|(keyword, _)| LISTS.contains(keyword));
    let each = lines.flat_map(|(keyword, patterns)| {
        let patterns = patterns.split_whitespace();
        patterns.map(move |pattern| (keyword.to_owned(), pattern.to_owned()))
    });
    each.collect()
}

fn permits_environment(effective: &str) -> bool {
    let mut lines = effective.lines();
    let value = lines.find_map(|line| line.strip_prefix("permituserenvironment "));
    value.is_some_and(|value| value != "no")
}

/// The second field of a line of fstab(5).
fn mount_points(fstab: &str) -> Vec<String> {
    let lines = fstab
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    let points = lines.filter_map(|line| line.split_whitespace().nth(1));
    let points = points.filter(|point| point.starts_with('/'));
    points
        .map(|point| match point.trim_end_matches('/') {
            "" => "/".to_owned(),
            point => point.to_owned(),
        })
        .collect()
}

fn places(host: &mut dyn Host) -> Result<Vec<(String, u32)>, Trouble> {
    let mut places = Vec::new();
    for dir in PLACES {
        for name in host.list(dir)?.unwrap_or_default() {
            let path = format!("{dir}/{name}");
            if let Some(stat) = host.stat(&path)? {
                places.push((path, stat.access.uid));
            }
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_force_is_read() {
        assert_eq!(
            lockdown("none [integrity] confidentiality").as_deref(),
            Some("integrity")
        );
        for text in ["[none] integrity confidentiality", "", "x]y["] {
            assert_eq!(lockdown(text), None, "{text}");
        }
        let effective = "port 22\nallowusers admin u*@10.0.0.0/8\npermituserenvironment yes\n";
        let pairs = lists(effective);
        assert_eq!(pairs.len(), 2);
        assert_eq!(
            pairs[1],
            ("allowusers".to_owned(), "u*@10.0.0.0/8".to_owned())
        );
        assert!(permits_environment(effective));
        assert!(!permits_environment("permituserenvironment no\n"));
    }

    #[test]
    fn mount_points_of_fstab_are_read() {
        let fstab = "# /dev/x /x ext4\n/dev/vda / ext4 defaults 0 1\n\nUUID=1 /mnt/c0-1/ xfs\n\
                     /dev/vdb none swap sw\ngarbage\n";
        assert_eq!(mount_points(fstab), ["/", "/mnt/c0-1"]);
    }
}
