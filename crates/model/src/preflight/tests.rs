use super::*;
use crate::{
    host::{
        Account, Filesystem, HandCut, HostCapabilities, IdRange, QuotaState, Sockets, SshDaemon,
        Surroundings,
    },
    layout::{Numbering, plan},
    topology::{Cpu, Node, Topology},
};

fn slots(ranges: &[&str]) -> Vec<Slot> {
    slots_from(ranges, Numbering::default())
}

fn slots_from(ranges: &[&str], numbering: Numbering) -> Vec<Slot> {
    let ranges: Vec<_> = ranges
        .iter()
        .map(|text| text.parse().expect("CPUs"))
        .collect();
    plan(&ranges, numbering).expect("a layout")
}

fn sound() -> Facts {
    let cpu = |id: u32| Cpu {
        id,
        package: 0,
        node: 0,
        core: id,
        siblings: id.to_string().parse().expect("CPU"),
        l3: None,
    };
    let node = Node {
        id: 0,
        cpus: "0-7".parse().ok(),
        memory_bytes: 8 << 30,
        distances: vec![10],
    };
    Facts {
        hostname: "host1".into(),
        machine_id: "0".repeat(32),
        arch: "x86_64".into(),
        kernel: "6.12".into(),
        os: "Debian".into(),
        systemd: 257,
        topology: Topology {
            cpus: (0..8).map(cpu).collect(),
            nodes: vec![node],
        },
        memory_bytes: 8 << 30,
        disks: vec![],
        filesystems: vec![],
        accounts: vec![Account {
            name: "root".into(),
            id: 0,
        }],
        groups: vec![Account {
            name: "root".into(),
            id: 0,
        }],
        subordinate_uids: vec![IdRange {
            first: 100_000,
            count: 65_536,
        }],
        capabilities: HostCapabilities {
            cgroup2: true,
            controllers: ["cpuset", "cpu", "io", "memory", "pids"]
                .map(Into::into)
                .to_vec(),
            nft: true,
            bpf: true,
            pam_systemd: true,
            logind: true,
            root: true,
        },
        sockets: Sockets {
            listening: vec![22],
            ephemeral: (32_768, 60_999),
            reserved: String::new(),
        },
        sshd: SshDaemon {
            version: Some((10, 0)),
            use_pam: true,
            includes_drop_ins: true,
        },
        volumes: vec![],
        surroundings: Surroundings {
            clock_synchronised: Some(true),
            ssh_daemons: vec!["ssh.service".into()],
            ..Surroundings::default()
        },
        cut_by_hand: vec![],
        initialised: false,
        simulated: false,
    }
}

fn said(facts: &Facts, slots: &[Slot]) -> String {
    told(&check(facts, slots))
}

fn told(findings: &[Finding]) -> String {
    let lines = findings.iter().map(Finding::to_string);
    lines.collect::<Vec<_>>().join(" | ")
}

/// A file system on a disk of its own.
fn filesystem(mount: &str, user_quota: QuotaState) -> Filesystem {
    Filesystem {
        mount: mount.into(),
        source: "/dev/vda1".into(),
        kind: "ext4".into(),
        size_bytes: 100 << 30,
        available_bytes: 50 << 30,
        user_quota,
    }
}

#[test]
fn a_sound_server_passes() {
    assert_eq!(said(&sound(), &slots(&["0-3", "4-7"])), "");
}

#[test]
fn cpus_it_does_not_have_are_named() {
    assert_eq!(
        said(&sound(), &slots(&["0-3", "6-9"])),
        "the server has no CPU 8-9, which the range 6-9 names; its CPUs are 0-7"
    );
}

#[test]
fn each_missing_part_has_its_fix() {
    let mut facts = sound();
    facts.capabilities.nft = false;
    facts
        .capabilities
        .controllers
        .retain(|name| name != "cpuset");
    facts.systemd = 247;
    facts.sshd.use_pam = false;
    let said = said(&facts, &slots(&["0-3"]));
    for part in [
        "nftables",
        "controllers cpuset are missing",
        "systemd 247 is too old",
        "UsePAM yes",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_taken_name_or_number_is_refused_unless_it_is_our_own() {
    let mut facts = sound();
    facts.accounts.push(Account {
        name: "u0-3".into(),
        id: 70_001,
    });
    facts.groups.push(Account {
        name: "u0-3".into(),
        id: 70_001,
    });
    assert!(said(&facts, &slots(&["0-3"])).contains("the user u0-3 (70001) is there already"));
    facts.initialised = true;
    assert_eq!(said(&facts, &slots(&["0-3"])), "");
    facts.accounts.push(Account {
        name: "ann".into(),
        id: 70_002,
    });
    assert!(said(&facts, &slots(&["0-3", "4-7"])).contains("the user ann (70002)"));
    let high = Numbering {
        first_uid: 100_005,
        ..Numbering::default()
    };
    assert!(said(&sound(), &slots_from(&["0-3"], high)).contains("subordinate ids from 100000"));
}

#[test]
fn ports_in_use_are_refused() {
    let mut facts = sound();
    facts.sockets.listening = vec![22, 2000, 2199, 2200];
    assert_eq!(
        said(&facts, &slots(&["0-3"])),
        "something on the server uses the ports 2000, 2199 of 2000-2200; stop it, or choose another first_port"
    );
}

#[test]
fn enough_ephemeral_ports_stay() {
    let greedy = Numbering {
        first_port: 32_768,
        port_step: 13_000,
        ..Numbering::default()
    };
    assert!(said(&sound(), &slots_from(&["0-3"], greedy)).contains("only 15232 ports"));
    let modest = Numbering {
        first_port: 32_768,
        port_step: 1000,
        ..Numbering::default()
    };
    assert_eq!(said(&sound(), &slots_from(&["0-3"], modest)), "");
}

#[test]
fn what_only_weakens_units_does_not_refuse_them() {
    type Spoil = fn(&mut Facts);
    let cases: [(Severity, &str, Spoil); 11] = [
        (Severity::Degrades, "controller io", |facts| {
            facts.capabilities.controllers.retain(|name| name != "io");
        }),
        (Severity::Degrades, "lockdown is integrity", |facts| {
            facts.capabilities.bpf = false;
            facts.surroundings.lockdown = Some("integrity".into());
        }),
        (Severity::Degrades, "unprivileged_bpf_disabled=1", |facts| {
            facts.surroundings.unprivileged_bpf = true;
        }),
        (Severity::Degrades, "timedatectl set-ntp true", |facts| {
            facts.surroundings.clock_synchronised = Some(false);
        }),
        (Severity::Degrades, "tune2fs -O quota", |facts| {
            facts.filesystems = vec![filesystem("/", QuotaState::Off)];
        }),
        (
            Severity::Degrades,
            "only 100 MiB are left on /var",
            |facts| {
                let mut var = filesystem("/var", QuotaState::Enforced);
                var.available_bytes = 100 << 20;
                facts.filesystems = vec![filesystem("/", QuotaState::Enforced), var];
            },
        ),
        (Severity::Degrades, "several SSH daemons", |facts| {
            facts.surroundings.ssh_daemons.push("other.service".into());
        }),
        (Severity::Notes, "PermitUserEnvironment", |facts| {
            facts.surroundings.permit_user_environment = true;
        }),
        (Severity::Notes, "polkit", |facts| {
            facts.surroundings.services = vec!["polkit.service".into()];
        }),
        (Severity::Notes, "systemd-oomd", |facts| {
            facts.surroundings.services = vec!["systemd-oomd.service".into()];
        }),
        (Severity::Notes, "AppArmor", |facts| {
            facts.surroundings.enforcing = vec!["AppArmor".into()];
        }),
    ];
    let slots = slots(&["0-3"]);
    assert_eq!(examine(&sound(), &slots), []);
    for (severity, words, spoil) in cases {
        let mut facts = sound();
        spoil(&mut facts);
        let findings = examine(&facts, &slots);
        assert_eq!(findings.len(), 1, "{words}: {findings:?}");
        assert_eq!(findings[0].severity, severity, "{words}");
        assert!(told(&findings).contains(words), "{findings:?}");
        assert_eq!(check(&facts, &slots), []);
    }
}

#[test]
fn each_file_system_without_quotas_is_named_once() {
    let mut facts = sound();
    facts.filesystems = vec![
        filesystem("/", QuotaState::Enforced),
        filesystem("/home", QuotaState::Off),
        filesystem("/home2", QuotaState::Off),
        filesystem("/mnt", QuotaState::Unsupported),
    ];
    let findings = told(&examine(&facts, &[]));
    assert_eq!(findings.matches("no user quotas").count(), 2, "{findings}");
    assert!(
        findings.contains("/home is on") && findings.contains("/mnt is on"),
        "{findings}"
    );
}

#[test]
fn an_old_kernel_is_refused() {
    for (release, refused) in [
        ("5.10.0-30-amd64", true),
        ("5.14.0", false),
        ("6.1.0-40", false),
    ] {
        let mut facts = sound();
        facts.kernel = release.into();
        assert_eq!(said(&facts, &[]).contains("too old"), refused, "{release}");
    }
}

#[test]
fn what_lies_where_a_units_directories_go_is_refused() {
    let slots = slots(&["0-3"]);
    let mut facts = sound();
    facts.surroundings.fstab = vec!["/mnt/c0-3".into()];
    assert!(said(&facts, &slots).contains("/etc/fstab mounts something at /mnt/c0-3"));
    facts.surroundings.fstab.clear();
    facts.surroundings.mounted = vec!["/home/u0-3".into()];
    assert!(said(&facts, &slots).contains("umount /home/u0-3"));
    facts.surroundings.mounted.clear();
    facts.surroundings.places = vec![("/opt/c0-3".into(), 0), ("/opt/other".into(), 0)];
    assert!(said(&facts, &slots).contains("mv /opt/c0-3 /opt/c0-3.old"));
    facts.initialised = true;
    assert_eq!(said(&facts, &slots), "");
}

#[test]
fn lists_of_sshd_that_keep_units_out_are_refused() {
    let slots = slots(&["0-3"]);
    for (keyword, pattern, out) in [
        ("allowusers", "admin", true),
        ("allowusers", "u*@10.0.0.0/8", false),
        ("denyusers", "u0-*", true),
        ("denyusers", "admin", false),
        ("allowgroups", "sudo", true),
        ("allowgroups", "kunits", false),
        ("denygroups", "kunits", true),
    ] {
        let mut facts = sound();
        facts.surroundings.sshd_lists = vec![(keyword.into(), pattern.into())];
        let said = said(&facts, &slots);
        assert_eq!(
            said.contains("keeps u0-3 out"),
            out,
            "{keyword} {pattern}: {said}"
        );
    }
}

#[test]
fn an_account_on_the_cpus_of_units_is_told_and_with_processes_in_the_way() {
    let cut = |processes: usize| HandCut {
        account: "alice".into(),
        uid: 1001,
        cpus: "2-5".parse().expect("CPUs"),
        home: "/home/alice".into(),
        processes,
        keys: vec![],
        other_keys: 0,
    };
    let with = |processes| Facts {
        cut_by_hand: vec![cut(processes)],
        ..sound()
    };
    let units = slots(&["0-2", "3"]);
    let busy = said(&with(2), &units);
    assert!(
        busy.contains("alice (1001) was given the CPUs 2-3"),
        "{busy}"
    );
    assert!(busy.contains("pkill -KILL -U 1001"), "{busy}");
    assert_eq!(said(&with(0), &units), "");
    let idle = told(&examine(&with(0), &units));
    assert!(idle.contains("systemctl revert user-1001.slice"), "{idle}");
    assert_eq!(told(&examine(&with(2), &slots(&["0-1", "6-7"]))), "");
}
