//! What holds less on this server than it could, and what an operator should know of it.

use super::Finding;
use crate::host::{Facts, Filesystem, QuotaState};

/// Below this much space, logs and journals soon fail.
const SPACE: u64 = 1 << 30;
/// Where units keep files.
const HOMES: [&str; 3] = ["/home", "/opt", "/mnt"];
/// Where the server keeps its own.
const OWN: [&str; 2] = ["/", "/var"];

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let mut findings = kernel(facts);
    findings.extend(quotas(facts));
    findings.extend(space(facts));
    findings.extend(services(facts));
    findings.extend(sshd(facts));
    findings
}

fn kernel(facts: &Facts) -> Vec<Finding> {
    let around = &facts.surroundings;
    let mut findings = Vec::new();
    if !facts
        .capabilities
        .controllers
        .iter()
        .any(|name| name == "io")
    {
        findings.push(Finding::degrading(
            "the cgroup controller io is missing: disk weights and bandwidths of units have no effect",
            "boot a kernel that has it switched on",
        ));
    }
    if !facts.capabilities.bpf {
        let why = around.lockdown.as_ref().map_or_else(
            || "it takes no BPF program of ours".to_owned(),
            |lockdown| format!("its lockdown is {lockdown} (kernel_lockdown(7))"),
        );
        findings.push(Finding::degrading(
            format!(
                "the kernel refuses the bind filter, for {why}: a unit can occupy another unit's \
                 port, though it cannot answer there"
            ),
            "boot a kernel with CONFIG_CGROUP_BPF, and without lockdown",
        ));
    }
    if around.unprivileged_bpf {
        findings.push(Finding::degrading(
            "every user may load BPF programs into the kernel",
            "sysctl -w kernel.unprivileged_bpf_disabled=1, and put it into /etc/sysctl.d",
        ));
    }
    if around.clock_synchronised == Some(false) {
        findings.push(Finding::degrading(
            "the clock is not synchronised",
            "apt-get install systemd-timesyncd, then timedatectl set-ntp true",
        ));
    }
    for module in &around.enforcing {
        findings.push(Finding::noting(
            format!("{module} enforces its policies on units too"),
            "nothing to do; look into its log when a unit's program is refused something",
        ));
    }
    findings
}

fn quotas(facts: &Facts) -> Vec<Finding> {
    let mut seen: Vec<&str> = Vec::new();
    let mut findings = Vec::new();
    for home in HOMES {
        let Some(filesystem) = holding(facts, home) else {
            continue;
        };
        if seen.contains(&filesystem.mount.as_str()) {
            continue;
        }
        seen.push(&filesystem.mount);
        findings.extend(quota(home, filesystem));
    }
    findings
}

fn quota(home: &str, filesystem: &Filesystem) -> Option<Finding> {
    let Filesystem {
        mount,
        source,
        kind,
        user_quota,
        ..
    } = filesystem;
    let fix = match (user_quota, kind.as_str()) {
        (QuotaState::Enforced, _) => return None,
        (QuotaState::Unsupported, _) => {
            format!("put {home} on ext4 or XFS, or give units volumes of their own")
        }
        (_, "xfs") => format!("add uquota to the mount options of {mount} and reboot"),
        (_, "ext4") => format!(
            "unmount {mount}, run tune2fs -O quota -Q usrquota {source}, add usrquota to its \
             options in /etc/fstab and mount it; or, without unmounting, mount -o \
             remount,usrquota {mount}, quotacheck -cum {mount}, quotaon -u {mount}"
        ),
        _ => format!("add usrquota to the mount options of {mount} and run quotaon -u {mount}"),
    };
    let fault = format!(
        "{home} is on {source} ({kind}), which enforces no user quotas: what units store there is \
         not limited"
    );
    Some(Finding::degrading(fault, fix))
}

/// The file system that a path is on.
fn holding<'a>(facts: &'a Facts, path: &str) -> Option<&'a Filesystem> {
    let above = |filesystem: &&Filesystem| {
        let rest = path.strip_prefix(filesystem.mount.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let filesystems = facts.filesystems.iter().filter(above);
    filesystems.max_by_key(|filesystem| filesystem.mount.len())
}

fn space(facts: &Facts) -> Vec<Finding> {
    let mut full: Vec<&Filesystem> = OWN.iter().filter_map(|path| holding(facts, path)).collect();
    full.dedup_by_key(|filesystem| &filesystem.mount);
    full.retain(|filesystem| filesystem.available_bytes < SPACE);
    let told = full.into_iter().map(|filesystem| {
        let mebibytes = filesystem.available_bytes >> 20;
        Finding::degrading(
            format!("only {mebibytes} MiB are left on {}", filesystem.mount),
            "free some space: journalctl --vacuum-size=100M and apt-get clean help",
        )
    });
    told.collect()
}

fn services(facts: &Facts) -> Vec<Finding> {
    let told = |service: &String| match service.as_str() {
        "polkit.service" => Some(Finding::noting(
            "polkit is installed: its rules decide which privileged verbs units may use",
            "nothing to do unless /etc/polkit-1/rules.d grants something to every user",
        )),
        "systemd-oomd.service" => Some(Finding::noting(
            "systemd-oomd runs: under pressure it may end a whole unit before its memory limit does",
            "nothing to do; systemctl disable --now systemd-oomd leaves that to the limits",
        )),
        _ => None,
    };
    facts
        .surroundings
        .services
        .iter()
        .filter_map(told)
        .collect()
}

fn sshd(facts: &Facts) -> Vec<Finding> {
    let around = &facts.surroundings;
    let mut findings = Vec::new();
    if let [_, _, ..] = around.ssh_daemons[..] {
        findings.push(Finding::degrading(
            format!(
                "several SSH daemons run, in {}: only one that reads /etc/ssh/sshd_config keeps \
                 units' logins as promised",
                around.ssh_daemons.join(", ")
            ),
            "stop the others, or put DenyGroups kunits into their configuration",
        ));
    }
    if around.permit_user_environment {
        findings.push(Finding::noting(
            "sshd has PermitUserEnvironment on: units may set the environment of their logins",
            "remove it from /etc/ssh/sshd_config unless you need it; a Match cannot",
        ));
    }
    findings
}
