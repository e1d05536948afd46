//! Kloigos: sim.
pub mod fleet;
