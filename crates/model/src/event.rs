//! What can happen, as streams and webhooks name it.

use crate::text::worded_enum;

worded_enum! {
    /// What happened.
    pub enum EventKind {
        /// A server came into another state of its life.
        ServerStatus = "server_status",
        /// A server is in better or worse health than before.
        ServerHealth = "server_health",
        /// A server is another machine than it said before: its facts changed.
        ServerFacts = "server_facts",
        /// What is done about drift on a server was set.
        ServerMode = "server_mode",
        /// The host key of a server was pinned.
        HostKeyPinned = "host_key_pinned",
        /// A unit came into another state of its life.
        UnitStatus = "unit_status",
        /// What a unit's tenancy runs with was changed.
        UnitChanged = "unit_changed",
        /// The kernel does not keep what was promised.
        PromiseBroken = "promise_broken",
        /// A server or unit is not as it should be.
        DriftFound = "drift_found",
        /// It is as it should be again.
        DriftGone = "drift_gone",
        /// A job was begun and waits for its turn.
        JobQueued = "job_queued",
        /// A job was taken up.
        JobStarted = "job_started",
        /// A job is at its next step.
        JobAdvanced = "job_advanced",
        /// A job was hindered and waits for its next try.
        JobWaiting = "job_waiting",
        /// A job is to be taken back.
        JobCancelling = "job_cancelling",
        /// A job did what it was for.
        JobSucceeded = "job_succeeded",
        /// A job ended without.
        JobFailed = "job_failed",
        /// A job was taken back.
        JobCancelled = "job_cancelled",
        /// A webhook was made, edited or removed.
        WebhookChanged = "webhook_changed",
        /// The database is that of a backup from here on: whatever was read before may be wrong.
        DatabaseRestored = "database_restored",
    }
}

/// The number of an event. Each is greater than those of all events before it, in the order in
/// which their transactions were committed, and also across restores of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct EventId(u64);

/// A text that is no event's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event's id is a whole number of at most 18 digits")]
pub struct NotAnEventId;

impl EventId {
    /// The place before all events.
    pub const BEFORE_ALL: Self = Self(0);

    /// The number itself.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The place right before this event.
    #[must_use]
    pub const fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// Whether an event between the two was left out; they follow each other without gaps.
    pub const fn is_followed_by(self, next: Self) -> bool {
        next.0 <= self.0.saturating_add(1)
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for EventId {
    type Err = NotAnEventId;

    fn from_str(text: &str) -> Result<Self, NotAnEventId> {
        let digits = (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        number.map(Self).ok_or(NotAnEventId)
    }
}

impl TryFrom<i64> for EventId {
    type Error = NotAnEventId;

    fn try_from(number: i64) -> Result<Self, NotAnEventId> {
        const LEAST_TOO_LARGE: u64 = 10_u64.pow(18);
        let number = u64::try_from(number).ok();
        let fits = number.filter(|&number| number < LEAST_TOO_LARGE);
        fits.map(Self).ok_or(NotAnEventId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for &kind in EventKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
    }

    #[test]
    fn an_id_is_a_plain_number() {
        let id: EventId = "42".parse().expect("an id");
        assert_eq!((id.number(), id.to_string().as_str()), (42, "42"));
        for bad in ["", "-1", "+1", "1.0", " 1", "9999999999999999999", "x"] {
            assert_eq!(bad.parse::<EventId>(), Err(NotAnEventId), "{bad:?}");
        }
        assert_eq!(EventId::try_from(-1), Err(NotAnEventId));
    }

    #[test]
    fn a_gap_is_seen() {
        let id = |number: i64| EventId::try_from(number).expect("an id");
        assert!(id(4).is_followed_by(id(5)));
        assert!(!id(4).is_followed_by(id(6)));
        assert!(EventId::BEFORE_ALL.is_followed_by(id(1)));
    }
}
