//! The laws of a tenancy: its keys, whether it runs, its resets, and the proof of its end.

use kloigos_host::sys::Files;
use kloigos_model::host::{Activity, Outcome, Request, Spec, UnitSpec};
use kloigos_sim::host::SimHost;

use super::machines::{
    allocated, apply, ask, assert_same, bare, desired, settle, state, unit, whole,
};

const OTHER_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJnpKv3kTiUSLLRoSW5EfZJ4dZW8yRyQzJwMg0wR0Pz7 other";
const EVENTS: &str = "/sys/fs/cgroup/user.slice/user-70001.slice/user@70001.service/cgroup.events";
const MARKER: &str = "/var/lib/kloigos/units/u0-1.tenancy";

fn one(counter: u64, unit: UnitSpec) -> Request {
    apply(vec![desired(counter, Spec::Unit(unit))])
}

/// The first unit with a tenant in this activity.
fn tenant(activity: Activity) -> UnitSpec {
    let mut unit = allocated(unit(0), 1);
    unit.tenant
        .iter_mut()
        .for_each(|tenant| tenant.activity = activity);
    unit
}

/// A machine with a tenant who works.
fn inhabited() -> SimHost {
    let mut machine = bare();
    settle(&mut machine, &apply(whole(1)));
    settle(&mut machine, &one(2, tenant(Activity::Running)));
    machine.make_mess("u0-1", unit(0).uid, "c0-1");
    machine
}

fn is_frozen(machine: &SimHost) -> bool {
    let snapshot = machine.snapshot();
    snapshot
        .get(EVENTS)
        .is_some_and(|events| events.contains("frozen 1"))
}

/// Ended at any call, and asked again.
fn heals(before: &SimHost, request: &Request) {
    let mut calm = before.clone();
    settle(&mut calm, request);
    for calls in 0.. {
        let mut dying = before.clone();
        dying.die_after(calls);
        ask(&mut dying, request);
        if !dying.is_dead() {
            return;
        }
        dying.power_on();
        settle(&mut dying, request);
        let when = format!("died after {calls} calls");
        assert_same(&state(&calm), &state(&dying), &when);
    }
}

#[test]
fn keys_change_under_a_running_tenant_and_nothing_else() {
    let mut machine = inhabited();
    let before = machine.snapshot();
    let mut unit = tenant(Activity::Running);
    unit.tenant
        .iter_mut()
        .for_each(|tenant| tenant.keys = OTHER_KEY.parse().expect("a key"));
    let report = settle(&mut machine, &one(3, unit));
    let changes: Vec<_> = report.scopes[0].changes.iter().collect();
    assert!(
        changes.len() == 1 && changes[0].resource == "keys",
        "{changes:?}"
    );
    let after = machine.snapshot();
    let differing: Vec<_> = after
        .keys()
        .filter(|path| before.get(*path) != after.get(*path))
        .collect();
    assert_eq!(
        differing,
        ["/etc/ssh/kloigos/u0-1", "/var/lib/kloigos/units/u0-1.json"]
    );
}

#[test]
fn a_frozen_tenant_stands_still_and_nobody_gets_in() {
    let mut machine = inhabited();
    let alive = machine.traces(unit(0).uid);
    settle(&mut machine, &one(3, tenant(Activity::Frozen)));
    assert!(is_frozen(&machine) && !machine.lets_in("u0-1", unit(0).uid));
    assert_eq!(machine.traces(unit(0).uid), alive);
    settle(&mut machine, &one(4, tenant(Activity::Running)));
    assert!(!is_frozen(&machine) && machine.lets_in("u0-1", unit(0).uid));
    assert_eq!(machine.traces(unit(0).uid), alive);
}

/// PID 1 would wait for ever for a helper that it starts in a frozen slice.
#[test]
fn a_slice_that_somebody_froze_goes_on_before_it_is_stopped() {
    let slice = EVENTS.replace("user@70001.service/cgroup.events", "cgroup.freeze");
    for wanted in [Activity::Running, Activity::Frozen, Activity::Stopped] {
        let mut machine = inhabited();
        machine.poke(&slice, "1").expect("frozen");
        assert!(is_frozen(&machine));
        settle(&mut machine, &one(3, tenant(wanted)));
        assert_eq!(is_frozen(&machine), wanted == Activity::Frozen);
    }
    let mut machine = inhabited();
    settle(&mut machine, &one(3, tenant(Activity::Frozen)));
    machine.poke(&slice, "1").expect("frozen");
    settle(&mut machine, &one(4, unit(0)));
    assert!(!is_frozen(&machine));
}

#[test]
fn a_stopped_tenant_has_files_and_no_process_even_after_a_reboot() {
    let mut machine = inhabited();
    settle(&mut machine, &one(3, tenant(Activity::Stopped)));
    for _ in 0..2 {
        let traces = machine.traces(unit(0).uid);
        assert!(!traces.iter().any(|trace| trace.starts_with("process")));
        assert!(traces.iter().any(|trace| trace == "/home/u0-1/left"));
        assert!(!machine.lets_in("u0-1", unit(0).uid));
        machine.reboot();
    }
    settle(&mut machine, &one(4, tenant(Activity::Running)));
    assert!(machine.lets_in("u0-1", unit(0).uid));
}

#[test]
fn a_boot_ends_what_was_frozen_and_says_so() {
    let mut machine = inhabited();
    let frozen = one(3, tenant(Activity::Frozen));
    settle(&mut machine, &frozen);
    machine.reboot();
    let report = settle(&mut machine, &frozen);
    let degraded = &report.scopes[0].degraded;
    assert!(
        degraded.iter().any(|line| line.contains("was frozen")),
        "{degraded:?}"
    );
    assert!(!machine.lets_in("u0-1", unit(0).uid));
}

#[test]
fn every_change_of_activity_heals_after_death_at_any_call() {
    let all = [Activity::Running, Activity::Frozen, Activity::Stopped];
    for from in all {
        let mut machine = inhabited();
        settle(&mut machine, &one(3, tenant(from)));
        for to in all.into_iter().filter(|to| *to != from) {
            heals(&machine, &one(4, tenant(to)));
        }
        heals(&machine, &one(4, unit(0)));
    }
}

#[test]
fn a_reset_wipes_and_gives_back_to_the_same_tenant() {
    let mut machine = inhabited();
    let marker = machine.snapshot()[MARKER].clone();
    let mut unit = tenant(Activity::Running);
    unit.tenant.iter_mut().for_each(|tenant| tenant.resets = 1);
    let reset = one(3, unit.clone());
    heals(&machine, &reset);
    settle(&mut machine, &reset);
    let traces = machine.traces(unit.uid);
    assert!(
        !traces.iter().any(|trace| trace.contains("left")),
        "{traces:?}"
    );
    assert!(machine.lets_in("u0-1", unit.uid));
    assert_ne!(machine.snapshot()[MARKER], marker);
}

/// What does not go is named, the tenancy is not over, and asking again goes on.
#[test]
fn a_unit_with_a_trace_of_its_last_tenant_is_not_free() {
    let mut machine = inhabited();
    let session = "/run/systemd/sessions/9";
    machine.plant(session, "UID=70001\nSTATE=closing\n");
    let free = one(3, unit(0));
    for _ in 0..2 {
        let report = ask(&mut machine, &free);
        assert_eq!(report.outcome, Outcome::Fault);
        let message = report.fault.expect("a fault is told").message;
        assert!(
            message.contains("1 trace left") && message.contains(session),
            "{message}"
        );
        assert!(machine.snapshot().contains_key(MARKER));
        assert!(!machine.lets_in("u0-1", unit(0).uid));
    }
    machine.unplant(session);
    settle(&mut machine, &free);
    assert!(!machine.snapshot().contains_key(MARKER));
}
