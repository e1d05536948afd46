//! A control plane that is killed at any moment, over and over, while callers allocate and deallocate
//! on a real server whose link falls silent and whose power is cut: afterwards the API, the server
//! and what callers were told agree.

mod killed_on_lab {
    mod agreement;
    mod quakes;
    mod stage;

    pub(crate) use stage::tenancies_on_shaking_ground;
}

use anyhow::Result;

/// What every change goes through.
#[test]
fn a_sample_of_tenancies_on_shaking_ground() -> Result<()> {
    killed_on_lab::tenancies_on_shaking_ground(8, 1)
}

/// `KLOIGOS_SEED` makes another run of it.
#[test]
fn two_hundred_tenancies_on_shaking_ground() -> Result<()> {
    let seed = std::env::var("KLOIGOS_SEED").map_or(Ok(2), |seed| seed.parse())?;
    killed_on_lab::tenancies_on_shaking_ground(200, seed)
}
