//! Attestation over the simulated machine: what Kloigos makes is attested as kept, and each
//! mechanism that is broken by hand breaks its own promise and no other.

use std::collections::BTreeSet;

use kloigos_host::sys::{Access, Command, Commands, Files, Kernel};
use kloigos_model::host::{
    Attestation, Check, Measure, Outcome, Promise, Request, Spec, UnitSpec, Verdict,
};
use kloigos_sim::host::SimHost;

use super::machines::{allocated, apply, ask, bare, desired, server, settle, unit, whole};

/// A server with four units, the first of them somebody's.
fn furnished() -> (SimHost, UnitSpec) {
    let mut machine = bare();
    settle(&mut machine, &apply(whole(1)));
    let mine = allocated(unit(0), 1);
    settle(
        &mut machine,
        &apply(vec![desired(2, Spec::Unit(mine.clone()))]),
    );
    (machine, mine)
}

fn attest(machine: &mut SimHost, specs: Vec<Spec>) -> Vec<Attestation> {
    let scopes = specs.into_iter().map(|spec| desired(2, spec)).collect();
    let report = ask(machine, &Request::Attest { scopes });
    let holds = report.attestations.iter().all(Attestation::holds);
    let outcome = if holds {
        Outcome::Settled
    } else {
        Outcome::Drifted
    };
    assert_eq!(report.outcome, outcome, "{report:#?}");
    report.attestations
}

fn broken(machine: &mut SimHost, specs: Vec<Spec>) -> Vec<Check> {
    let attestations = attest(machine, specs);
    let checks = attestations.iter().flat_map(Attestation::broken);
    checks.cloned().collect()
}

#[test]
fn what_is_made_is_kept() {
    let (mut machine, mine) = furnished();
    let mut scopes = vec![server(), Spec::Unit(mine)];
    scopes.extend((1..4).map(|index| Spec::Unit(unit(index))));
    assert_eq!(broken(&mut machine, scopes), []);
}

#[test]
fn looking_changes_nothing() {
    let (mut machine, mine) = furnished();
    let before = machine.snapshot();
    attest(&mut machine, vec![server(), Spec::Unit(mine)]);
    assert_eq!(machine.snapshot(), before);
}

#[test]
fn one_unit_costs_two_programs() {
    let (mut machine, mine) = furnished();
    machine.power_on();
    attest(&mut machine, vec![Spec::Unit(mine)]);
    assert_eq!(machine.programs(), 2, "nft and sshd");
}

/// One mechanism, broken by hand.
type Breaking = fn(&mut SimHost, &UnitSpec);

fn slice_file(unit: &UnitSpec, file: &str) -> String {
    format!("/sys/fs/cgroup/user.slice/user-{}.slice/{file}", unit.uid)
}

fn nft(machine: &mut SimHost, script: &str) {
    let done = machine.run(&Command::new(["nft", "-f", "-"]).reading(script));
    assert_eq!(done.expect("nft").code, 0);
}

const BREAKINGS: [(&str, &[Promise], Breaking); 19] = [
    ("no login guard", &[Promise::Confinement], |m, _| {
        m.write(
            "/etc/pam.d/kloigos",
            b"session required pam_systemd.so\n",
            Access::root(0o644),
        )
        .expect("written");
    }),
    ("another unit's CPUs", &[Promise::Cpu], |m, u| {
        m.poke(&slice_file(u, "cpuset.cpus"), "2-3")
            .expect("written");
    }),
    ("another node", &[Promise::MemoryNodes], |m, u| {
        m.poke(&slice_file(u, "cpuset.mems"), "1").expect("written");
    }),
    ("more memory", &[Promise::Memory], |m, u| {
        m.poke(&slice_file(u, "memory.max"), "max")
            .expect("written");
    }),
    ("swap", &[Promise::Memory], |m, u| {
        m.poke(&slice_file(u, "memory.swap.max"), "max")
            .expect("written");
    }),
    ("more tasks", &[Promise::Tasks], |m, u| {
        m.poke(&slice_file(u, "pids.max"), "max").expect("written");
    }),
    ("no filter", &[Promise::Ports], |m, _| {
        m.unload_bind_filter().expect("unloaded");
    }),
    ("no entry in the filter", &[Promise::Ports], |m, u| {
        m.clear_bind_range(u.uid).expect("cleared");
    }),
    ("not in the rules", &[Promise::Ports], |m, u| {
        nft(
            m,
            &format!("delete element inet kloigos unit_uids {{ {} }}\n", u.uid),
        );
    }),
    ("more ports in the rules", &[Promise::Ports], |m, u| {
        nft(
            m,
            &format!(
                "add element inet kloigos unit_bind {{ {} . 9000-9001 }}\n",
                u.uid
            ),
        );
    }),
    ("an open home", &[Promise::Files], |m, u| {
        m.make_dir(&format!("/opt/{}", u.dir), Access::root(0o755))
            .expect("given");
    }),
    ("a foreign key", &[Promise::Access], |m, u| {
        let path = format!("/etc/ssh/kloigos/{}", u.user);
        let mut keys = m.read(&path).expect("read").expect("keys");
        keys.extend(
            b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJnpKv3kTiUSLLRoSW5EfZJ4dZW8yRyQzJwMg0wR0Pz7\n",
        );
        m.write(&path, &keys, Access::root(0o644)).expect("written");
    }),
    (
        "keys that the tenant may write",
        &[Promise::Access],
        |m, u| {
            let path = format!("/etc/ssh/kloigos/{}", u.user);
            let keys = m.read(&path).expect("read").expect("keys");
            m.write(&path, &keys, Access::own(0o644, u.uid))
                .expect("written");
        },
    ),
    ("sshd reads other keys", &[Promise::Access], |m, _| {
        let path = "/etc/ssh/sshd_config.d/10-kloigos.conf";
        let text = m.read(path).expect("read").expect("a drop-in");
        let text = String::from_utf8(text).expect("text");
        let other = text.replace("/etc/ssh/kloigos/%u", ".ssh/authorized_keys");
        m.write(path, other.as_bytes(), Access::root(0o644))
            .expect("written");
    }),
    (
        "sshd knows nothing of units",
        &[Promise::Access, Promise::Confinement],
        |m, _| {
            m.remove("/etc/ssh/sshd_config.d/10-kloigos.conf")
                .expect("removed");
        },
    ),
    ("a password", &[Promise::Access], |m, u| {
        let shadow = m.read("/etc/shadow").expect("read").expect("shadow");
        let shadow = String::from_utf8(shadow).expect("text");
        let open = shadow.replace(&format!("{}:*:", u.user), &format!("{}:$y$j9T$x:", u.user));
        assert_ne!(open, shadow);
        m.write("/etc/shadow", open.as_bytes(), Access::root(0o640))
            .expect("written");
    }),
    ("subordinate ids", &[Promise::Access], |m, u| {
        let line = format!("{}:100000:65536\n", u.user);
        m.write("/etc/subuid", line.as_bytes(), Access::root(0o644))
            .expect("written");
    }),
    (
        "a process outside its slice",
        &[
            Promise::Confinement,
            Promise::Cpu,
            Promise::MemoryNodes,
            Promise::PrivateTmp,
            Promise::Processes,
        ],
        |m, u| {
            m.spawn(u.uid, "/sys/fs/cgroup/system.slice/cron.service");
        },
    ),
    ("frozen", &[Promise::Confinement], |m, u| {
        m.poke(&slice_file(u, "cgroup.events"), "populated 1\nfrozen 1")
            .expect("written");
    }),
];

#[test]
fn each_broken_mechanism_breaks_its_own_promise() {
    let (sound, mine) = furnished();
    for (what, promises, breaking) in BREAKINGS {
        let mut machine = sound.clone();
        breaking(&mut machine, &mine);
        let found = broken(&mut machine, vec![Spec::Unit(mine.clone())]);
        let found: BTreeSet<Promise> = found.iter().map(|check| check.promise).collect();
        assert_eq!(found, promises.iter().copied().collect(), "{what}");
    }
}

#[test]
fn the_servers_own_promises_break_too() {
    type Breaking = fn(&mut SimHost);
    let (sound, _) = furnished();
    let breakings: [(&str, Promise, Breaking); 4] = [
        ("no rules", Promise::Ports, |m| {
            nft(m, "delete table inet kloigos\n");
        }),
        ("no filter", Promise::Ports, |m| {
            m.unload_bind_filter().expect("unloaded");
        }),
        ("no reserved ports", Promise::Ports, |m| {
            m.poke("/proc/sys/net/ipv4/ip_local_reserved_ports", "")
                .expect("written");
        }),
        ("no boot service", Promise::Boot, |m| {
            let link = "/etc/systemd/system/sysinit.target.wants/kloigos-boot.service";
            m.remove(link).expect("removed");
        }),
    ];
    for (what, promise, breaking) in breakings {
        let mut machine = sound.clone();
        breaking(&mut machine);
        let found = broken(&mut machine, vec![server()]);
        let found: BTreeSet<Promise> = found.iter().map(|check| check.promise).collect();
        assert_eq!(found, BTreeSet::from([promise]), "{what}");
    }
}

#[test]
fn a_free_unit_has_no_key_and_no_process_but_its_manager() {
    type Breaking<'a> = &'a dyn Fn(&mut SimHost);
    let (sound, _) = furnished();
    let free = unit(1);
    let session = slice_file(&free, "session-9.scope");
    let breakings: [(Promise, Breaking<'_>); 3] = [
        (Promise::Confinement, &|m| {
            m.spawn(free.uid, &session);
        }),
        (Promise::Access, &|m| {
            let path = format!("/etc/ssh/kloigos/{}", free.user);
            m.write(&path, b"ssh-ed25519 AAAA\n", Access::root(0o644))
                .expect("written");
        }),
        (Promise::Files, &|m| {
            m.make_dir(
                &format!("/home/{}", free.user),
                Access::own(0o755, free.uid),
            )
            .expect("opened");
        }),
    ];
    for (promise, breaking) in breakings {
        let mut machine = sound.clone();
        breaking(&mut machine);
        let found = broken(&mut machine, vec![Spec::Unit(free.clone())]);
        let found: BTreeSet<Promise> = found.iter().map(|check| check.promise).collect();
        assert_eq!(found, BTreeSet::from([promise]));
    }
}

/// What a slice will be is what PID 1 read, not what was asked.
#[test]
fn a_unit_that_does_not_run_is_attested_by_its_next_start() {
    let (mut machine, _) = furnished();
    let mut cold = unit(1);
    cold.warm = false;
    settle(
        &mut machine,
        &apply(vec![desired(3, Spec::Unit(cold.clone()))]),
    );
    assert_eq!(broken(&mut machine, vec![Spec::Unit(cold.clone())]), []);
    let path = "/etc/systemd/system/user-70002.slice.d/50-kloigos.conf";
    let text = machine.read(path).expect("read").expect("a drop-in");
    let text = String::from_utf8(text).expect("text");
    let more = text.replace("AllowedCPUs=2-3", "AllowedCPUs=0-3");
    let more = more.replace("TasksMax=200", "TasksMax=infinity");
    machine
        .write(path, more.as_bytes(), Access::root(0o644))
        .expect("written");
    let found = broken(&mut machine, vec![Spec::Unit(cold)]);
    let found: BTreeSet<Promise> = found.iter().map(|check| check.promise).collect();
    assert_eq!(found, BTreeSet::from([Promise::Cpu, Promise::Tasks]));
}

#[test]
fn what_is_declined_or_not_limited_is_not_promised() {
    let (mut machine, mut mine) = furnished();
    mine.limits.memory_max = None;
    let Spec::Server(mut declining) = server() else {
        panic!("a server")
    };
    declining.measures.remove(&Measure::PrivateTmp);
    let attestations = attest(
        &mut machine,
        vec![Spec::Server(declining), Spec::Unit(mine)],
    );
    let verdict = |check: &str| {
        let mut checks = attestations.iter().flat_map(|all| &all.checks);
        let found = checks.find(|found| found.check == check);
        found.map(|found| found.verdict)
    };
    assert_eq!(verdict("memory.max"), Some(Verdict::NotPromised));
    assert_eq!(verdict("/tmp"), Some(Verdict::NotPromised));
}

#[test]
fn without_a_bind_filter_ports_are_degraded_not_broken() {
    let mut machine = bare().without_bind_filter();
    settle(&mut machine, &apply(whole(1)));
    let attestations = attest(&mut machine, vec![server(), Spec::Unit(unit(0))]);
    let checks = attestations.iter().flat_map(|all| &all.checks);
    let ports: Vec<&Check> = checks
        .filter(|check| check.promise == Promise::Ports)
        .collect();
    assert!(
        ports.iter().all(|check| check.verdict != Verdict::Broken),
        "{ports:#?}"
    );
    let degraded = ports
        .iter()
        .filter(|check| check.verdict == Verdict::Degraded);
    assert_eq!(degraded.count(), 2 + 1 + 3, "hooks, entry, foreign ports");
}
