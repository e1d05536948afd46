//! The brain of Kloigos, without HTTP: what a person may ask ([`ops`]), what then happens
//! ([`JobKind`] and the engine behind [`Control`]), and how servers are reached ([`transport`]).
//!
//! Time and randomness enter by [`World`], servers by [`Transport`](transport::Transport), so that
//! the same control plane runs against real machines and simulated ones.

mod clock;
mod control;
mod core;
mod desired;
mod engine;
mod fit;
mod hooks;
mod housekeeping;
mod jobs;
mod list;
mod listening;
pub mod ops;
mod queries;
pub mod recourse;
mod refusal;
mod reply;
mod settings;
mod target;
pub mod transport;
mod visits;
pub mod webhooks;

/// The database itself: which one, and what is done to it as a whole.
pub mod database {
    pub use kloigos_store::{
        BackedUp, Checked, Database, Migrated, PostgresAddress, Restored, backup, check, migrate,
        read_v02, restore,
    };
}

pub use clock::{Clock, Entropy, SystemClock, SystemEntropy, World};
pub use control::{Control, Standing, examine};
pub use hooks::Hooks;
pub use kloigos_store::{
    AllocationRecord, Attempt, AttestationRecord, AttestationSummary, DeliveryRecord, DriftRecord,
    EventFilter, EventPage, EventRecord, JobDetail, JobFilter, JobKind, JobPage, JobProgress,
    JobRecord, JobStatus, LogLine, SealedSecret, ServerDetail, ServerRecord, ServerTally,
    SessionRecord, Store, Tallies, Tenancy, TokenHash, TokenRecord, UnitDetail, UnitFilter,
    UnitRecord, UnitSummary, WebhookDetail, WebhookRecord,
};
pub use list::UnitList;
pub use listening::{EventWatch, JobWatch};
pub use ops::{
    Allocate, Attest, Begun, CancelJob, Change, ChangeUnit, CreateWebhook, Cutting, Deallocate,
    DecommissionServer, Idempotency, InitServer, Placement, Plan, PlannedUnit, Probe, Probed,
    Promised, RetryJob, Tend, TendServer, UpdateWebhook, WantedLayout,
};
pub use refusal::{Fault, PathPart, Refusal};
pub use settings::{FirstContact, HostBinary, Patience, Settings};
