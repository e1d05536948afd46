//! Kloigos: sim.
pub mod fleet;
pub mod host;
