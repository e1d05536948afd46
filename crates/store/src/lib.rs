//! Rows and what they mean: the only room that knows SQL.
//!
//! One SQL text runs on every engine: columns are `TEXT` and `BIGINT` only, ids are UUIDs as text,
//! times are microseconds since 1970, structured values are JSON as text. Every change is an
//! [`Operation`], run inside one serializable transaction and run again when it was in another's
//! way. What must never be (a CPU, a user, a port or a unit twice) is a constraint of the schema,
//! not only code.

mod allocations;
mod attestations;
mod backup;
mod cells;
mod check;
mod database;
mod engine;
mod error;
mod events;
mod host_keys;
mod idempotency;
mod jobs;
mod lock;
mod offers;
mod records;
mod schema;
mod servers;
mod sessions;
mod simulated;
mod store;
mod tables;
mod tallies;
mod tokens;
mod tx;
mod units;
mod v02;
mod visits;
mod webhooks;
mod words;

pub use allocations::NewAllocation;
pub use attestations::NewAttestation;
pub use backup::{BackedUp, Restored, backup, restore};
pub use check::{Checked, check};
pub use database::{Database, NotAnAddress, PostgresAddress};
pub use error::Error;
pub use events::NewEvent;
pub use idempotency::{RepeatKey, Repeated};
pub use jobs::{Claim, ClaimRules, JobScope, JobState, NewJob, Outcome, Voice};
pub use records::{
    AllocationRecord, Attempt, AttestationRecord, AttestationSummary, DeliveryRecord, DriftRecord,
    EventFilter, EventPage, EventRecord, JobDetail, JobFilter, JobPage, JobProgress, JobRecord,
    LogLine, NotATokenHash, SealedSecret, ServerDetail, ServerRecord, SessionRecord, Tenancy,
    TokenHash, TokenRecord, UnitDetail, UnitFilter, UnitRecord, UnitSummary, WebhookDetail,
    WebhookRecord,
};
pub use schema::{Migrated, migrate};
pub use servers::{NewServer, ServerPlace};
pub use simulated::{Passage, Passing};
pub use store::Store;
pub use tallies::{ServerTally, Tallies};
pub use tx::{Operation, Tx};
pub use units::{NewUnit, Shares};
pub use v02::read as read_v02;
pub use visits::{DriftScope, VisitRules};
pub use webhooks::{NewDelivery, WebhookClaim};
pub use words::{JobKind, JobStatus};
