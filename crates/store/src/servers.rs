//! Servers: one row a life.

mod reading;

use std::{collections::BTreeSet, net::IpAddr};

use jiff::Timestamp;
use kloigos_model::{
    cpu::CpuSet,
    event::EventKind,
    host::{Facts, Generation, Measure},
    ids::ServerId,
    layout::Numbering,
    limits::LimitsWish,
    names::{Hostname, Label, LoginName},
    server::{Health, ServerStatus, ServerVerb},
    ssh::PublicKey,
};
use sqlx::query;

use crate::{
    NewEvent,
    cells::{Cells, json, micros, plain},
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
    /// What the operator declines of the measures for the whole server.
    pub declined: BTreeSet<Measure>,
    /// Whether everything of the host that is no unit is confined to the CPUs of no unit.
    pub confined: bool,
    /// What is asked of its units' limits.
    pub limits: LimitsWish,
}

impl Tx<'_> {
    /// Adds a server's life. `Conflict` when its name or its address is a living server's.
    pub async fn insert_server(&mut self, new: &NewServer) -> Result<(), Error> {
        let place = &new.place;
        let statement = query(
            "INSERT INTO servers (id, hostname, ip, ssh_port, ssh_user, given_host_key, region, \
             zone, warm, first_uid, first_port, port_step, epoch, counter, status, health, \
             health_since, touched, created_at, declined, confined, limits) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
             0, $17, $18, $19, $20)",
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
        .bind(micros(new.created_at))
        .bind(json(&place.declined))
        .bind(i64::from(place.confined))
        .bind(json(&place.limits));
        self.insert("the server's name or address", statement)
            .await?;
        let begins = NewEvent::of(
            EventKind::ServerStatus,
            new.created_at,
            "its init is asked for",
        );
        let begins = NewEvent {
            became: Some(ServerStatus::Initializing.as_str()),
            ..begins.on(new.id)
        };
        self.tell(&begins).await
    }

    /// Says anew what may be said anew of a server, and that its desired state changed.
    pub async fn set_place(&mut self, id: ServerId, place: &ServerPlace) -> Result<(), Error> {
        let statement = query(
            "UPDATE servers SET ssh_user = $2, given_host_key = $3, region = $4, zone = $5, \
             warm = $6, declined = $7, confined = $8, limits = $9 WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(place.ssh_user.as_ref().map(ToString::to_string))
        .bind(place.given_host_key.as_ref().map(ToString::to_string))
        .bind(place.region.to_string())
        .bind(place.zone.to_string())
        .bind(i64::from(place.warm))
        .bind(json(&place.declined))
        .bind(i64::from(place.confined))
        .bind(json(&place.limits));
        self.change_one("servers", statement).await
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
        .bind(reason.map(plain))
        .bind(to.is_over().then(|| micros(now)))
        .bind(i64::from(raise));
        self.change_one("servers", statement).await?;
        if raise {
            self.forget_drift(id).await?;
        }
        self.tell_server(id, (from, to), reason, now).await?;
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
        let found = query("SELECT id, health FROM servers WHERE id = $1").bind(id.to_string());
        let row = self.row(found).await?.ok_or(Error::Missed {
            table: "servers",
            rows: 0,
        })?;
        let was: Health = Cells::new("servers", &row).parse("health")?;
        let statement = query(
            "UPDATE servers SET health = $2, health_reason = $3, \
             health_since = CASE WHEN health = $2 THEN health_since ELSE $4 END \
             WHERE id = $1 AND (health <> $2 OR COALESCE(health_reason, '') <> COALESCE($3, ''))",
        )
        .bind(id.to_string())
        .bind(health.as_str())
        .bind(reason.map(plain))
        .bind(micros(now));
        self.change(statement).await?;
        if was == health {
            return Ok(());
        }
        self.tell_health(id, (was, health), reason, now).await
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
