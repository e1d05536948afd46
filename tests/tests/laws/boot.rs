//! Reboots and power cuts: the boot service redoes from the records what a boot forgets.

use kloigos_model::host::{Request, Spec};

use super::machines::{
    allocated, apply, ask, assert_same, bare, desired, kinds, settle, state, unit, whole,
};

#[test]
fn after_a_reboot_nothing_is_left_to_do_and_the_tenant_gets_in() {
    for mut machine in kinds() {
        settle(&mut machine, &apply(whole(1)));
        let tenant = apply(vec![desired(2, Spec::Unit(allocated(unit(0), 1)))]);
        settle(&mut machine, &tenant);
        machine.reboot();
        assert!(machine.lets_in("u0-1", unit(0).uid));
        let before = machine.snapshot();
        let again = settle(&mut machine, &tenant);
        assert!(
            again.scopes.iter().all(|scope| scope.changes.is_empty()),
            "{again:#?}"
        );
        let rest = whole(1)
            .into_iter()
            .filter(|scope| scope.scope().to_string() != "u0-1");
        let rest = Request::Inspect {
            scopes: rest.collect(),
        };
        settle(&mut machine, &rest);
        let mut after = machine.snapshot();
        after.retain(|path, _| before.contains_key(path));
        assert_same(&before, &after, "asked again after a reboot");
    }
}

/// The power may go at any call; the machine comes up by itself with what was asked for before
/// or what was asked for last, and the same request again settles it as it would have been.
#[test]
fn a_power_cut_at_any_call_heals() {
    let mut machine = bare();
    settle(&mut machine, &apply(whole(1)));
    let first = apply(vec![desired(2, Spec::Unit(allocated(unit(0), 1)))]);
    let second = apply(vec![desired(3, Spec::Unit(allocated(unit(0), 2)))]);
    for request in [first, second] {
        let mut calm = machine.clone();
        settle(&mut calm, &request);
        calm.reboot();
        settle(&mut calm, &request);
        for calls in 0.. {
            let mut dying = machine.clone();
            dying.die_after(calls);
            ask(&mut dying, &request);
            if !dying.is_dead() {
                break;
            }
            dying.reboot();
            settle(&mut dying, &request);
            let when = format!("the power went after {calls} calls");
            assert_same(&state(&calm), &state(&dying), &when);
        }
        settle(&mut machine, &request);
        machine.make_mess("u0-1", unit(0).uid, "c0-1");
    }
}

/// A tenant that should be gone must not get in, whenever the machine died.
#[test]
fn nobody_gets_in_whose_eviction_was_cut_short() {
    let mut machine = bare();
    settle(&mut machine, &apply(whole(1)));
    settle(
        &mut machine,
        &apply(vec![desired(2, Spec::Unit(allocated(unit(0), 1)))]),
    );
    machine.make_mess("u0-1", unit(0).uid, "c0-1");
    let free = apply(vec![desired(3, Spec::Unit(unit(0)))]);
    let mut asked = false;
    for calls in 0.. {
        let mut dying = machine.clone();
        dying.die_after(calls);
        ask(&mut dying, &free);
        if !dying.is_dead() {
            break;
        }
        dying.power_on();
        // From the moment that the intention is kept, a boot goes on with it.
        let kept = dying.snapshot()["/var/lib/kloigos/units/u0-1.json"].contains("1.3");
        assert!(kept || !asked, "an intention is not taken back");
        asked = kept;
        dying.reboot();
        assert_eq!(
            dying.lets_in("u0-1", unit(0).uid),
            !kept,
            "after {calls} calls"
        );
    }
    assert!(asked);
}
