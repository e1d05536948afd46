//! A difference between what should be on a server and what is.

use jiff::Timestamp;
use kloigos_model::{
    host::ScopeName,
    ids::UnitKey,
    names::{Hostname, UnitId},
};

/// One difference, as of the last visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftRecord {
    /// On which server.
    pub hostname: Hostname,
    /// In which scope.
    pub scope: ScopeName,
    /// Of which unit; `None` for the server's own part.
    pub unit: Option<UnitKey>,
    /// That unit's name.
    pub unit_name: Option<UnitId>,
    /// Of which resource, such as `account`.
    pub resource: String,
    /// What would make it as it should be.
    pub what: String,
    /// Since when it is known.
    pub since: Timestamp,
}
