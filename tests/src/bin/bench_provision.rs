//! Runs the provisioning bench; `cargo xtask bench provision` builds and starts it.

use anyhow::Result;

fn main() -> Result<()> {
    let rounds = std::env::args()
        .nth(1)
        .map_or(Ok(10), |rounds| rounds.parse())?;
    kloigos_tests::bench::provision(rounds)
}
