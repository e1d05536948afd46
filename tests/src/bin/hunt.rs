//! Runs simulated worlds until one goes wrong: `hunt WORLDS`. Ends with 1 when one did, and says
//! which in its last line.

use std::process::ExitCode;

use kloigos_tests::simulation::hunt;

fn main() -> ExitCode {
    let worlds = std::env::args().nth(1).and_then(|word| word.parse().ok());
    let Some(worlds) = worlds else {
        eprintln!("usage: hunt WORLDS");
        return ExitCode::from(2);
    };
    let (ran, failure) = hunt(0..worlds);
    let Some(failure) = failure else {
        println!("nothing in {ran} worlds");
        return ExitCode::SUCCESS;
    };
    println!("seed {} of {ran}: {}", failure.seed, failure.fault);
    ExitCode::FAILURE
}
