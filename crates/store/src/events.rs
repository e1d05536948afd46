//! What happened, for people, streams and webhooks.
//!
//! An event is written in the transaction of what it tells. Writers take turns on every engine, so
//! that events are numbered in the order of their commits: whoever has read up to a number has
//! missed none before it, whichever control plane wrote them.

mod telling;

use kloigos_model::event::{EventId, EventKind};
use sqlx::{any::AnyRow, query};

pub(crate) use self::telling::Happens;
pub use self::telling::NewEvent;
use crate::{
    EventFilter, EventPage, EventRecord,
    cells::{Cells, any_of, micros, plain},
    error::Error,
    tx::{Statement, Tx},
};

macro_rules! select_events {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.at, e.kind, e.hostname, e.unit_name, e.job_id, e.was, e.became, \
             e.detail FROM events e WHERE (CAST($1 AS TEXT) IS NULL \
             OR $1 LIKE '%,' || e.kind || ',%') \
             AND (CAST($2 AS TEXT) IS NULL OR e.hostname = $2) \
             AND (CAST($3 AS TEXT) IS NULL OR e.unit_name = $3) \
             AND (CAST($4 AS TEXT) IS NULL OR e.job_id = $4) \
             AND e.id > $5 AND e.id < $6 AND e.at >= $7 ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// The latest events that match, the newest first, at most so many.
    pub async fn list_events(
        &mut self,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<Vec<EventRecord>, Error> {
        let statement = select(select_events!("ORDER BY e.id DESC LIMIT $8"), filter);
        let rows = self.rows(statement.bind(i64::from(limit))).await?;
        rows.iter().map(event).collect()
    }

    /// The next events that match, in their order, at most so many.
    pub async fn next_events(
        &mut self,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<EventPage, Error> {
        let after = filter.after.unwrap_or(EventId::BEFORE_ALL);
        let ends = query(
            "SELECT COALESCE(MIN(id), 0) AS oldest, COALESCE(MAX(id), 0) AS newest FROM events",
        );
        let row = self.row(ends).await?;
        let (oldest, newest) = match &row {
            Some(row) => {
                let cells = Cells::new("events", row);
                (cells.number("oldest")?, cells.number("newest")?)
            }
            None => (EventId::BEFORE_ALL, EventId::BEFORE_ALL),
        };
        let statement = select(select_events!("ORDER BY e.id LIMIT $8"), filter);
        let rows = self.rows(statement.bind(i64::from(limit))).await?;
        let events: Vec<EventRecord> = rows.iter().map(event).collect::<Result<_, _>>()?;
        let full = events.last().filter(|_| events.len() >= limit as usize);
        Ok(EventPage {
            seen: full.map_or(newest.max(after), |last| last.id),
            gap: !after.is_followed_by(oldest),
            events,
        })
    }

    /// The number of the newest event.
    pub async fn newest_event(&mut self) -> Result<EventId, Error> {
        let statement = query("SELECT COALESCE(MAX(id), 0) AS newest FROM events");
        match self.row(statement).await? {
            Some(row) => Cells::new("events", &row).number("newest"),
            None => Ok(EventId::BEFORE_ALL),
        }
    }

    /// The number of the oldest event that is kept.
    pub async fn oldest_event(&mut self) -> Result<EventId, Error> {
        let statement = query("SELECT COALESCE(MIN(id), 0) AS oldest FROM events");
        match self.row(statement).await? {
            Some(row) => Cells::new("events", &row).number("oldest"),
            None => Ok(EventId::BEFORE_ALL),
        }
    }

    /// Forgets all but the newest events, of which so many are kept, at least one: the next number
    /// follows from it. Tells how many were forgotten.
    pub async fn prune_events(&mut self, kept: u64) -> Result<u64, Error> {
        let statement = query(
            "DELETE FROM events WHERE id <= \
             (SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET $1)",
        );
        let kept = i64::try_from(kept.max(1)).unwrap_or(i64::MAX);
        self.change(statement.bind(kept)).await
    }
}

/// The statement with the seven values that the filter is made of.
fn select<'q>(sql: &'static str, filter: &EventFilter) -> Statement<'q> {
    let number = |id: EventId| id.number().cast_signed();
    query(sql)
        .bind(any_of(filter.kinds.iter().map(|kind| kind.as_str())))
        .bind(filter.hostname.as_deref().map(plain))
        .bind(filter.compute_id.as_deref().map(plain))
        .bind(filter.job.map(|id| id.to_string()))
        .bind(filter.after.map_or(0, number))
        .bind(filter.before.map_or(i64::MAX, number))
        .bind(filter.since.map_or(i64::MIN, micros))
}

fn event(row: &AnyRow) -> Result<EventRecord, Error> {
    let cells = Cells::new("events", row);
    Ok(EventRecord {
        id: cells.number("id")?,
        at: cells.at("at")?,
        kind: cells.parse::<EventKind>("kind")?,
        hostname: cells.maybe("hostname")?,
        unit: cells.maybe("unit_name")?,
        job: cells.maybe("job_id")?,
        was: cells.maybe_text("was")?,
        became: cells.maybe_text("became")?,
        detail: cells.text("detail")?,
    })
}
