//! Pins: which host key an address had when it was trusted.

use std::net::IpAddr;

use jiff::Timestamp;
use kloigos_model::ssh::PublicKey;
use sqlx::query;

use crate::{
    cells::{Cells, micros},
    error::Error,
    tx::Tx,
};

impl Tx<'_> {
    /// The key that is pinned for an address.
    pub async fn host_key(&mut self, ip: IpAddr, port: u16) -> Result<Option<PublicKey>, Error> {
        let statement =
            query("SELECT ip AS id, host_key FROM host_keys WHERE ip = $1 AND port = $2")
                .bind(ip.to_string())
                .bind(i64::from(port));
        match self.row(statement).await? {
            Some(row) => Cells::new("host_keys", &row).parse("host_key").map(Some),
            None => Ok(None),
        }
    }

    /// Pins a key for an address, in place of an earlier one.
    pub async fn pin_host_key(
        &mut self,
        ip: IpAddr,
        port: u16,
        key: &PublicKey,
        now: Timestamp,
    ) -> Result<(), Error> {
        let statement = query(
            "INSERT INTO host_keys (ip, port, host_key, pinned_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (ip, port) DO UPDATE SET host_key = excluded.host_key, \
             pinned_at = excluded.pinned_at",
        )
        .bind(ip.to_string())
        .bind(i64::from(port))
        .bind(key.without_comment().to_string())
        .bind(micros(now));
        self.change_one("host_keys", statement).await
    }
}
