//! The laws of whole requests: a server's life from init to removal.

use kloigos_model::host::{Desired, Outcome, Request, Spec};
use kloigos_sim::host::SimHost;

use super::machines::{
    allocated, apply, ask, assert_same, bare, desired, kinds, server, settle, state, unit, whole,
    with_volume,
};

/// The server and one unit, which has a disk of its own.
fn small(counter: u64) -> Vec<Desired> {
    let scopes = [server(), Spec::Unit(with_volume(unit(0)))];
    scopes.map(|spec| desired(counter, spec)).into()
}

/// The requests of a life: init, allocate, next tenant, resize, free, remove. After each the
/// tenant that there may be leaves a mess.
fn life() -> Vec<Request> {
    let one = |counter, unit| apply(vec![desired(counter, Spec::Unit(unit))]);
    let unit = with_volume(unit(0));
    let mut larger = allocated(unit.clone(), 2);
    larger.limits.memory_max = Some(512 << 20);
    let mut cold = unit.clone();
    cold.warm = false;
    vec![
        apply(small(1)),
        one(2, allocated(unit.clone(), 1)),
        one(3, allocated(unit.clone(), 2)),
        one(4, larger),
        one(5, unit),
        one(6, cold),
        Request::Remove {
            scopes: small(7).into_iter().rev().collect(),
        },
    ]
}

fn tenant_makes_a_mess(machine: &mut SimHost, request: &Request) {
    let Request::Apply { scopes } = request else {
        return;
    };
    for scope in scopes {
        if let Spec::Unit(unit) = &scope.spec
            && unit.tenant.is_some()
        {
            machine.make_mess(unit.user.as_str(), unit.uid, unit.dir.as_str());
        }
    }
}

/// Every step of a life, with the machine before it.
fn steps(mut machine: SimHost) -> Vec<(Request, SimHost)> {
    let mut steps = Vec::new();
    for request in life() {
        let before = machine.clone();
        settle(&mut machine, &request);
        tenant_makes_a_mess(&mut machine, &request);
        steps.push((request, before));
    }
    steps
}

#[test]
fn a_server_is_after_its_life_what_it_was_before() {
    for machine in kinds() {
        let mut bare = SimHost::clone(&machine);
        let uploaded = bare.snapshot();
        for request in life() {
            settle(&mut bare, &request);
            tenant_makes_a_mess(&mut bare, &request);
        }
        let mut left = bare.snapshot();
        for path in uploaded
            .keys()
            .filter(|path| path.starts_with("/usr/local/lib/kloigos"))
        {
            assert!(!left.contains_key(path), "{path} is left");
            left.insert(path.clone(), uploaded[path].clone());
        }
        assert_same(&uploaded, &left, "the server was removed");
    }
}

#[test]
fn the_same_request_again_changes_nothing() {
    let mut machine = bare();
    for request in life() {
        settle(&mut machine, &request);
        let before = machine.snapshot();
        let again = settle(&mut machine, &request);
        assert!(
            again.scopes.iter().all(|scope| scope.changes.is_empty()),
            "{again:#?}"
        );
        if matches!(request, Request::Apply { .. }) {
            assert_same(&before, &machine.snapshot(), "asked again");
        }
    }
}

#[test]
fn death_at_any_call_of_any_request_heals() {
    for (request, before) in steps(bare()) {
        let mut calm = before.clone();
        settle(&mut calm, &request);
        for calls in 0.. {
            let mut dying = before.clone();
            dying.die_after(calls);
            ask(&mut dying, &request);
            if !dying.is_dead() {
                break;
            }
            dying.power_on();
            settle(&mut dying, &request);
            let when = format!("died after {calls} calls");
            assert_same(&state(&calm), &state(&dying), &when);
        }
    }
}

#[test]
fn one_call_that_fails_is_told_or_harmless() {
    for (request, before) in steps(bare()) {
        let mut calm = before.clone();
        settle(&mut calm, &request);
        let all = {
            let mut counted = before.clone();
            counted.die_after(u32::MAX);
            ask(&mut counted, &request);
            counted.calls()
        };
        for calls in 0..all {
            let mut failing = before.clone();
            failing.fail_after(calls);
            let report = ask(&mut failing, &request);
            let told = report.outcome != Outcome::Settled && report.fault.is_some();
            let harmless = report.outcome == Outcome::Settled;
            assert!(told || harmless, "call {calls} failed: {report:#?}");
            settle(&mut failing, &request);
            assert_same(
                &state(&calm),
                &state(&failing),
                &format!("call {calls} failed"),
            );
        }
    }
}

#[test]
fn nothing_of_a_tenant_is_left_for_the_next() {
    let mut machine = bare();
    settle(&mut machine, &apply(whole(1)));
    let fresh = machine.traces(unit(0).uid);
    let first = allocated(unit(0), 1);
    settle(&mut machine, &apply(vec![desired(2, Spec::Unit(first))]));
    machine.make_mess("u0-1", unit(0).uid, "c0-1");
    assert!(machine.traces(unit(0).uid).len() > fresh.len() + 10);
    assert!(machine.lets_in("u0-1", unit(0).uid));
    settle(&mut machine, &apply(vec![desired(3, Spec::Unit(unit(0)))]));
    assert_eq!(machine.traces(unit(0).uid), fresh);
    assert!(!machine.lets_in("u0-1", unit(0).uid));
}

#[test]
fn an_allocation_of_a_warm_unit_runs_no_program() {
    let mut machine = bare();
    settle(&mut machine, &apply(whole(1)));
    let request = apply(vec![desired(2, Spec::Unit(allocated(unit(0), 1)))]);
    machine.die_after(u32::MAX);
    let report = settle(&mut machine, &request);
    assert_eq!(machine.programs(), 0, "{report:#?}");
    assert!(machine.calls() < 200, "{} calls", machine.calls());
    assert!(machine.lets_in("u0-1", unit(0).uid));
}

#[test]
fn inspection_changes_nothing_and_finds_what_was_meddled_with() {
    let mut machine = bare();
    let before = machine.snapshot();
    let inspect = Request::Inspect { scopes: whole(1) };
    let report = ask(&mut machine, &inspect);
    // The units' parts cannot be looked at before the server's is there.
    assert_ne!(report.outcome, Outcome::Settled);
    assert_same(&before, &machine.snapshot(), "inspected while bare");
    settle(&mut machine, &apply(whole(1)));
    let made = machine.snapshot();
    settle(&mut machine, &inspect);
    assert_same(&made, &machine.snapshot(), "inspected when made");
    let mut meddled = machine.meddled(&bare(), |what| {
        let undo = what == "nftables" || what.ends_with("50-kloigos.conf");
        if undo {
            kloigos_sim::host::Meddling::Undo
        } else {
            kloigos_sim::host::Meddling::Keep
        }
    });
    let report = ask(&mut meddled, &inspect);
    assert_eq!(report.outcome, Outcome::Drifted, "{report:#?}");
    settle(&mut meddled, &apply(whole(1)));
    settle(&mut meddled, &inspect);
}
