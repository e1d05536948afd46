//! API tokens, by their hashes.

use jiff::Timestamp;
use kloigos_model::ids::TokenId;
use sqlx::query;

use crate::{
    TokenHash, TokenRecord,
    cells::{Cells, micros},
    error::Error,
    tx::Tx,
};

impl Tx<'_> {
    /// The token of this hash.
    pub async fn token_by_hash(&mut self, hash: &TokenHash) -> Result<Option<TokenRecord>, Error> {
        let statement = query("SELECT id, name, created_at FROM tokens WHERE hash = $1");
        let Some(row) = self.row(statement.bind(hash.as_str().to_owned())).await? else {
            return Ok(None);
        };
        let cells = Cells::new("tokens", &row);
        Ok(Some(TokenRecord {
            id: cells.parse("id")?,
            name: cells.text("name")?,
            created_at: cells.at("created_at")?,
        }))
    }

    /// Adds a token where there is none at all. Whether it was added.
    pub async fn insert_first_token(
        &mut self,
        id: TokenId,
        hash: &TokenHash,
        name: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let statement = query(
            "INSERT INTO tokens (id, hash, name, created_at) \
             SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT) \
             WHERE NOT EXISTS (SELECT 1 FROM tokens)",
        )
        .bind(id.to_string())
        .bind(hash.as_str().to_owned())
        .bind(name.to_owned())
        .bind(micros(now));
        Ok(self.change(statement).await? == 1)
    }
}
