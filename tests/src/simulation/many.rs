//! Many worlds, on all processors.

use std::{
    fs,
    ops::Range,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

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

/// The seeds that a person wants to see, `2000` or `500..2500`; so many where nobody says.
pub fn seeds(most: u64) -> Range<u64> {
    let Ok(text) = std::env::var("KLOIGOS_SEEDS") else {
        return 0..most;
    };
    let number = |text: &str| {
        text.parse()
            .expect("KLOIGOS_SEEDS is a number, or two: 500..2500")
    };
    match text.split_once("..") {
        Some((first, end)) => number(first)..number(end),
        None => 0..number(&text),
    }
}

/// Runs the worlds of these seeds; those that failed, in order.
pub fn run_many(seeds: Range<u64>) -> Vec<Failure> {
    run_while(seeds, |_| true).1
}

/// Runs the worlds of these seeds until one fails: how many were run, and the first that failed.
pub fn hunt(seeds: Range<u64>) -> (u64, Option<Failure>) {
    let (ran, failures) = run_while(seeds, <[Failure]>::is_empty);
    (ran, failures.into_iter().next())
}

/// Runs them as long as what failed so far says so.
fn run_while(seeds: Range<u64>, more: fn(&[Failure]) -> bool) -> (u64, Vec<Failure>) {
    let next = AtomicU64::new(seeds.start);
    let ran = AtomicU64::new(0);
    let failures = Mutex::new(Vec::new());
    let failed = || failures.lock().unwrap_or_else(PoisonError::into_inner);
    thread::scope(|scope| {
        for cpu in cpus() {
            let (next, ran, failed) = (&next, &ran, &failed);
            scope.spawn(move || {
                stay_on(cpu);
                let simulator = Simulator::new();
                while more(&failed()) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let failure = run_one(&simulator, seed);
                    ran.fetch_add(1, Ordering::Relaxed);
                    failed().extend(failure);
                }
            });
        }
    });
    let mut failures = failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    failures.sort_by_key(|failure| failure.seed);
    (ran.into_inner(), failures)
}

/// Those that this process may run on.
fn cpus() -> Vec<usize> {
    let own = sched_getaffinity(None).expect("a process has CPUs");
    (0..CpuSet::MAX_CPU)
        .filter(|&cpu| own.is_set(cpu))
        .collect()
}

/// This thread and all that it starts run on this CPU from here on. The threads of a simulator wait
/// for each other and never run at once: on one CPU they hand over without waking another, which
/// takes a third less time.
fn stay_on(cpu: usize) {
    let mut own = CpuSet::new();
    own.set(cpu);
    // Without it they are only slower.
    sched_setaffinity(None, &own).ok();
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
