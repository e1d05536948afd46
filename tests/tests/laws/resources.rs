//! The laws of each resource alone.

use kloigos_host::{
    resource::AnyResource,
    resources::Presence,
    state::{self as records, Record},
};
use kloigos_model::host::Spec;
use kloigos_sim::host::{Meddling, SimHost};
use proptest::{prelude::*, sample::Index};

use super::machines::{
    allocated, apply, assert_same, bare, bring, confined, desired, kinds, left, listed, server,
    settle, state, unit, with_volume,
};

/// A scope and a machine that is ready for it.
fn scenes() -> Vec<(Spec, SimHost)> {
    let mut scenes: Vec<(Spec, SimHost)> = kinds().map(|machine| (server(), machine)).into();
    scenes.push((confined(), bare()));
    for spec in [unit(0), allocated(with_volume(unit(1)), 1)] {
        let mut machine = bare();
        settle(&mut machine, &apply(vec![desired(1, server())]));
        scenes.push((Spec::Unit(spec), machine));
    }
    scenes
}

/// Each resource of a scope, with the machine on which all before it are settled.
fn stages(spec: &Spec, machine: &SimHost) -> Vec<(Box<dyn AnyResource>, SimHost)> {
    let mut machine = machine.clone();
    let record = Record {
        desired: desired(1, spec.clone()),
        removing: false,
    };
    records::save(&mut machine, &record).expect("the machine keeps a record");
    let mut stages = Vec::new();
    for resource in listed(spec, Presence::Present) {
        let before = machine.clone();
        assert!(
            bring(&mut machine, resource.as_ref()),
            "{} settles",
            resource.name()
        );
        stages.push((resource, before));
    }
    stages
}

fn settled(start: &SimHost, resource: &dyn AnyResource) -> SimHost {
    let mut calm = start.clone();
    assert!(bring(&mut calm, resource), "{} settles", resource.name());
    let left = left(&mut calm, resource);
    assert!(
        left.is_empty(),
        "{} is not settled by one run: {left:?}",
        resource.name()
    );
    calm
}

/// Whatever call it dies at, the next run ends as the calm one.
fn heals(start: &SimHost, resource: &dyn AnyResource) {
    let calm = settled(start, resource);
    for calls in 0.. {
        let mut dying = start.clone();
        dying.die_after(calls);
        let done = bring(&mut dying, resource);
        if done && !dying.is_dead() {
            return;
        }
        dying.power_on();
        let when = format!("{} died after {calls} calls", resource.name());
        assert!(
            bring(&mut dying, resource),
            "{when} and does not settle again"
        );
        assert_same(&state(&calm), &state(&dying), &when);
    }
}

#[test]
fn every_resource_settles_and_heals_after_death_at_any_call() {
    for (spec, machine) in scenes() {
        for (resource, before) in stages(&spec, &machine) {
            heals(&before, resource.as_ref());
        }
    }
}

#[test]
fn every_resource_is_removed_without_a_trace_even_by_a_run_that_died() {
    for (spec, machine) in scenes() {
        for (resource, before) in stages(&spec, &machine) {
            let made = settled(&before, resource.as_ref());
            let absent = absent(&spec, resource.name());
            heals(&made, absent.as_ref());
            if !is_a_place(absent.name()) {
                let removed = settled(&made, absent.as_ref());
                let when = format!("{} was made and removed", absent.name());
                assert_same(&state(&before), &state(&removed), &when);
            }
        }
    }
}

/// A resource of a scope that is to go.
fn absent(spec: &Spec, name: &str) -> Box<dyn AnyResource> {
    let all = listed(spec, Presence::Absent).into_iter();
    let mut named = all.filter(|absent| absent.name() == name);
    named.next().expect("what is made can be removed")
}

/// Whoever removes a user by hand does so with the system's tools, which change all of these; a
/// name that one of them alone has stays in our group until that goes.
const ACCOUNTS: [&str; 4] = ["/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow"];

/// These hold what others made, and take it along.
fn is_a_place(name: &str) -> bool {
    ["program", "places"].contains(&name)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever of ours is missing or spoilt, everything of others stays and ours comes back.
    #[test]
    fn every_resource_settles_from_any_mess(choices in prop::collection::vec(any::<Index>(), 64)) {
        for (spec, machine) in scenes() {
            for (resource, before) in stages(&spec, &machine) {
                let calm = settled(&before, resource.as_ref());
                let mut choice = choices.iter().cycle();
                let meddlings = [Meddling::Keep, Meddling::Undo, Meddling::Spoil];
                let mut start = calm.meddled(&before, |_| {
                    *choice.next().expect("there is always a next").get(&meddlings)
                });
                prop_assert!(bring(&mut start, resource.as_ref()), "{} settles", resource.name());
                let left = left(&mut start, resource.as_ref());
                prop_assert!(left.is_empty(), "{}: {left:?}", resource.name());
                assert_same(&state(&calm), &state(&start), resource.name());
            }
        }
    }

    /// Whatever of ours is missing or spoilt, nothing of it is left after its removal.
    #[test]
    fn every_resource_is_removed_from_any_mess(choices in prop::collection::vec(any::<Index>(), 64)) {
        for (spec, machine) in scenes() {
            for (resource, before) in stages(&spec, &machine) {
                let made = settled(&before, resource.as_ref());
                let mut choice = choices.iter().cycle();
                let meddlings = [Meddling::Keep, Meddling::Undo, Meddling::Spoil];
                let start = made.meddled(&before, |path| {
                    let choice = choice.next().expect("there is always a next");
                    if ACCOUNTS.contains(&path) { Meddling::Keep } else { *choice.get(&meddlings) }
                });
                let absent = absent(&spec, resource.name());
                let removed = settled(&start, absent.as_ref());
                if !is_a_place(absent.name()) {
                    let when = format!("{} was made, meddled with and removed", absent.name());
                    assert_same(&state(&before), &state(&removed), &when);
                }
            }
        }
    }
}
