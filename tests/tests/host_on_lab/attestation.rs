//! Attestation on a real kernel: what Kloigos makes is kept, and each mechanism taken away by hand
//! breaks its own promise and no other.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use kloigos_model::{
    host::{Attestation, Check, Desired, Outcome, Promise, Request, Spec, UnitSpec},
    limits::Limits,
};

use super::stage::{Stage, server_spec, unit};

/// A promise that is broken, and whose.
type Broken = BTreeSet<(String, Promise)>;

/// For a scope and a promise, what breaks it.
const MECHANISMS: [(&str, Promise, &str); 15] = [
    // First, since systemd 252 sets all slices right when it is reloaded.
    (
        "server",
        Promise::Boot,
        "rm /etc/systemd/system/sysinit.target.wants/kloigos-boot.service; systemctl daemon-reload",
    ),
    (
        "server",
        Promise::Ports,
        "echo > /proc/sys/net/ipv4/ip_local_reserved_ports",
    ),
    (
        "server",
        Promise::Confinement,
        "sed -i /kloigos/d /etc/pam.d/cron",
    ),
    ("u0-1", Promise::Cpu, "echo 0 > $(slice 70001)/cpuset.cpus"),
    (
        "u0-1",
        Promise::Memory,
        "echo max > $(slice 70001)/memory.max",
    ),
    (
        "u0-1",
        Promise::Access,
        "cat /root/.ssh/authorized_keys >> /etc/ssh/kloigos/u0-1",
    ),
    (
        "u2-3",
        Promise::MemoryNodes,
        "echo 0-1 > $(slice 70002)/cpuset.mems",
    ),
    ("u2-3", Promise::Tasks, "echo max > $(slice 70002)/pids.max"),
    ("u2-3", Promise::Files, "chmod 755 /home/u2-3"),
    (
        "u4-5",
        Promise::Io,
        "echo 'default 100' > $(slice 70003)/io.weight",
    ),
    (
        "u4-5",
        Promise::Ports,
        "nft delete element inet kloigos unit_uids '{ 70003 }'",
    ),
    (
        "u4-5",
        Promise::PrivateTmp,
        "inside u4-5 umount --lazy /tmp",
    ),
    ("u6-7", Promise::Disk, "setquota -u 70004 0 0 0 0 /"),
    (
        "u6-7",
        Promise::Processes,
        "inside u6-7 umount --lazy /proc",
    ),
    (
        "u6-7",
        Promise::Confinement,
        "echo 1 > $(slice 70004)/cgroup.freeze",
    ),
];

/// What the lines above are short for.
const WORDS: &str = r#"
slice() { echo "/sys/fs/cgroup/user.slice/user-$1.slice"; }
inside() { user=$1; shift; nsenter --mount --target "$(pgrep -u "$user" -x systemd)" "$@"; }
"#;

/// A process of a unit's user that no login and no manager started.
const STRAY: &str = "systemd-run --quiet --unit=stray --uid=u0-1 sleep infinity";
const NO_GUARD: &str = "sed -i '/kloigos-host guard/d' /etc/pam.d/kloigos /etc/pam.d/sshd 2>&1 || \
                        sed -i '/kloigos-host guard/d' /etc/pam.d/sshd";
/// One hook of two: a program for IPv6 alone is no filter.
const NO_FILTER: &str = "rm /sys/fs/bpf/kloigos/inet4_bind";

pub(crate) fn each_mechanism_is_attested(stage: &Stage) -> Result<()> {
    let mut scopes = vec![stage.next(server_spec())];
    scopes.push(stage.same(Spec::Unit(stage.allocated(limited(0))?)));
    scopes.extend((1..4).map(|index| stage.same(Spec::Unit(limited(index)))));
    stage.settle(&Request::Apply {
        scopes: scopes.clone(),
    })?;
    // Managers of units that are free or new are still on their way.
    stage.script("systemctl start user@7000{1..4}.service")?;
    let sound = attested(stage, &scopes)?;
    ensure!(broken(&sound).is_empty(), "{:#?}", told(&sound));
    let promises: BTreeSet<Promise> = sound
        .iter()
        .flat_map(|attestation| attestation.checks.iter().map(|check| check.promise))
        .collect();
    ensure!(promises == Promise::ALL.iter().copied().collect());

    let lines: Vec<&str> = MECHANISMS.iter().map(|(.., line)| *line).collect();
    let of = |(scope, promise, _): &(&str, Promise, &str)| ((*scope).to_owned(), *promise);
    let mut expected: Broken = MECHANISMS.iter().map(of).collect();
    breaks(stage, &scopes, &lines.join("\n"), &expected)?;

    let stray = [
        Promise::Cpu,
        Promise::MemoryNodes,
        Promise::PrivateTmp,
        Promise::Processes,
        Promise::Confinement,
    ];
    expected.extend(stray.map(|promise| ("u0-1".to_owned(), promise)));
    breaks(stage, &scopes, STRAY, &expected)?;

    let units = ["u0-1", "u2-3", "u4-5", "u6-7"];
    expected.extend(units.map(|unit| (unit.to_owned(), Promise::Confinement)));
    breaks(stage, &scopes, NO_GUARD, &expected)?;

    expected.extend(units.map(|unit| (unit.to_owned(), Promise::Ports)));
    breaks(stage, &scopes, NO_FILTER, &expected)
}

/// Every kind of limit.
fn limited(index: u32) -> UnitSpec {
    let unit = unit(index);
    UnitSpec {
        limits: Limits {
            memory_high: Some(200 << 20),
            io_weight: Some(150),
            io_write_bytes: Some(100 << 20),
            disk_bytes: Some(512 << 20),
            disk_inodes: Some(5000),
            ..unit.limits
        },
        ..unit
    }
}

/// Takes something away, and what is broken then is what should be.
fn breaks(stage: &Stage, scopes: &[Desired], script: &str, expected: &Broken) -> Result<()> {
    stage.script(&format!("{WORDS}{script}"))?;
    let attestations = attested(stage, scopes)?;
    let found = broken(&attestations);
    ensure!(
        found == *expected,
        "after {script}\nmissing: {:?}\nbeside: {:?}\n{:#?}",
        expected.difference(&found).collect::<Vec<_>>(),
        found.difference(expected).collect::<Vec<_>>(),
        told(&attestations)
    );
    Ok(())
}

fn attested(stage: &Stage, scopes: &[Desired]) -> Result<Vec<Attestation>> {
    let report = stage.ask(&Request::Attest {
        scopes: scopes.to_vec(),
    })?;
    let holds = report.attestations.iter().all(Attestation::holds);
    let outcome = if holds {
        Outcome::Settled
    } else {
        Outcome::Drifted
    };
    ensure!(report.outcome == outcome, "{report:#?}");
    Ok(report.attestations)
}

fn broken(attestations: &[Attestation]) -> Broken {
    let each = attestations.iter().flat_map(|attestation| {
        let scope = attestation.scope.to_string();
        attestation
            .broken()
            .map(move |check| (scope.clone(), check.promise))
    });
    each.collect()
}

fn told(attestations: &[Attestation]) -> Vec<&Check> {
    attestations.iter().flat_map(Attestation::broken).collect()
}
