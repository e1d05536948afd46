//! Which events.

use jiff::Timestamp;
use kloigos_control::EventFilter;
use kloigos_model::{
    event::{EventId, EventKind},
    ids::JobId,
};
use utoipa::IntoParams;

use super::filter::{name, words};
use crate::api::check::{At, Checked, Fields, Read, parsed, text, within};

/// Which events; combined with AND.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventQuery {
    /// Those of one of these kinds, separated by commas.
    #[param(value_type = Option<String>, example = "unit_status,server_status")]
    kind: Option<Vec<EventKind>>,
    /// Those on the server of this name.
    hostname: Option<String>,
    /// Those to the unit of this name.
    compute_id: Option<String>,
    /// Those about this job, or done by it.
    #[param(value_type = Option<String>)]
    job: Option<JobId>,
    /// Those after the event with this id, or those of this time (RFC 3339) and later.
    #[param(value_type = Option<String>)]
    since: Option<Since>,
}

/// The events to be listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventLogQuery {
    /// Those before the event with this id: the next page.
    #[param(value_type = Option<u64>)]
    before: Option<EventId>,
    /// At most so many, the newest first.
    #[param(default = 100, minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// A place among the events.
#[derive(Clone, Copy)]
pub(crate) enum Since {
    /// After this one.
    Event(EventId),
    /// From this time on.
    Time(Timestamp),
}

/// A sound query of the list.
pub(crate) struct EventLog {
    events: EventQuery,
    page: EventLogQuery,
}

impl Read for EventQuery {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let kind = fields.optional("kind", words);
        let hostname = fields.optional("hostname", name);
        let compute_id = fields.optional("compute_id", name);
        let job = fields.optional("job", parsed);
        let since = fields.optional("since", since);
        Ok(Self {
            kind: kind?,
            hostname: hostname?,
            compute_id: compute_id?,
            job: job?,
            since: since?,
        })
    }
}

impl Read for EventLog {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let events = EventQuery::read(fields);
        let before = fields.optional("before", parsed);
        let limit = fields.optional("limit", within("the limit", &(1..=1000)));
        let page = EventLogQuery {
            before: before?,
            limit: limit?,
        };
        let events = events?;
        Ok(Self { events, page })
    }
}

fn since(mut at: At<'_>) -> Checked<Since> {
    let text = text(at.again())?;
    let id = text.parse().map(Since::Event);
    let read = id.or_else(|_| text.parse().map(Since::Time));
    at.sound(read.map_err(|_| "it is an event's id or a time such as 2026-01-31T12:00:00Z"))
}

impl EventQuery {
    /// The filter, from behind the event that was heard last.
    pub(crate) fn filter(self, last: Option<EventId>) -> EventFilter {
        let (after, since) = match (last, self.since) {
            (Some(last), _) => (Some(last), None),
            (None, Some(Since::Event(id))) => (Some(id), None),
            (None, Some(Since::Time(at))) => (None, Some(at)),
            (None, None) => (None, None),
        };
        EventFilter {
            kinds: self.kind.unwrap_or_default(),
            hostname: self.hostname,
            compute_id: self.compute_id,
            job: self.job,
            after,
            before: None,
            since,
        }
    }
}

impl EventLog {
    /// The filter, and how many.
    pub(crate) fn filter(self) -> (EventFilter, u32) {
        let filter = EventFilter {
            before: self.page.before,
            ..self.events.filter(None)
        };
        (filter, self.page.limit.unwrap_or(100))
    }
}
