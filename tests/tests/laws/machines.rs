//! Machines and requests that the laws are tried on.

use std::collections::BTreeMap;

use kloigos_host::{
    resource::AnyResource,
    resources::{self, Look, Presence, Resources, Setting},
    serve,
};
use kloigos_model::{
    cpu::CpuSet,
    host::{
        Activity, Desired, Generation, Line, Measure, Outcome, Report, Request, ServerSpec, Spec,
        Tenant, UnitSpec, Volume,
    },
    limits::Limits,
};
use kloigos_sim::host::SimHost;
use kloigos_tests::specs;

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJnpKv3kTiUSLLRoSW5EfZJ4dZW8yRyQzJwMg0wR0Pz6 someone";

/// A machine with the host binary uploaded, and nothing else of ours.
pub(super) fn bare() -> SimHost {
    let mut machine = SimHost::new("sim1", 8, 2);
    machine.upload(&"a".repeat(64));
    machine
}

/// The kinds of machines that resources differ on.
pub(super) fn kinds() -> [SimHost; 3] {
    [
        bare(),
        bare().with_openssh((9, 2)),
        bare().without_bind_filter(),
    ]
}

/// The server's part with every measure declined but the one that people ask for most, and the
/// host's own work on two CPUs.
pub(super) fn confined() -> Spec {
    let Spec::Server(server) = server() else {
        unreachable!("a server's part is one");
    };
    Spec::Server(ServerSpec {
        measures: [Measure::PrivateTmp].into(),
        housekeeping: CpuSet::of([6, 7]),
        ..server
    })
}

pub(super) fn server() -> Spec {
    specs::server(4)
}

/// Unit 0 to 3, with a limit of each kind.
pub(super) fn unit(index: u32) -> UnitSpec {
    let limits = Limits {
        memory_max: Some(256 << 20),
        tasks_max: Some(200),
        io_weight: Some(50),
        io_write_bytes: Some(100 << 20),
        disk_bytes: Some(10 << 30),
        disk_inodes: Some(100_000),
        ..Limits::default()
    };
    specs::unit(index, limits)
}

/// The same unit with a disk of its own.
pub(super) fn with_volume(unit: UnitSpec) -> UnitSpec {
    let path = "/dev/disk/by-id/virtio-sim-vdb";
    UnitSpec {
        volume: Some(Volume {
            path: path.parse().expect("a stable path"),
            wipe: false,
        }),
        ..unit
    }
}

/// The same unit with somebody in it.
pub(super) fn allocated(unit: UnitSpec, tenancy: u32) -> UnitSpec {
    let allocation = format!("0199c0de-0000-7000-8000-{tenancy:012}");
    UnitSpec {
        tenant: Some(Tenant {
            allocation: allocation.parse().expect("an id"),
            keys: KEY.parse().expect("a key"),
            resets: 0,
            activity: Activity::Running,
        }),
        ..unit
    }
}

pub(super) fn desired(counter: u64, spec: Spec) -> Desired {
    Desired {
        generation: Generation { epoch: 1, counter },
        spec,
    }
}

/// The server and its four units.
pub(super) fn whole(counter: u64) -> Vec<Desired> {
    let units = (0..4).map(|index| Spec::Unit(unit(index)));
    let scopes = [server()].into_iter().chain(units);
    scopes.map(|spec| desired(counter, spec)).collect()
}

pub(super) fn apply(scopes: Vec<Desired>) -> Request {
    Request::Apply { scopes }
}

pub(super) fn remove_whole(counter: u64) -> Request {
    let mut scopes = whole(counter);
    scopes.reverse();
    Request::Remove { scopes }
}

/// The last line that the binary says.
pub(super) fn ask(machine: &mut SimHost, request: &Request) -> Report {
    let mut report = None;
    serve::serve(machine, request, &mut |line| {
        if let Line::Report(last) = line {
            report = Some(*last);
        }
    });
    report.expect("a report is the last line")
}

/// Asks for something that must be settled.
pub(super) fn settle(machine: &mut SimHost, request: &Request) -> Report {
    let report = ask(machine, request);
    assert_eq!(report.outcome, Outcome::Settled, "{report:#?}");
    report
}

/// The resources of a scope of ours.
pub(super) fn listed(spec: &Spec, presence: Presence) -> Resources {
    let setting = Setting {
        recorded: true,
        look: Look::Thorough,
        boot: false,
    };
    resources::of(spec, presence, setting)
}

/// Brings one resource to its state; whether it got there.
pub(super) fn bring(machine: &mut SimHost, resource: &dyn AnyResource) -> bool {
    resource.settle(machine, &mut |_| {}).is_ok()
}

/// What the resource would still do.
pub(super) fn left(machine: &mut SimHost, resource: &dyn AnyResource) -> Vec<String> {
    let found = resource.find(machine);
    found
        .unwrap_or_else(|fault| panic!("{}", fault.line()))
        .changes
}

/// The machine's state but for lock files, and the backups of shadow-utils, which tell its
/// history.
pub(super) fn state(machine: &SimHost) -> BTreeMap<String, String> {
    let mut state = machine.snapshot();
    // All CPUs are as good as none named, which the kernel does not take back.
    for (_, cpus) in state
        .iter_mut()
        .filter(|(path, _)| is_of_the_hosts_own(path))
    {
        *cpus = cpus.replace("\"0-7\\n\"", "\"\\n\"");
    }
    state.retain(|path, _| {
        let backup = path.starts_with("/etc/") && path.ends_with('-');
        let lock = path.starts_with("/run/kloigos/") && path.rsplit_once('.').is_some_and(is_lock);
        !backup && !lock
    });
    state
}

fn is_of_the_hosts_own(path: &str) -> bool {
    let unit = path
        .strip_prefix("/sys/fs/cgroup/")
        .and_then(|path| path.strip_suffix("/cpuset.cpus"));
    unit.is_some_and(|unit| !unit.contains("user-7"))
}

fn is_lock((_, suffix): (&str, &str)) -> bool {
    suffix == "lock"
}

/// Fails with what is not the same.
pub(super) fn assert_same(
    one: &BTreeMap<String, String>,
    other: &BTreeMap<String, String>,
    when: &str,
) {
    let paths = one.keys().chain(other.keys());
    let differing: Vec<String> = paths
        .filter(|path| one.get(*path) != other.get(*path))
        .map(|path| format!("{path}: {:?} and {:?}", one.get(path), other.get(path)))
        .collect();
    assert!(differing.is_empty(), "{when}:\n{}", differing.join("\n"));
}
