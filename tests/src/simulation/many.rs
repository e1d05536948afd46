//! Many worlds, on all processors.

use std::{
    fs,
    num::NonZero,
    ops::Range,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use super::Simulator;

/// A world in which something was that must never be.
#[derive(Debug)]
pub struct Failure {
    /// By which it is run again.
    pub seed: u64,
    /// What was.
    pub fault: String,
    /// Where its history is kept.
    pub history: PathBuf,
}

/// The seed that a person wants to see alone.
pub fn seed_to_replay() -> Option<u64> {
    let seed = std::env::var("KLOIGOS_SEED").ok()?;
    Some(seed.parse().expect("KLOIGOS_SEED is a whole number"))
}

/// Runs the worlds of these seeds; those that failed, in order.
pub fn run_many(seeds: Range<u64>) -> Vec<Failure> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicU64::new(seeds.start);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let simulator = Simulator::new();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    if let Some(failure) = run_one(&simulator, seed) {
                        let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                        failures.push(failure);
                    }
                }
            });
        }
    });
    let mut failures = failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    failures.sort_by_key(|failure| failure.seed);
    failures
}

fn run_one(simulator: &Simulator, seed: u64) -> Option<Failure> {
    let outcome = simulator.run(seed);
    let fault = outcome.fault?;
    let history = keep(seed, &outcome.history);
    println!(
        "seed {seed}: {fault}\n  its history is in {}; again: KLOIGOS_SEED={seed} cargo test \
         --package kloigos-tests --test simulation -- --nocapture",
        history.display()
    );
    Some(Failure {
        seed,
        fault,
        history,
    })
}

fn keep(seed: u64, history: &[String]) -> PathBuf {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/simulation"));
    let file = folder.join(format!("seed-{seed}.txt"));
    fs::create_dir_all(&folder).expect("target can be written to");
    fs::write(&file, history.join("\n")).expect("target can be written to");
    file
}
