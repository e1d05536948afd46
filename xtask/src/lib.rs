//! Build, lab and checks: what `cargo xtask` does.
