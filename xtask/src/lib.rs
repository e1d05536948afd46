//! What `cargo xtask` does, as a library.
//!
//! Each verb of the command line is one module here and one variant in
//! `main.rs`. The integration tests use [`lab`] directly.

pub mod ansible;
pub mod bench;
pub mod boundaries;
pub mod demo;
pub mod dist;
pub mod docs;
pub mod drive;
pub mod lab;
pub mod package;
pub mod sources;
pub mod test;
pub mod web;
