//! The contract with the host binary: what the control plane sends it on stdin and what it
//! answers on stdout.
//!
//! `kloigos-host` takes one [`Request`] and writes lines of JSON, each a [`Line`]: progress while
//! it works and one report at the end. Its exit status repeats the outcome ([`Outcome::exit_code`]).
//! A desired state has scopes: the server's own part and each unit. Each scope has its own
//! [`Generation`], and the host refuses one older than it has seen, so that a control plane that
//! lost its lease can never move a server backwards.

mod attestation;
mod desired;
mod facts;
mod generation;
mod measure;
mod report;
mod request;

pub use attestation::{Attestation, Check, Promise, Verdict};
pub use desired::{Activity, Desired, ServerSpec, Spec, Tenant, UnitSpec, Volume};
pub use facts::{
    Account, BlockVolume, BlockVolumeKind, Disk, Facts, Filesystem, HandCut, HostCapabilities,
    IdRange, QuotaState, Sockets, SshDaemon, Surroundings,
};
pub use generation::Generation;
pub use measure::Measure;
pub use report::{Change, FaultReport, Line, Outcome, Progress, Report, ScopeReport};
pub use request::{Request, ScopeName};
