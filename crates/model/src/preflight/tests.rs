use super::*;
use crate::{
    host::{Account, HostCapabilities, IdRange, Sockets, SshDaemon},
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
        initialised: false,
        simulated: false,
    }
}

fn said(facts: &Facts, slots: &[Slot]) -> String {
    check(facts, slots)
        .iter()
        .map(Finding::to_string)
        .collect::<Vec<_>>()
        .join(" | ")
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
