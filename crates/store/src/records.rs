//! What queries give: rows whose every column is a parsed type.

mod allocation;
mod attestation;
mod drift;
mod event;
mod job;
mod server;
mod token;
mod unit;
mod webhook;

pub use allocation::{AllocationRecord, Tenancy};
pub use attestation::{AttestationRecord, AttestationSummary};
pub use drift::DriftRecord;
pub use event::{EventFilter, EventPage, EventRecord};
pub use job::{JobDetail, JobFilter, JobPage, JobProgress, JobRecord, LogLine};
pub use server::{ServerDetail, ServerRecord};
pub use token::{NotATokenHash, SessionRecord, TokenHash, TokenRecord};
pub use unit::{UnitDetail, UnitFilter, UnitRecord, UnitSummary};
pub use webhook::{Attempt, DeliveryRecord, SealedSecret, WebhookDetail, WebhookRecord};
