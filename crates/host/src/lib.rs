//! The root binary of Kloigos, as a library so that the simulated machine runs the same code.
//!
//! One request comes in on stdin, lines of JSON go out on stdout ([`kloigos_model::host`]). Every
//! change is made by a resource that looks, plans without side effects, and applies; a scope is
//! settled when a second plan is empty. All contact with the machine goes through [`sys::Host`].
//! Killed at any point, the same request run again ends in the same state.

pub mod attest;
pub mod cli;
pub mod converge;
pub mod facts;
mod fault;
pub mod guard;
pub mod paths;
pub mod resource;
pub mod resources;
pub mod serve;
pub mod state;
pub mod sys;

pub use fault::{Refusal, Trouble};
