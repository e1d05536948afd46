//! What answers are made of on the wire: every field in its documented order, nulls present.

mod allocation;
mod attestation;
mod event;
mod facts;
mod fault;
mod finding;
mod hand_cut;
mod job;
mod probe;
mod server;
mod session;
mod unit;
mod unit_detail;
mod webhook;

pub use allocation::{AllocateAnswer, AllocationView, PassedOverView, PlacementView};
pub use attestation::{AttestationSummaryView, AttestationView, CheckView};
pub use event::EventView;
pub use facts::{CpuView, DiskView, FactsView, FilesystemView, NodeView};
pub use fault::{Detail, HTTPValidationError, LocationPart, ValidationError};
pub use finding::{ExaminationView, FindingView};
pub use hand_cut::HandCutView;
pub use job::{JobDetailView, JobView, LogLineView, ProgressView};
pub use probe::{LayoutView, PlannedUnitView, ProbeView};
pub use server::{DriftView, HealthView, ServerDetailView, ServerView};
pub use session::SessionView;
pub use unit::ComputeUnitResponse;
pub use unit_detail::{ComputeUnitDetail, DirectoriesView, KeyView, LimitsView, VolumeView};
pub use webhook::{AttemptView, DeliveryView, WebhookView};
