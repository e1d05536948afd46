//! An event.

use kloigos_control::EventRecord;
use serde::Serialize;
use utoipa::ToSchema;

/// Something that happened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventView {
    /// Its number: later events have greater ones, also across restores of the database.
    pub id: u64,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// What, such as `unit_status` or `job_failed`.
    pub kind: String,
    /// The server it happened on.
    #[schema(required = true)]
    pub hostname: Option<String>,
    /// The unit it happened to.
    #[schema(required = true)]
    pub compute_id: Option<String>,
    /// The job it is about, or that did it.
    #[schema(required = true)]
    pub job: Option<String>,
    /// The state or health before, where one became another.
    #[schema(required = true)]
    pub was: Option<String>,
    /// The one since.
    #[schema(required = true)]
    pub became: Option<String>,
    /// One sentence.
    pub detail: String,
}

impl From<EventRecord> for EventView {
    fn from(event: EventRecord) -> Self {
        Self {
            id: event.id.number(),
            at: event.at.to_string(),
            kind: event.kind.to_string(),
            hostname: event.hostname.map(|name| name.to_string()),
            compute_id: event.unit.map(|name| name.to_string()),
            job: event.job.map(|id| id.to_string()),
            was: event.was,
            became: event.became,
            detail: event.detail,
        }
    }
}
