//! What happened, for people.

use sqlx::query;

use crate::{
    EventRecord,
    cells::{Cells, micros, plain},
    error::Error,
    tx::Tx,
};

impl Tx<'_> {
    /// Adds an event. Its id is a UUID of version 7, so that events list by age.
    pub async fn insert_event(&mut self, id: uuid::Uuid, event: &EventRecord) -> Result<(), Error> {
        let statement =
            query("INSERT INTO events (id, at, kind, subject, detail) VALUES ($1, $2, $3, $4, $5)")
                .bind(id.to_string())
                .bind(micros(event.at))
                .bind(event.kind.clone())
                .bind(event.subject.clone())
                .bind(plain(&event.detail));
        self.insert("the event", statement).await
    }

    /// The latest events, the newest first, at most so many.
    pub async fn list_events(&mut self, limit: u32) -> Result<Vec<EventRecord>, Error> {
        let statement =
            query("SELECT id, at, kind, subject, detail FROM events ORDER BY id DESC LIMIT $1");
        let rows = self.rows(statement.bind(i64::from(limit))).await?;
        let events = rows.iter().map(|row| {
            let cells = Cells::new("events", row);
            Ok(EventRecord {
                at: cells.at("at")?,
                kind: cells.text("kind")?,
                subject: cells.text("subject")?,
                detail: cells.text("detail")?,
            })
        });
        events.collect()
    }
}
