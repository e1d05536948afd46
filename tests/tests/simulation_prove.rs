//! A long proof: a hundred thousand worlds. It goes on where it ended, unless something was changed
//! since.

use std::{fs, path::PathBuf};

use kloigos_tests::simulation::run_many;
use sha2::{Digest, Sha256};

/// How many worlds.
const WORLDS: u64 = 100_000;
/// How many are run before it is kept that they were.
const AT_ONCE: u64 = 500;

#[test]
fn a_hundred_thousand_worlds_settle() {
    let kept = kept();
    let text = fs::read_to_string(&kept).unwrap_or_else(|_| "0".to_owned());
    let mut done: u64 = text.trim().parse().expect("a number of worlds");
    println!("{done} worlds settled in earlier runs of this program");
    let mut failures = Vec::new();
    while done < WORLDS {
        let next = WORLDS.min(done + AT_ONCE);
        failures.extend(run_many(done..next));
        done = next;
        // The next run begins again with those among which one failed.
        if failures.is_empty() {
            fs::write(&kept, done.to_string()).expect("target can be written to");
        }
        println!("{done} of {WORLDS} worlds, {} failed", failures.len());
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Named by this program, which is another one after each change.
fn kept() -> PathBuf {
    let program = std::env::current_exe().expect("this program has a path");
    let digest = Sha256::digest(fs::read(program).expect("this program can be read"));
    let number = digest.iter().take(8);
    let number = number.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let name = format!("{number:016x}");
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../target/prove/simulation"
    ));
    fs::create_dir_all(&folder).expect("target can be written to");
    folder.join(name)
}
