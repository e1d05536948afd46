//! What the host binary answers.

use serde::{Deserialize, Serialize};

use super::{Attestation, Facts, Generation, ScopeName};

/// One line of stdout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Work goes on.
    Progress(Progress),
    /// The last line.
    Report(Box<Report>),
}

/// How far an apply or remove is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The scope in work.
    pub scope: ScopeName,
    /// The resource in work, such as `account`.
    pub resource: String,
    /// Resources settled so far, over all scopes.
    pub done: u32,
    /// Resources in all.
    pub of: u32,
}

/// The answer to one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The version of the host binary.
    pub version: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What was found; only for `Facts`.
    pub facts: Option<Box<Facts>>,
    /// What was done or found, scope by scope, as far as it went.
    pub scopes: Vec<ScopeReport>,
    /// What the kernel says; only for `Attest`, whose outcome is settled when nothing is broken
    /// and drifted otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<Attestation>,
    /// What went wrong; only with [`Outcome::Refused`], [`Outcome::Fault`] and [`Outcome::Stale`].
    pub fault: Option<FaultReport>,
}

crate::text::worded_enum! {
    /// How a request ended.
    pub enum Outcome {
        /// Done; a second plan was empty. Also an `Inspect` that found no drift.
        Settled = "settled",
        /// The request is not sound or not for this server; nothing was changed.
        Refused = "refused",
        /// After everything was applied, or by an `Inspect`, something is not as it should be.
        Drifted = "drifted",
        /// A change failed midway. Asking again goes on from there.
        Fault = "fault",
        /// A newer generation of the scope is here already; nothing was changed.
        Stale = "stale",
    }
}

impl Outcome {
    /// The exit status that goes with it.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Settled => 0,
            Self::Refused => 2,
            Self::Drifted => 3,
            Self::Fault => 4,
            Self::Stale => 5,
        }
    }
}

/// One scope's part of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeReport {
    /// The scope.
    pub scope: ScopeName,
    /// The generation that was asked for.
    pub generation: Generation,
    /// What was changed, in order.
    pub changes: Vec<Change>,
    /// What still differs.
    pub drift: Vec<Change>,
    /// What holds less than it should on this server, in words for an operator.
    pub degraded: Vec<String>,
}

/// One change of one resource, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The resource, such as `account`.
    pub resource: String,
    /// What is changed, such as `make user u0-15 (20001)`.
    pub change: String,
}

/// What went wrong, where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultReport {
    /// The scope in work, if any.
    pub scope: Option<ScopeName>,
    /// The resource in work, if any.
    pub resource: Option<String>,
    /// One sentence that names the file, command or value, and the cause chain.
    pub message: String,
    /// Whether this request changed anything before it.
    pub changed: bool,
}
