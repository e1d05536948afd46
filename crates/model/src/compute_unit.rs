//! compute_unit
