//! What requests are made of on the wire. Each shape is what the `OpenAPI` document shows; what a
//! handler gets is read from it by the rules of `check`, into the model's types.

mod allocate;
mod filter;
mod init;
mod query;

pub use allocate::{ComputeUnitRequest, TagValue};
pub use init::{InitServerRequest, ProbeRequest};

pub(crate) use allocate::Allocation;
pub(crate) use filter::{JobQuery, UnitQuery};
pub(crate) use init::{Cut, Look};
pub(crate) use query::{DeallocateQuery, DecommissionQuery, Nothing, Query, WaitQuery};
