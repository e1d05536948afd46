//! Kloigos: sim.
