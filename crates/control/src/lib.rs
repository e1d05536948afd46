//! Kloigos: control.
