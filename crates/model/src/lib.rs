//! What the words of Kloigos mean: CPU sets, names, ports, topology, lifecycles, placement, and
//! the contract with the host binary.
//!
//! Pure: no input or output, no clock, no randomness, no async. Everything that enters from
//! outside is parsed into one of these types, and nothing else in the product takes a raw string
//! for one of them.

pub mod allocation;
pub mod compute_unit;
pub mod cpu;
pub mod event;
pub mod hook;
pub mod host;
pub mod ids;
pub mod layout;
pub mod limits;
pub mod names;
pub mod placement;
pub mod ports;
pub mod preflight;
pub mod remark;
pub mod server;
pub mod ssh;
pub mod tags;
pub mod text;
pub mod topology;
pub mod volume;
pub mod webhook;
