//! Something that happened, for people and streams.

use jiff::Timestamp;
use kloigos_model::{
    event::{EventId, EventKind},
    ids::JobId,
    names::{Hostname, UnitId},
};

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Its number: later ones are greater.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// On which server.
    pub hostname: Option<Hostname>,
    /// To which unit.
    pub unit: Option<UnitId>,
    /// Which job it is about, or was done by.
    pub job: Option<JobId>,
    /// The word for what was, where a word became another.
    pub was: Option<String>,
    /// The word for what is since.
    pub became: Option<String>,
    /// One sentence.
    pub detail: String,
}

/// Which events; what is `None` or empty does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter {
    /// Of one of these kinds.
    pub kinds: Vec<EventKind>,
    /// On the server of this name.
    pub hostname: Option<String>,
    /// To the unit of this name.
    pub compute_id: Option<String>,
    /// About this job.
    pub job: Option<JobId>,
    /// After this one.
    pub after: Option<EventId>,
    /// Before this one.
    pub before: Option<EventId>,
    /// At this time or later.
    pub since: Option<Timestamp>,
}

/// Some events in their order, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// Those that match.
    pub events: Vec<EventRecord>,
    /// Up to here everything was looked at: the next page is after it.
    pub seen: EventId,
    /// Whether events after the place that was asked from are not kept any more.
    pub gap: bool,
}
