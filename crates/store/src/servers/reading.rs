//! Servers as they are, and what earlier lives left.

use std::{collections::BTreeMap, net::IpAddr};

use kloigos_model::{
    compute_unit::UnitStatus,
    host::{Facts, Generation},
    ids::ServerId,
    names::Hostname,
    server::Health,
};
use sqlx::{any::AnyRow, query};

use super::{generation, numbering};
use crate::{ServerRecord, cells::Cells, error::Error, tx::Tx};

macro_rules! select_servers {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.hostname, s.ip, s.ssh_port, s.ssh_user, s.given_host_key, s.region, \
             s.zone, s.first_uid, s.first_port, s.port_step, s.warm, s.epoch, s.counter, s.status, \
             s.reason, s.health, s.health_since, s.health_reason, s.housekeeping, s.confined, \
             s.declined, s.limits, s.touched, s.mode, s.visited_at, \
             (SELECT COUNT(*) FROM drift d WHERE d.server_id = s.id) AS drifts, s.created_at, s.ended_at, k.host_key \
             FROM servers s LEFT JOIN host_keys k ON k.ip = s.ip AND k.port = s.ssh_port ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// A server's life.
    pub async fn load_server(&mut self, id: ServerId) -> Result<Option<ServerRecord>, Error> {
        let statement = query(select_servers!("WHERE s.id = $1")).bind(id.to_string());
        let row = self.row(statement).await?;
        row.map(|row| server(&row)).transpose()
    }

    /// The living server of this name.
    pub async fn living_server(
        &mut self,
        hostname: &Hostname,
    ) -> Result<Option<ServerRecord>, Error> {
        let statement = query(select_servers!(
            "WHERE s.hostname = $1 AND s.ended_at IS NULL"
        ));
        let row = self.row(statement.bind(hostname.to_string())).await?;
        row.map(|row| server(&row)).transpose()
    }

    /// The living server at this address.
    pub async fn living_server_at(
        &mut self,
        ip: IpAddr,
        port: u16,
    ) -> Result<Option<ServerRecord>, Error> {
        let statement = query(select_servers!(
            "WHERE s.ip = $1 AND s.ssh_port = $2 AND s.ended_at IS NULL"
        ))
        .bind(ip.to_string())
        .bind(i64::from(port));
        let row = self.row(statement).await?;
        row.map(|row| server(&row)).transpose()
    }

    /// The living server of this name, else its latest life.
    pub async fn find_server(
        &mut self,
        hostname: &Hostname,
    ) -> Result<Option<ServerRecord>, Error> {
        if let Some(living) = self.living_server(hostname).await? {
            return Ok(Some(living));
        }
        let statement = query(select_servers!(
            "WHERE s.hostname = $1 ORDER BY s.id DESC LIMIT 1"
        ));
        let row = self.row(statement.bind(hostname.to_string())).await?;
        row.map(|row| server(&row)).transpose()
    }

    /// Living servers, by name, each with how many units it has in which state.
    pub async fn list_servers(&mut self) -> Result<Vec<ServerRecord>, Error> {
        let statement = query(select_servers!(
            "WHERE s.ended_at IS NULL ORDER BY s.hostname"
        ));
        let rows = self.rows(statement).await?;
        let mut servers: Vec<ServerRecord> = rows.iter().map(server).collect::<Result<_, _>>()?;
        let mut counts = self.unit_counts().await?;
        for server in &mut servers {
            server.units = counts.remove(&server.id).unwrap_or_default();
        }
        Ok(servers)
    }

    async fn unit_counts(
        &mut self,
    ) -> Result<BTreeMap<ServerId, BTreeMap<UnitStatus, u32>>, Error> {
        let statement = query(
            "SELECT server_id, status, COUNT(*) AS units FROM units WHERE ended_at IS NULL \
             GROUP BY server_id, status",
        );
        let mut counts: BTreeMap<ServerId, BTreeMap<_, u32>> = BTreeMap::new();
        for row in self.rows(statement).await? {
            let cells = Cells::new("units", &row);
            let of = counts.entry(cells.parse("server_id")?).or_default();
            of.insert(cells.parse("status")?, cells.number("units")?);
        }
        Ok(counts)
    }

    /// Servers of this health that are not over.
    pub async fn servers_of_health(&mut self, health: Health) -> Result<Vec<ServerRecord>, Error> {
        let statement = query(select_servers!(
            "WHERE s.ended_at IS NULL AND s.health = $1 ORDER BY s.id"
        ));
        let rows = self.rows(statement.bind(health.as_str())).await?;
        rows.iter().map(server).collect()
    }

    /// Earlier lives of this server whose remains may still be on it, the oldest first.
    pub async fn leftovers(
        &mut self,
        hostname: &Hostname,
        ip: IpAddr,
        port: u16,
    ) -> Result<Vec<ServerRecord>, Error> {
        let statement = query(select_servers!(
            "WHERE s.ended_at IS NOT NULL AND s.touched = 1 \
             AND (s.hostname = $1 OR (s.ip = $2 AND s.ssh_port = $3)) ORDER BY s.id"
        ))
        .bind(hostname.to_string())
        .bind(ip.to_string())
        .bind(i64::from(port));
        let rows = self.rows(statement).await?;
        rows.iter().map(server).collect()
    }

    /// The newest generation that any earlier life of this server, or a unit of it, had: what a
    /// new life must be newer than, since the server may still remember it.
    pub async fn generation_before(
        &mut self,
        hostname: &Hostname,
        ip: IpAddr,
        port: u16,
    ) -> Result<Generation, Error> {
        let statement = query(
            "SELECT COALESCE(MAX(m.counter), 0) AS counter, \
             (SELECT value FROM meta WHERE name = 'epoch') AS epoch FROM ( \
             SELECT s.counter FROM servers s WHERE s.hostname = $1 OR (s.ip = $2 AND s.ssh_port = $3) \
             UNION ALL SELECT u.counter FROM units u JOIN servers s ON s.id = u.server_id \
             WHERE s.hostname = $1 OR (s.ip = $2 AND s.ssh_port = $3)) m",
        )
        .bind(hostname.to_string())
        .bind(ip.to_string())
        .bind(i64::from(port));
        let row = self.row(statement).await?;
        let row = row.ok_or(Error::Missed {
            table: "meta",
            rows: 0,
        })?;
        generation(&Cells::new("meta", &row))
    }

    /// What a server told of itself.
    pub async fn load_facts(&mut self, id: ServerId) -> Result<Option<Facts>, Error> {
        let statement = query("SELECT id, facts FROM servers WHERE id = $1").bind(id.to_string());
        match self.row(statement).await? {
            Some(row) => Cells::new("servers", &row).maybe_json("facts"),
            None => Ok(None),
        }
    }
}

fn server(row: &AnyRow) -> Result<ServerRecord, Error> {
    let cells = Cells::new("servers", row);
    Ok(ServerRecord {
        id: cells.parse("id")?,
        hostname: cells.parse("hostname")?,
        ip: cells.parse("ip")?,
        ssh_port: cells.number("ssh_port")?,
        ssh_user: cells.maybe("ssh_user")?,
        region: cells.parse("region")?,
        zone: cells.parse("zone")?,
        numbering: numbering(&cells)?,
        warm: cells.number::<i64>("warm")? == 1,
        generation: generation(&cells)?,
        status: cells.parse("status")?,
        reason: cells.maybe_text("reason")?,
        health: cells.parse("health")?,
        health_since: cells.at("health_since")?,
        health_reason: cells.maybe_text("health_reason")?,
        mode: cells.parse("mode")?,
        visited_at: cells.maybe_at("visited_at")?,
        drifts: cells.number("drifts")?,
        given_host_key: cells.maybe("given_host_key")?,
        host_key: cells.maybe("host_key")?,
        housekeeping: cells.maybe("housekeeping")?,
        confined: cells.number::<i64>("confined")? == 1,
        declined: cells.json("declined")?,
        limits: cells.json("limits")?,
        touched: cells.number::<i64>("touched")? == 1,
        units: BTreeMap::new(),
        created_at: cells.at("created_at")?,
        ended_at: cells.maybe_at("ended_at")?,
    })
}
