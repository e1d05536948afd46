//! Servers: one row a life.

use std::{collections::BTreeMap, net::IpAddr};

use jiff::Timestamp;
use kloigos_model::{
    cpu::CpuSet,
    host::{Facts, Generation},
    ids::ServerId,
    layout::Numbering,
    names::{Hostname, Label, LoginName},
    server::{Health, ServerStatus, ServerVerb},
    ssh::PublicKey,
};
use sqlx::{any::AnyRow, query};

use crate::{
    ServerRecord,
    cells::{Cells, json, micros},
    error::Error,
    tx::Tx,
};

/// A server's life that begins.
#[derive(Debug, Clone)]
pub struct NewServer {
    /// Which.
    pub id: ServerId,
    /// Its name.
    pub hostname: Hostname,
    /// How and where it is reached, and where it stands.
    pub place: ServerPlace,
    /// Where the numbers of its units begin.
    pub numbering: Numbering,
    /// The generation that it and its units begin after.
    pub generation: Generation,
    /// When.
    pub created_at: Timestamp,
}

/// What of a server may be said anew by a later init.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerPlace {
    /// Its address.
    pub ip: IpAddr,
    /// The port of its SSH daemon.
    pub ssh_port: u16,
    /// The login; `None` is the setting's.
    pub ssh_user: Option<LoginName>,
    /// The host key that it must show.
    pub given_host_key: Option<PublicKey>,
    /// Its region.
    pub region: Label,
    /// Its zone.
    pub zone: Label,
    /// Whether the user managers of its free units run.
    pub warm: bool,
}

macro_rules! select_servers {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.hostname, s.ip, s.ssh_port, s.ssh_user, s.given_host_key, s.region, \
             s.zone, s.first_uid, s.first_port, s.port_step, s.warm, s.epoch, s.counter, s.status, \
             s.reason, s.health, s.health_since, s.health_reason, s.housekeeping, s.touched, \
             s.created_at, s.ended_at, k.host_key \
             FROM servers s LEFT JOIN host_keys k ON k.ip = s.ip AND k.port = s.ssh_port ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// Adds a server's life. `Conflict` when its name or its address is a living server's.
    pub async fn insert_server(&mut self, new: &NewServer) -> Result<(), Error> {
        let place = &new.place;
        let statement = query(
            "INSERT INTO servers (id, hostname, ip, ssh_port, ssh_user, given_host_key, region, \
             zone, warm, first_uid, first_port, port_step, epoch, counter, status, health, \
             health_since, touched, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
             0, $17)",
        )
        .bind(new.id.to_string())
        .bind(new.hostname.to_string())
        .bind(place.ip.to_string())
        .bind(i64::from(place.ssh_port))
        .bind(place.ssh_user.as_ref().map(ToString::to_string))
        .bind(place.given_host_key.as_ref().map(ToString::to_string))
        .bind(place.region.to_string())
        .bind(place.zone.to_string())
        .bind(i64::from(place.warm))
        .bind(i64::from(new.numbering.first_uid))
        .bind(i64::from(new.numbering.first_port))
        .bind(i64::from(new.numbering.port_step))
        .bind(new.generation.epoch.cast_signed())
        .bind(new.generation.counter.cast_signed())
        .bind(ServerStatus::Initializing.as_str())
        .bind(Health::Unknown.as_str())
        .bind(micros(new.created_at));
        self.insert("the server's name or address", statement).await
    }

    /// Says anew what may be said anew of a server, and that its desired state changed.
    pub async fn set_place(&mut self, id: ServerId, place: &ServerPlace) -> Result<(), Error> {
        let statement = query(
            "UPDATE servers SET ssh_user = $2, given_host_key = $3, region = $4, zone = $5, \
             warm = $6 WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(place.ssh_user.as_ref().map(ToString::to_string))
        .bind(place.given_host_key.as_ref().map(ToString::to_string))
        .bind(place.region.to_string())
        .bind(place.zone.to_string())
        .bind(i64::from(place.warm));
        self.change_one("servers", statement).await
    }

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
    ) -> Result<BTreeMap<ServerId, BTreeMap<kloigos_model::compute_unit::UnitStatus, u32>>, Error>
    {
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

    /// Moves a server along its lifecycle and says why. `Forbidden` when its state does not know
    /// the verb; its life ends where the state says so. Desired state that changes with it is
    /// newer from then on.
    pub async fn move_server(
        &mut self,
        id: ServerId,
        verb: ServerVerb,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<ServerStatus, Error> {
        let statement = query("SELECT id, status FROM servers WHERE id = $1").bind(id.to_string());
        let row = self.row(statement).await?.ok_or(Error::Missed {
            table: "servers",
            rows: 0,
        })?;
        let from: ServerStatus = Cells::new("servers", &row).parse("status")?;
        let to = from.after(verb)?;
        let raise = matches!(verb, ServerVerb::Initialize | ServerVerb::Decommission);
        let statement = query(
            "UPDATE servers SET status = $3, reason = $4, ended_at = $5, counter = counter + $6, \
             epoch = (SELECT value FROM meta WHERE name = 'epoch') WHERE id = $1 AND status = $2",
        )
        .bind(id.to_string())
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(reason.map(str::to_owned))
        .bind(to.is_over().then(|| micros(now)))
        .bind(i64::from(raise));
        self.change_one("servers", statement).await?;
        Ok(to)
    }

    /// Notes how a server was at a visit. Nothing is written when it was so before.
    pub async fn set_health(
        &mut self,
        id: ServerId,
        health: Health,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let statement = query(
            "UPDATE servers SET health = $2, health_reason = $3, \
             health_since = CASE WHEN health = $2 THEN health_since ELSE $4 END \
             WHERE id = $1 AND (health <> $2 OR COALESCE(health_reason, '') <> COALESCE($3, ''))",
        )
        .bind(id.to_string())
        .bind(health.as_str())
        .bind(reason.map(str::to_owned))
        .bind(micros(now));
        self.change(statement).await.map(drop)
    }

    /// Keeps what a server told of itself, and which of its CPUs no unit has.
    pub async fn set_facts(
        &mut self,
        id: ServerId,
        facts: &Facts,
        housekeeping: Option<&CpuSet>,
    ) -> Result<(), Error> {
        let statement = query("UPDATE servers SET facts = $2, housekeeping = $3 WHERE id = $1")
            .bind(id.to_string())
            .bind(json(facts))
            .bind(housekeeping.map(ToString::to_string));
        self.change_one("servers", statement).await
    }

    /// What a server told of itself.
    pub async fn load_facts(&mut self, id: ServerId) -> Result<Option<Facts>, Error> {
        let statement = query("SELECT id, facts FROM servers WHERE id = $1").bind(id.to_string());
        match self.row(statement).await? {
            Some(row) => Cells::new("servers", &row).maybe_json("facts"),
            None => Ok(None),
        }
    }

    /// Notes whether anything of this life may be on the server. Written before the first change
    /// there, and taken back when all of it is provably gone.
    pub async fn set_touched(&mut self, id: ServerId, touched: bool) -> Result<(), Error> {
        let statement = query("UPDATE servers SET touched = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(i64::from(touched));
        self.change_one("servers", statement).await
    }
}

pub(crate) fn generation(cells: &Cells<'_>) -> Result<Generation, Error> {
    Ok(Generation {
        epoch: cells.number("epoch")?,
        counter: cells.number("counter")?,
    })
}

pub(crate) fn numbering(cells: &Cells<'_>) -> Result<Numbering, Error> {
    Ok(Numbering {
        first_uid: cells.number("first_uid")?,
        first_port: cells.number("first_port")?,
        port_step: cells.number("port_step")?,
    })
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
        given_host_key: cells.maybe("given_host_key")?,
        host_key: cells.maybe("host_key")?,
        housekeeping: cells.maybe("housekeeping")?,
        touched: cells.number::<i64>("touched")? == 1,
        units: BTreeMap::new(),
        created_at: cells.at("created_at")?,
        ended_at: cells.maybe_at("ended_at")?,
    })
}
