//! Kloigos: store.
