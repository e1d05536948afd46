//! A long proof: the simulated worlds find every deliberate fault of the product, and nothing where
//! there is none.

use anyhow::Result;
use kloigos_tests::mutations::{Copy, MUTATIONS};

/// Within so many worlds.
const WORLDS: u64 = 300;
/// So many must go well without a mutation.
const SOUND: u64 = 100;

#[test]
fn the_worlds_find_every_mutation() -> Result<()> {
    let copy = Copy::build()?;
    let sound = copy.hunt(None, SOUND)?;
    println!("{:<14} {}", "none", sound.said);
    assert!(!sound.found, "without a mutation: {}", sound.said);
    let mut missed = Vec::new();
    for mutation in MUTATIONS {
        let hunted = copy.hunt(Some(mutation.name), WORLDS)?;
        println!("{:<14} {:.150}", mutation.name, hunted.said);
        if !hunted.found {
            missed.push(format!("{}: {}", mutation.name, mutation.breaks));
        }
    }
    assert!(missed.is_empty(), "not found: {missed:#?}");
    Ok(())
}
