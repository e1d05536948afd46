//! What answers are made of on the wire: every field in its documented order, nulls present.

mod facts;
mod fault;
mod job;
mod server;
mod unit;

pub use facts::{CpuView, DiskView, FactsView, FilesystemView, NodeView};
pub use fault::{Detail, HTTPValidationError, LocationPart, ValidationError};
pub use job::{JobDetailView, JobView, LogLineView};
pub use server::{HealthView, ProbeView, ServerDetailView, ServerView};
pub use unit::ComputeUnitResponse;
