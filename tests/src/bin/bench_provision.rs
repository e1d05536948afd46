//! Runs the provisioning bench; `cargo xtask bench provision` builds and starts it.
//!
//! Usage: `bench_provision ROUNDS PART…`

use anyhow::{Context, Result};
use xtask::bench::Part;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let rounds = arguments.next().context("no number of rounds")?.parse()?;
    let named = |name: &str| Part::ALL.into_iter().find(|part| part.as_str() == name);
    let parts: Option<Vec<Part>> = arguments.map(|name| named(&name)).collect();
    kloigos_tests::bench::provision(rounds, &parts.context("no such part")?)
}
