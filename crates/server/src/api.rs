//! The API: HTTP in, one operation or query of `control`, HTTP out.
//!
//! A handler extracts, calls and renders; it decides nothing. Requests become the model's types in
//! [`request`], answers take their shape in [`view`], and every status code is in `error`.

mod admin;
mod allocations;
mod array;
mod asked;
mod attestations;
mod check;
mod compute_units;
mod document;
mod error;
mod events;
mod fault;
mod follow;
mod health;
mod jobs;
mod json;
pub mod request;
mod router;
mod servers;
mod session;
mod stream;
mod tending;
mod trace;
mod unmatched;
pub mod view;
mod webhooks;

pub use document::document;
pub(crate) use error::ApiError;
pub(crate) use router::router;
