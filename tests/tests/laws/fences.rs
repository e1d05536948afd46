//! What must not pass: stale actors, unsound requests, other people's things.

use kloigos_host::sys::{Access, Command, Commands, Files};
use kloigos_model::{
    host::{Outcome, Request, Spec, UnitSpec},
    ports::PortRange,
};
use kloigos_sim::host::SimHost;

use super::machines::{
    allocated, apply, ask, assert_same, bare, desired, server, settle, state, unit, whole,
    with_volume,
};

fn made() -> SimHost {
    let mut machine = bare();
    settle(&mut machine, &apply(whole(5)));
    machine
}

/// Asks for something that must not pass and changes nothing.
fn is_refused(machine: &mut SimHost, request: &Request, outcome: Outcome) -> String {
    let before = state(machine);
    let report = ask(machine, request);
    assert_eq!(report.outcome, outcome, "{report:#?}");
    assert_same(&before, &state(machine), "it did not pass");
    let fault = report.fault.expect("it says why");
    assert!(!fault.changed);
    fault.message
}

#[test]
fn an_older_generation_is_stale_whatever_it_asks() {
    let mut machine = made();
    let old = vec![desired(4, Spec::Unit(unit(0)))];
    is_refused(&mut machine, &apply(old.clone()), Outcome::Stale);
    is_refused(
        &mut machine,
        &Request::Inspect {
            scopes: old.clone(),
        },
        Outcome::Stale,
    );
    is_refused(
        &mut machine,
        &Request::Remove { scopes: old },
        Outcome::Stale,
    );
}

#[test]
fn one_generation_has_one_content() {
    let mut machine = made();
    let other = allocated(unit(0), 1);
    let request = apply(vec![desired(5, Spec::Unit(other))]);
    is_refused(&mut machine, &request, Outcome::Refused);
}

#[test]
fn the_cpus_of_a_unit_change_only_while_nobody_has_it() {
    let mut machine = bare();
    settle(&mut machine, &apply(vec![desired(1, server())]));
    let (mut narrow, mut wide) = (unit(0), unit(0));
    cpus(&mut narrow, "0");
    cpus(&mut wide, "0-1");
    let one = |counter, unit| apply(vec![desired(counter, Spec::Unit(unit))]);
    settle(&mut machine, &one(1, narrow.clone()));
    settle(&mut machine, &one(2, allocated(narrow.clone(), 1)));
    let request = one(3, allocated(wide.clone(), 1));
    let message = is_refused(&mut machine, &request, Outcome::Refused);
    assert!(message.contains("deallocate"), "{message}");
    settle(&mut machine, &one(3, allocated(wide, 2)));
    settle(&mut machine, &one(4, narrow));
}

#[test]
fn a_volume_that_holds_something_is_refused_unless_it_may_be_wiped() {
    let asked = |counter, unit| apply(vec![desired(counter, Spec::Unit(unit))]);
    for (holds, told) in [
        ("TYPE=xfs\n", "signature xfs"),
        ("some bytes", "unknown kind"),
    ] {
        let mut machine = bare();
        settle(&mut machine, &apply(vec![desired(1, server())]));
        machine.store_on("/dev/vdb", holds);
        let mut unit = with_volume(unit(0));
        let message = is_refused(&mut machine, &asked(1, unit.clone()), Outcome::Refused);
        assert!(message.contains(told), "{message}");
        if let Some(volume) = &mut unit.volume {
            volume.wipe = true;
        }
        settle(&mut machine, &asked(1, unit.clone()));
        let other = super::machines::unit(0);
        let message = is_refused(&mut machine, &asked(2, other), Outcome::Refused);
        assert!(message.contains("remove the unit first"), "{message}");
    }
    let mut machine = bare();
    settle(&mut machine, &apply(vec![desired(1, server())]));
    let mut unit = with_volume(unit(0));
    if let Some(volume) = &mut unit.volume {
        volume.wipe = true;
        volume.path = "/dev/disk/by-id/virtio-sim-vda".parse().expect("a path");
    }
    let message = is_refused(&mut machine, &asked(1, unit), Outcome::Refused);
    assert!(message.contains("in use: mounted at /"), "{message}");
}

#[test]
fn nothing_is_wiped_while_somebody_has_the_unit() {
    let mut machine = bare();
    settle(&mut machine, &apply(vec![desired(1, server())]));
    let mut unit = with_volume(unit(0));
    if let Some(volume) = &mut unit.volume {
        volume.wipe = true;
    }
    let asked = |counter, unit: &UnitSpec| apply(vec![desired(counter, Spec::Unit(unit.clone()))]);
    settle(&mut machine, &asked(1, &unit));
    let theirs = allocated(unit.clone(), 1);
    settle(&mut machine, &asked(2, &theirs));
    // Somebody takes the disk out, and puts in another one that has something on it.
    let units = machine.list("/etc/systemd/system").expect("a folder");
    let mut units = units.iter().flatten();
    let mount = units.find(|name| name.strip_suffix(".mount").is_some());
    let mount = mount.expect("its mount");
    let stop = Command::new(["systemctl", "stop", mount]);
    machine.run(&stop).expect("it stops");
    machine.store_on("/dev/vdb", "TYPE=xfs\n");
    let message = is_refused(&mut machine, &asked(2, &theirs), Outcome::Refused);
    assert!(message.contains("deallocate it first"), "{message}");
    settle(&mut machine, &asked(3, &unit));
}

/// How a sound unit is made unsound.
type Change = fn(&mut UnitSpec);

fn cpus(unit: &mut UnitSpec, set: &str) {
    unit.cpus = set.parse().expect("a set");
}

/// Unit 1 with this change is refused beside unit 0, for this reason.
fn is_refused_beside_unit_0(change: Change, reason: &str) {
    let mut machine = bare();
    let there = vec![desired(1, server()), desired(1, Spec::Unit(unit(0)))];
    settle(&mut machine, &apply(there));
    let mut other = unit(1);
    change(&mut other);
    let request = apply(vec![desired(1, Spec::Unit(other))]);
    let message = is_refused(&mut machine, &request, Outcome::Refused);
    assert!(message.contains(reason), "{reason}: {message}");
}

#[test]
fn units_that_share_anything_are_refused() {
    let cases: [(Change, &str); 4] = [
        (|unit| unit.uid = 70_001, "the same uid"),
        (
            |unit| unit.ports = PortRange::new(2100, 2300).expect("a range"),
            "a port in common",
        ),
        (|unit| cpus(unit, "1-2"), "a CPU in common"),
        (
            |unit| unit.dir = super::machines::unit(0).dir,
            "the same directories",
        ),
    ];
    for (change, reason) in cases {
        is_refused_beside_unit_0(change, reason);
    }
}

#[test]
fn what_the_server_does_not_have_is_refused() {
    let cases: [(Change, &str); 7] = [
        (|unit| cpus(unit, "8-9"), "no CPUs"),
        (
            |unit| unit.memory_nodes = "2".parse().expect("a set"),
            "no memory",
        ),
        (|unit| unit.limits.memory_max = Some(1 << 20), "16 MiB"),
        (|unit| unit.uid = 0, "not for units"),
        (|unit| unit.uid = 999, "not for units"),
        (|unit| unit.uid = 100_001, "subuid"),
        (|unit| unit.uid = 1000, "cannot be made"),
    ];
    for (change, reason) in cases {
        is_refused_beside_unit_0(change, reason);
    }
}

#[test]
fn a_unit_needs_the_server_and_the_server_outlives_its_units() {
    let lone = apply(vec![desired(1, Spec::Unit(unit(0)))]);
    is_refused(&mut bare(), &lone, Outcome::Refused);
    let mut machine = made();
    let server_alone = Request::Remove {
        scopes: vec![desired(6, server())],
    };
    let message = is_refused(&mut machine, &server_alone, Outcome::Refused);
    assert!(message.contains("u0-1"), "{message}");
}

#[test]
fn scopes_come_in_order_and_once() {
    let mut scopes = whole(1);
    scopes.reverse();
    is_refused(&mut bare(), &apply(scopes), Outcome::Refused);
    let twice = vec![desired(1, server()), desired(1, server())];
    is_refused(&mut bare(), &apply(twice), Outcome::Refused);
    let wrong = Request::Remove { scopes: whole(6) };
    is_refused(&mut made(), &wrong, Outcome::Refused);
}

#[test]
fn what_is_there_and_not_ours_is_not_taken() {
    let strangers: [&[&str]; 4] = [
        &["groupadd", "--gid", "70001", "people"],
        &["groupadd", "--gid", "5000", "u0-1"],
        &["useradd", "--uid", "70001", "--gid", "1000", "someone"],
        &["useradd", "--uid", "5000", "--gid", "1000", "u0-1"],
    ];
    for stranger in strangers {
        unit_0_is_refused(|machine| add(machine, stranger));
    }
    unit_0_is_refused(|machine| {
        let made = machine.make_dir("/opt/c0-1", Access::root(0o755));
        made.expect("a directory");
    });
    let mut machine = bare();
    add(&mut machine, &["groupadd", "--gid", "5000", "kunits"]);
    is_refused(
        &mut machine,
        &apply(vec![desired(1, server())]),
        Outcome::Refused,
    );
}

/// Neither made nor, as it was never made, taken away.
fn unit_0_is_refused(prepare: impl Fn(&mut SimHost)) {
    let mut machine = bare();
    settle(&mut machine, &apply(vec![desired(1, server())]));
    prepare(&mut machine);
    let request = apply(vec![desired(1, Spec::Unit(unit(0)))]);
    is_refused(&mut machine, &request, Outcome::Refused);
    let before = state(&machine);
    let scopes = vec![desired(2, Spec::Unit(unit(0)))];
    settle(&mut machine, &Request::Remove { scopes });
    assert_same(
        &before,
        &state(&machine),
        "what was never made is not removed",
    );
}

fn add(machine: &mut SimHost, argv: &[&str]) {
    let command = Command::new(argv.iter().copied());
    let output = machine.run(&command).expect("a program");
    assert_eq!(output.code, 0, "{output:?}");
}

#[test]
fn removing_what_is_not_there_is_success() {
    let mut machine = SimHost::new("sim1", 8, 2);
    let before = machine.snapshot();
    settle(&mut machine, &super::machines::remove_whole(1));
    assert_same(&before, &machine.snapshot(), "nothing was there");
}

/// What sshd has in force is asked of sshd: a list of others that keeps units out is told with
/// what to do, before anything is made and when it comes later.
#[test]
fn a_setting_of_others_that_keeps_a_unit_out_is_told() {
    let others = "/etc/ssh/sshd_config.d/50-others.conf";
    let one = || vec![desired(1, Spec::Unit(unit(0)))];
    for (line, reason) in [
        ("AllowUsers admin", "allowusers"),
        ("DenyUsers u*", "denyusers"),
    ] {
        let mut machine = bare();
        settle(&mut machine, &apply(vec![desired(1, server())]));
        let text = format!("PrintMotd no\n{line}\n");
        let mut free = machine.clone();
        let written = machine.write(others, text.as_bytes(), Access::root(0o644));
        written.expect("a file");
        let message = is_refused(&mut machine, &apply(one()), Outcome::Refused);
        assert!(
            message.contains(reason) && message.contains("kunits"),
            "{message}"
        );
        settle(&mut free, &apply(one()));
        let written = free.write(others, text.as_bytes(), Access::root(0o644));
        written.expect("a file");
        let report = ask(&mut free, &Request::Inspect { scopes: one() });
        assert_eq!(report.outcome, Outcome::Drifted, "{report:#?}");
    }
}
