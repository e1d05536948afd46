//! CPU time.

use anyhow::{Result, ensure};

use super::Stage;

const SHARE: &str = include_str!("share.py");
/// How often, and how long each time, both with and without the neighbour.
const ROUNDS: &str = "7";
const SECONDS: &str = "5";
/// How much of its time alone a unit may miss or gain.
const WITHIN: f64 = 0.02;

/// Under emulation CPUs share those of this machine, so that a unit computes less when its
/// neighbour burns; what the server itself can give, its CPUs' time, is counted by the server's
/// clock.
pub(crate) fn a_unit_computes_as_much_as_it_did_alone(stage: &Stage) -> Result<()> {
    let (alone, beside) = shares(stage, ROUNDS)?;
    let cpus = f64::from(stage.computing.cpus.len() as u32);
    println!("CPUs' worth of time, medians of {ROUNDS}: {alone:.4} alone, {beside:.4} beside");
    ensure!(alone > 0.9 * cpus, "even alone it has only {alone} CPUs");
    ensure!(
        (beside / alone - 1.0).abs() < WITHIN,
        "{beside} CPUs beside its neighbour, {alone} alone"
    );
    Ok(())
}

/// How many CPUs' worth of time the computing unit has, alone and beside its neighbour.
pub(super) fn shares(stage: &Stage, rounds: &str) -> Result<(f64, f64)> {
    let units = [&stage.computing.uid, &stage.burning.uid];
    let printed = stage.python(SHARE, &[rounds, SECONDS, units[0], units[1]])?;
    let lines = printed.lines().map(serde_json::from_str);
    let rounds: Vec<(f64, f64)> = lines.collect::<Result<_, _>>()?;
    for (alone, beside) in &rounds {
        println!("  {alone:.4} alone, {beside:.4} beside");
    }
    let (alone, beside) = rounds.into_iter().unzip();
    Ok((median(alone), median(beside)))
}

fn median(mut shares: Vec<f64>) -> f64 {
    shares.sort_by(f64::total_cmp);
    shares[shares.len() / 2]
}
