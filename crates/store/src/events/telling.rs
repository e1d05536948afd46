//! How events are written: beside the change that they tell, by the change itself.

use jiff::Timestamp;
use kloigos_model::{
    compute_unit::UnitStatus,
    event::EventKind,
    ids::{JobId, ServerId, UnitKey},
    server::{Health, ServerStatus},
};
use sqlx::query;

use crate::{
    cells::{micros, plain},
    error::Error,
    tx::Tx,
};

/// An event that is about to be written.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// What.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// On which server; the unit's own where only that is named.
    pub server: Option<ServerId>,
    /// To which unit.
    pub unit: Option<UnitKey>,
    /// What was, where a word became another.
    pub was: Option<&'static str>,
    /// What is since.
    pub became: Option<&'static str>,
    /// One sentence.
    pub detail: String,
}

impl NewEvent {
    /// About the control plane as a whole; about a server or unit where that is said.
    pub fn of(kind: EventKind, at: Timestamp, detail: impl Into<String>) -> Self {
        Self {
            kind,
            at,
            server: None,
            unit: None,
            was: None,
            became: None,
            detail: detail.into(),
        }
    }

    /// It happened on this server.
    #[must_use]
    pub fn on(self, server: ServerId) -> Self {
        let server = Some(server);
        Self { server, ..self }
    }

    /// It happened to this unit.
    #[must_use]
    pub fn to(self, unit: UnitKey) -> Self {
        let unit = Some(unit);
        Self { unit, ..self }
    }

    /// A word became another.
    #[must_use]
    pub fn moved(self, was: &'static str, became: &'static str) -> Self {
        Self {
            was: Some(was),
            became: Some(became),
            ..self
        }
    }
}

/// What happens to a job.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Happens {
    Queued,
    Started,
    Advanced,
    Waiting,
    Cancelling,
    Succeeded,
    Failed,
    Cancelled,
}

impl Happens {
    /// The event's kind, and how its sentence says it.
    const fn told(self) -> (EventKind, &'static str) {
        match self {
            Self::Queued => (EventKind::JobQueued, "waits for its turn"),
            Self::Started => (EventKind::JobStarted, "is taken up"),
            Self::Advanced => (EventKind::JobAdvanced, "goes on"),
            Self::Waiting => (EventKind::JobWaiting, "is tried again later"),
            Self::Cancelling => (EventKind::JobCancelling, "is to be taken back"),
            Self::Succeeded => (EventKind::JobSucceeded, "succeeded"),
            Self::Failed => (EventKind::JobFailed, "failed"),
            Self::Cancelled => (EventKind::JobCancelled, "was taken back"),
        }
    }
}

/// A sentence, and why.
fn because(what: &str, why: Option<&str>) -> String {
    match why {
        Some(why) => format!("{what}: {why}"),
        None => what.to_owned(),
    }
}

impl Tx<'_> {
    /// Writes an event; the job that this transaction belongs to is named in it.
    pub async fn tell(&mut self, event: &NewEvent) -> Result<(), Error> {
        let statement = query(
            "INSERT INTO events (id, at, kind, hostname, unit_name, job_id, was, became, detail) \
             VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM events), $1, $2, \
             (SELECT hostname FROM servers WHERE id = COALESCE(CAST($3 AS TEXT), \
             (SELECT server_id FROM units WHERE id = $4))), \
             (SELECT name FROM units WHERE id = $4), $5, $6, $7, $8)",
        )
        .bind(micros(event.at))
        .bind(event.kind.as_str())
        .bind(event.server.map(|id| id.to_string()))
        .bind(event.unit.map(|key| key.to_string()))
        .bind(self.job().map(|id| id.to_string()))
        .bind(event.was)
        .bind(event.became)
        .bind(plain(&event.detail));
        self.insert("the event's number", statement).await
    }

    /// A unit came into another state.
    pub(crate) async fn tell_unit(
        &mut self,
        unit: UnitKey,
        moved: (UnitStatus, UnitStatus),
        why: Option<&str>,
        at: Timestamp,
    ) -> Result<(), Error> {
        let (was, became) = (moved.0.as_str(), moved.1.as_str());
        let detail = because(&format!("it is {became}"), why);
        let event = NewEvent::of(EventKind::UnitStatus, at, detail);
        self.tell(&event.to(unit).moved(was, became)).await
    }

    /// A server came into another state.
    pub(crate) async fn tell_server(
        &mut self,
        server: ServerId,
        moved: (ServerStatus, ServerStatus),
        why: Option<&str>,
        at: Timestamp,
    ) -> Result<(), Error> {
        let (was, became) = (moved.0.as_str(), moved.1.as_str());
        let detail = because(&format!("it is {became}"), why);
        let event = NewEvent::of(EventKind::ServerStatus, at, detail);
        self.tell(&event.on(server).moved(was, became)).await
    }

    /// A server is in another health.
    pub(crate) async fn tell_health(
        &mut self,
        server: ServerId,
        moved: (Health, Health),
        why: Option<&str>,
        at: Timestamp,
    ) -> Result<(), Error> {
        let (was, became) = (moved.0.as_str(), moved.1.as_str());
        let detail = because(&format!("it is {became}"), why);
        let event = NewEvent::of(EventKind::ServerHealth, at, detail);
        self.tell(&event.on(server).moved(was, became)).await
    }

    /// Something happened to a job, whose row is as it is after that.
    pub(crate) async fn tell_job(
        &mut self,
        job: JobId,
        happens: Happens,
        why: Option<&str>,
        at: Timestamp,
    ) -> Result<(), Error> {
        let (kind, verb) = happens.told();
        let statement = query(
            "INSERT INTO events (id, at, kind, hostname, unit_name, job_id, became, detail) \
             SELECT (SELECT COALESCE(MAX(id), 0) + 1 FROM events), CAST($2 AS BIGINT), \
             CAST($3 AS TEXT), s.hostname, u.name, j.id, j.status, j.kind || ' ' || CAST($4 AS TEXT) \
             || COALESCE(': ' || CAST($5 AS TEXT), '') \
             FROM jobs j JOIN servers s ON s.id = j.server_id \
             LEFT JOIN units u ON u.id = j.unit_id WHERE j.id = $1",
        )
        .bind(job.to_string())
        .bind(micros(at))
        .bind(kind.as_str())
        .bind(verb)
        .bind(why.map(plain));
        self.change_one("events", statement).await
    }
}
