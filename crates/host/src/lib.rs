//! Kloigos: host.
