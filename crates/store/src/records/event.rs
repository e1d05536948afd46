//! Something that happened, for people.

use jiff::Timestamp;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// When.
    pub at: Timestamp,
    /// What kind, such as `host_key_pinned`.
    pub kind: String,
    /// What it happened to, such as a hostname.
    pub subject: String,
    /// One sentence.
    pub detail: String,
}
