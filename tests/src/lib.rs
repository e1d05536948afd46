//! Stories and laws of the whole product, and what they need: a plain HTTP [`client`] and a control
//! plane in this process ([`plane`]). The executable as a process of its own is [`xtask::drive`]'s.

pub mod asks;
pub mod bench;
pub mod calls;
pub mod control_bench;
pub mod controller;
pub mod escape;
pub mod keys;
pub mod mutations;
pub mod pages;
pub mod place;
pub mod plane;
pub mod postgres;
pub mod receiver;
pub mod simulation;
pub mod specs;
pub mod sse;
pub mod sshd;

pub use xtask::drive::client;
