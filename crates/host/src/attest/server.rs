//! The server's own promises: what holds for all units together.

use kloigos_model::{
    cpu::CpuSet,
    host::{Check, Measure, Promise, ServerSpec, Verdict},
};

use super::{common::Common, is_in, kept_if, not_promised, same, stacks, systemd, table};
use crate::{
    facts::{processes::Process, sockets::RESERVED},
    fault::Trouble,
    paths,
    sys::{BindFilter, Command, Hook, Host, read_text},
};

const BOOT: &str = "kloigos-boot.service";
const BOOT_PROPERTIES: &str = "--property=LoadState,ActiveState,UnitFileState,Before";
/// Those that let people in, or packets.
const AFTER_BOOT: [&str; 3] = [
    "network-pre.target",
    "systemd-user-sessions.service",
    "ssh.service",
];

pub(super) fn checks(
    host: &mut dyn Host,
    common: &Common,
    server: &ServerSpec,
) -> Result<Vec<Check>, Trouble> {
    let mut checks = filter(common);
    checks.extend(table::checks(common.table.as_ref()));
    checks.push(reserved(host, server)?);
    checks.push(housekeeping(common, server));
    checks.extend(stacks::jobs(host, common)?);
    checks.push(protocols(host, common)?);
    checks.extend(boot(host)?);
    Ok(checks)
}

/// One program per hook: several must all agree, so that a stale one would deny for ever.
fn filter(common: &Common) -> Vec<Check> {
    let (inet4, inet6) = match &common.filter {
        BindFilter::Present { inet4, inet6, .. } => (hook(*inet4), hook(*inet6)),
        BindFilter::Absent => ("no filter".to_owned(), "no filter".to_owned()),
        BindFilter::Unsupported(why) => (why.clone(), why.clone()),
    };
    let degraded = matches!(common.filter, BindFilter::Unsupported(_));
    let check = |name: &str, found: String| {
        let check = same(
            Promise::Ports,
            format!("programs of ours at {name}"),
            hook(Hook {
                ours: 1,
                current: true,
            }),
            found,
            "bpf(BPF_PROG_QUERY) of /sys/fs/cgroup",
        );
        Check {
            verdict: if degraded {
                Verdict::Degraded
            } else {
                check.verdict
            },
            ..check
        }
    };
    vec![check("inet4_bind", inet4), check("inet6_bind", inet6)]
}

fn hook(hook: Hook) -> String {
    let version = if hook.current { "of" } else { "not of" };
    format!("{}, {version} this version", hook.ours)
}

/// No outgoing connection takes a port of a unit's.
fn reserved(host: &mut dyn Host, server: &ServerSpec) -> Result<Check, Trouble> {
    let found = read_text(host, RESERVED)?.unwrap_or_default();
    let found = found.trim();
    let ranges: Vec<(u16, u16)> = found.split(',').filter_map(range).collect();
    let open: Vec<String> = server
        .ports
        .iter()
        .filter(|ports| {
            let (first, last) = ports.inclusive().into_inner();
            !ranges
                .iter()
                .any(|range| range.0 <= first && last <= range.1)
        })
        .map(|ports| ports.kernel_range())
        .collect();
    let wanted = server.ports.iter().map(|ports| ports.kernel_range());
    Ok(Check {
        promise: Promise::Ports,
        check: "net.ipv4.ip_local_reserved_ports".to_owned(),
        wanted: wanted.collect::<Vec<_>>().join(","),
        found: found.to_owned(),
        verdict: kept_if(open.is_empty()),
        evidence: RESERVED.to_owned(),
    })
}

fn range(part: &str) -> Option<(u16, u16)> {
    let (first, last) = part.split_once('-').unwrap_or((part, part));
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}

/// Every process that is no unit's and no thread of the kernel's.
fn housekeeping(common: &Common, server: &ServerSpec) -> Check {
    let check = "Cpus_allowed_list of the host's own processes";
    let Some(cpus) = &server.housekeeping else {
        return not_promised(Promise::Housekeeping, check, "not chosen");
    };
    let units = &common.elements.uids;
    let is_host = |process: &&Process| {
        let of_unit = units.iter().any(|uid| {
            let slice = format!("/user.slice/{}", paths::slice(*uid));
            process.uids.contains(uid) || is_in(&process.cgroup, &slice)
        });
        !process.kernel && !of_unit
    };
    let outside = |process: &&Process| {
        let set = process.cpus.parse::<CpuSet>();
        !set.is_ok_and(|set| set.is_subset(cpus))
    };
    let all: Vec<&Process> = common.processes.iter().filter(is_host).collect();
    let strays: Vec<String> = all
        .iter()
        .copied()
        .filter(outside)
        .map(|process| {
            format!(
                "process {} in {} on {}",
                process.pid, process.cgroup, process.cpus
            )
        })
        .collect();
    Check {
        promise: Promise::Housekeeping,
        check: check.to_owned(),
        wanted: format!("within {}", cpus.kernel_list()),
        verdict: kept_if(strays.is_empty()),
        found: if strays.is_empty() {
            format!("all {} within", all.len())
        } else {
            strays.join(", ")
        },
        evidence: "/proc/PID/status".to_owned(),
    }
}

/// PID 1 knows the boot service and will start it before anybody can log in.
fn boot(host: &mut dyn Host) -> Result<Vec<Check>, Trouble> {
    let properties = systemd::show(host, BOOT_PROPERTIES, BOOT)?;
    let value = |name: &str| properties.get(name).cloned().unwrap_or_default();
    let before = value("Before");
    let before: Vec<&str> = before.split(' ').collect();
    let missing: Vec<&str> = AFTER_BOOT
        .into_iter()
        .filter(|unit| !before.contains(unit))
        .collect();
    let evidence = format!("systemctl show {BOOT}");
    Ok(vec![
        same(
            Promise::Boot,
            BOOT,
            "loaded, enabled",
            format!("{}, {}", value("LoadState"), value("UnitFileState")),
            &evidence,
        ),
        same(
            Promise::Boot,
            format!("{BOOT} is ordered before"),
            AFTER_BOOT.join(", "),
            if missing.is_empty() {
                AFTER_BOOT.join(", ")
            } else {
                format!("not before {}", missing.join(", "))
            },
            evidence,
        ),
    ])
}

/// Sockets of these protocols have ports that no bind filter sees. A module that is not loaded is
/// asked for by socket(2) of any user, as modprobe(8) says it would be.
fn protocols(host: &mut dyn Host, common: &Common) -> Result<Check, Trouble> {
    let check = "sockets of SCTP and DCCP";
    let loaded = read_text(host, "/proc/net/protocols")?.unwrap_or_default();
    let loaded = loaded.lines().any(|line| {
        let name = line.split_whitespace().next().unwrap_or_default();
        name.starts_with("SCTP") || name.starts_with("DCCP")
    });
    let command = Command::new(["modprobe", "--all", "--show-depends", "sctp", "dccp"]);
    let shown = match host.run(&command) {
        Ok(output) => output.stdout,
        Err(error) if error.is_missing_program() => String::new(),
        Err(error) => return Err(error.into()),
    };
    // Modules that they share with others are loaded all the same (measured).
    let loads = shown.lines().any(|line| {
        let file = line.strip_prefix("insmod ").unwrap_or_default();
        file.contains("/sctp.ko") || file.contains("/dccp.ko")
    });
    let found = match (loaded, loads) {
        (true, _) => "loaded",
        (false, true) => "loaded when asked for",
        (false, false) => "not to be had",
    };
    if !common.measures.contains(&Measure::BlockProtocols) {
        return Ok(not_promised(Promise::Ports, check, found));
    }
    Ok(Check {
        promise: Promise::Ports,
        check: check.to_owned(),
        wanted: "not to be had".to_owned(),
        found: found.to_owned(),
        verdict: kept_if(!loaded && !loads),
        evidence: format!("/proc/net/protocols; {command}"),
    })
}
