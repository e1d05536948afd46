//! Sessions of browsers, by the hashes of their secrets. They are rows, so that every control plane
//! of a database knows them and a sign-out ends them everywhere.

use jiff::Timestamp;
use kloigos_model::ids::TokenId;
use sqlx::query;

use crate::{
    SessionRecord, TokenHash, TokenRecord,
    cells::{Cells, micros},
    error::Error,
    tx::Tx,
};

impl Tx<'_> {
    /// Adds a session, and removes those that are over.
    pub async fn insert_session(
        &mut self,
        hash: &TokenHash,
        token: TokenId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), Error> {
        let over = query("DELETE FROM sessions WHERE expires_at <= $1");
        self.change(over.bind(micros(now))).await?;
        let statement = query(
            "INSERT INTO sessions (hash, token_id, created_at, expires_at) \
             VALUES ($1, $2, $3, $4)",
        )
        .bind(hash.as_str().to_owned())
        .bind(token.to_string())
        .bind(micros(now))
        .bind(micros(expires_at));
        self.insert("the session", statement).await
    }

    /// The session of this hash that is not over, with the token that it was opened with.
    pub async fn session_by_hash(
        &mut self,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<SessionRecord>, Error> {
        let statement = query(
            "SELECT t.id, t.name, t.created_at, s.expires_at FROM sessions s \
             JOIN tokens t ON t.id = s.token_id WHERE s.hash = $1 AND s.expires_at > $2",
        );
        let statement = statement.bind(hash.as_str().to_owned()).bind(micros(now));
        let Some(row) = self.row(statement).await? else {
            return Ok(None);
        };
        let cells = Cells::new("sessions", &row);
        Ok(Some(SessionRecord {
            token: TokenRecord {
                id: cells.parse("id")?,
                name: cells.text("name")?,
                created_at: cells.at("created_at")?,
            },
            expires_at: cells.at("expires_at")?,
        }))
    }

    /// Ends a session; one that is over already is no error.
    pub async fn remove_session(&mut self, hash: &TokenHash) -> Result<(), Error> {
        let statement = query("DELETE FROM sessions WHERE hash = $1");
        let statement = statement.bind(hash.as_str().to_owned());
        self.change(statement).await.map(drop)
    }
}
