//! Many worlds: whatever goes wrong in them, what must never be is not, and all of it settles.
//!
//! `KLOIGOS_SEED=n` runs the world of that seed alone and prints its history; `KLOIGOS_SEEDS=n` runs
//! so many, `KLOIGOS_SEEDS=m..n` those.

use kloigos_tests::simulation::{Simulator, run_many, seed_to_replay, seeds};

/// How many worlds every change goes through.
const WORLDS: u64 = 2000;
/// How many are run twice.
const TWICE: u64 = 12;

#[test]
fn whatever_goes_wrong_all_settles() {
    if let Some(seed) = seed_to_replay() {
        let outcome = Simulator::new().run(seed);
        println!("{}", outcome.history.join("\n"));
        assert_eq!(outcome.fault, None, "seed {seed}");
        return;
    }
    let seeds = seeds(WORLDS);
    let begun = std::time::Instant::now();
    let failures = run_many(seeds.clone());
    println!("the worlds of {seeds:?} in {:.0?}", begun.elapsed());
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn the_same_seed_is_the_same_world() {
    let (one, other) = (Simulator::new(), Simulator::new());
    for seed in 0..TWICE {
        let (first, second) = (one.run(seed), other.run(seed));
        let lines = first.history.iter().zip(&second.history);
        let differing = lines.enumerate().find(|(_, (one, other))| one != other);
        assert_eq!(differing, None, "seed {seed}: the first lines that differ");
        assert_eq!(first.digest, second.digest, "seed {seed}");
        assert!(first.history.len() > 50, "seed {seed}: something happened");
    }
}
