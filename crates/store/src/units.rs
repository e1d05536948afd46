//! Compute units: one row a life.

use jiff::Timestamp;
use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    cpu::CpuSet,
    host::{Generation, Volume},
    ids::{ServerId, UnitKey},
    layout::{Numbering, Slot},
    limits::Limits,
    names::UnitId,
    ports::PortRange,
    tags::Tags,
};
use sqlx::{any::AnyRow, query};

use crate::{
    AttestationSummary, UnitRecord,
    cells::{Cells, json, micros, plain},
    error::Error,
    servers::{generation, numbering},
    tx::Tx,
};

/// A unit's life that begins.
#[derive(Debug, Clone)]
pub struct NewUnit {
    /// Which.
    pub key: UnitKey,
    /// Its name.
    pub id: UnitId,
    /// Its server's life.
    pub server: ServerId,
    /// Which of the server's units it is, from 0: its ports follow from that.
    pub position: u32,
    /// Its CPUs and numbers.
    pub slot: Slot,
    /// The block device that its `/mnt` directory is on.
    pub volume: Option<Volume>,
    /// The generation that it begins after.
    pub generation: Generation,
    /// When.
    pub created_at: Timestamp,
}

/// What a unit may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    /// Its memory nodes.
    pub memory_nodes: Option<CpuSet>,
    /// All the memory of these, in bytes.
    pub memory_bytes: Option<u64>,
    /// What it may use unless its tenancy says otherwise.
    pub limits: Limits,
}

/// What a record of a unit is made of.
macro_rules! record_columns {
    () => {
        "u.id, u.name, u.server_id, s.hostname, s.ip, s.region, s.zone, s.warm, s.first_uid, \
         s.first_port, s.port_step, u.cpus, u.port_slot, u.user_name, u.uid, u.dir, \
         u.memory_nodes, u.memory_bytes, u.limits, u.volume, u.volume_wipe, u.epoch, u.counter, \
         u.status, u.reason, a.id AS allocation_id, a.started_at, a.tags, a.activity, \
         t.at AS attested_at, t.broken, u.created_at, u.ended_at"
    };
}

/// A unit's open allocation, and what was attested last in it.
macro_rules! join_tenancy {
    () => {
        " LEFT JOIN allocations a ON a.unit_id = u.id \
         AND a.status IN ('pending', 'active', 'ending') \
         LEFT JOIN attestations t ON t.id = (SELECT MAX(l.id) FROM attestations l \
         WHERE l.unit_id = u.id) AND COALESCE(t.allocation_id, '') = COALESCE(a.id, '') "
    };
}

macro_rules! select_units {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            record_columns!(),
            " FROM units u JOIN servers s ON s.id = u.server_id",
            join_tenancy!(),
            $rest
        )
    };
}

mod listing;

impl Tx<'_> {
    /// Adds a unit's life with its CPUs. `Conflict` when a name, a number, a port or a CPU of it
    /// is a living unit's.
    pub async fn insert_unit(&mut self, new: &NewUnit) -> Result<(), Error> {
        let slot = &new.slot;
        let statement = query(
            "INSERT INTO units (id, server_id, name, cpus, cpu_count, first_cpu, port_slot, \
             user_name, uid, dir, epoch, counter, status, created_at, volume, volume_wipe) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        )
        .bind(new.key.to_string())
        .bind(new.server.to_string())
        .bind(new.id.to_string())
        .bind(slot.cpus.to_string())
        .bind(i64::try_from(slot.cpus.len()).unwrap_or(i64::MAX))
        .bind(i64::from(slot.cpus.first()))
        .bind(i64::from(new.position))
        .bind(slot.user.to_string())
        .bind(i64::from(slot.uid))
        .bind(slot.dir.to_string())
        .bind(new.generation.epoch.cast_signed())
        .bind(new.generation.counter.cast_signed())
        .bind(UnitStatus::Initializing.as_str())
        .bind(micros(new.created_at))
        .bind(new.volume.as_ref().map(|volume| volume.path.to_string()))
        .bind(wipe(new.volume.as_ref()));
        let taken = "a name, a number, the ports or the volume of the unit";
        self.insert(taken, statement).await?;
        self.take_cpus(new).await
    }

    async fn take_cpus(&mut self, new: &NewUnit) -> Result<(), Error> {
        for cpu in new.slot.cpus.iter() {
            let statement =
                query("INSERT INTO unit_cpus (server_id, cpu, unit_id) VALUES ($1, $2, $3)")
                    .bind(new.server.to_string())
                    .bind(i64::from(cpu))
                    .bind(new.key.to_string());
            self.insert("a CPU of the unit", statement).await?;
        }
        Ok(())
    }

    /// A unit's life.
    pub async fn load_unit(&mut self, key: UnitKey) -> Result<Option<UnitRecord>, Error> {
        let statement = query(select_units!("WHERE u.id = $1")).bind(key.to_string());
        let row = self.row(statement).await?;
        row.map(|row| unit(&row)).transpose()
    }

    /// The living unit of this name, else its latest life.
    pub async fn find_unit(&mut self, id: &UnitId) -> Result<Option<UnitRecord>, Error> {
        let statement = query(select_units!(
            "WHERE u.name = $1 ORDER BY CASE WHEN u.ended_at IS NULL THEN 0 ELSE 1 END, u.id DESC \
             LIMIT 1"
        ));
        let row = self.row(statement.bind(id.to_string())).await?;
        row.map(|row| unit(&row)).transpose()
    }

    /// The units of a server's life, in the order of its layout.
    pub async fn units_of(&mut self, server: ServerId) -> Result<Vec<UnitRecord>, Error> {
        let statement = query(select_units!("WHERE u.server_id = $1 ORDER BY u.port_slot"));
        let rows = self.rows(statement.bind(server.to_string())).await?;
        rows.iter().map(unit).collect()
    }

    /// Moves a unit along its lifecycle and says why. `Forbidden` when its state does not know the
    /// verb. What changes its desired state makes that newer; when its life ends, its CPUs are
    /// nobody's.
    pub async fn move_unit(
        &mut self,
        key: UnitKey,
        verb: UnitVerb,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<UnitStatus, Error> {
        let statement = query("SELECT id, status FROM units WHERE id = $1").bind(key.to_string());
        let row = self.row(statement).await?.ok_or(Error::Missed {
            table: "units",
            rows: 0,
        })?;
        let from: UnitStatus = Cells::new("units", &row).parse("status")?;
        let to = from.after(verb)?;
        let over = to == UnitStatus::Decommissioned;
        let statement = query(
            "UPDATE units SET status = $3, reason = $4, ended_at = $5, counter = counter + $6, \
             epoch = (SELECT value FROM meta WHERE name = 'epoch') WHERE id = $1 AND status = $2",
        )
        .bind(key.to_string())
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(reason.map(plain))
        .bind(over.then(|| micros(now)))
        .bind(i64::from(changes_desired(verb)));
        self.change_one("units", statement).await?;
        self.tell_unit(key, (from, to), reason, now).await?;
        if over {
            let statement = query("DELETE FROM unit_cpus WHERE unit_id = $1").bind(key.to_string());
            self.change(statement).await?;
        }
        Ok(to)
    }

    /// Sets what a unit may use, which makes its desired state newer.
    pub async fn set_shares(&mut self, key: UnitKey, shares: &Shares) -> Result<(), Error> {
        let statement = query(
            "UPDATE units SET memory_nodes = $2, memory_bytes = $3, limits = $4, \
             counter = counter + 1, epoch = (SELECT value FROM meta WHERE name = 'epoch') \
             WHERE id = $1",
        )
        .bind(key.to_string())
        .bind(shares.memory_nodes.as_ref().map(ToString::to_string))
        .bind(shares.memory_bytes.map(u64::cast_signed))
        .bind(json(&shares.limits));
        self.change_one("units", statement).await
    }

    /// Puts a unit's `/mnt` directory on a block device, or on none of its own. `Conflict` when
    /// another unit of the server has it.
    pub async fn set_volume(&mut self, key: UnitKey, volume: Option<&Volume>) -> Result<(), Error> {
        let statement = query(
            "UPDATE units SET volume = $2, volume_wipe = $3, counter = counter + 1, \
             epoch = (SELECT value FROM meta WHERE name = 'epoch') WHERE id = $1",
        )
        .bind(key.to_string())
        .bind(volume.map(|volume| volume.path.to_string()))
        .bind(wipe(volume));
        self.insert("the volume", statement).await
    }

    /// Says why a unit is as it is, or that nothing needs to be said any more.
    pub async fn set_unit_reason(
        &mut self,
        key: UnitKey,
        reason: Option<&str>,
    ) -> Result<(), Error> {
        let statement = query("UPDATE units SET reason = $2 WHERE id = $1")
            .bind(key.to_string())
            .bind(reason.map(plain));
        self.change_one("units", statement).await
    }
}

/// Whether what should be on the server is another after it.
const fn changes_desired(verb: UnitVerb) -> bool {
    match verb {
        UnitVerb::Initialize
        | UnitVerb::Allocate
        | UnitVerb::GiveBack
        | UnitVerb::Deallocate
        | UnitVerb::Fail
        | UnitVerb::Spoil
        | UnitVerb::Decommission => true,
        UnitVerb::Settle
        | UnitVerb::HandOver
        | UnitVerb::Clear
        | UnitVerb::Withdraw
        | UnitVerb::Restore
        | UnitVerb::Retire => false,
    }
}

fn ports(cells: &Cells<'_>) -> Result<PortRange, Error> {
    let numbering: Numbering = numbering(cells)?;
    let slot: u32 = cells.number("port_slot")?;
    let step = u32::from(numbering.port_step);
    let start = u32::from(numbering.first_port).saturating_add(slot.saturating_mul(step));
    PortRange::new(start, start.saturating_add(step)).map_err(|_| Error::Corrupt {
        table: "units",
        column: "port_slot",
        row: cells.text("id").unwrap_or_default(),
    })
}

fn wipe(volume: Option<&Volume>) -> i64 {
    i64::from(volume.is_some_and(|volume| volume.wipe))
}

fn volume(cells: &Cells<'_>) -> Result<Option<Volume>, Error> {
    let wipe = cells.number::<i64>("volume_wipe")? == 1;
    let path = cells.maybe("volume")?;
    Ok(path.map(|path| Volume { path, wipe }))
}

fn attestation(cells: &Cells<'_>) -> Result<Option<AttestationSummary>, Error> {
    let Some(at) = cells.maybe_at("attested_at")? else {
        return Ok(None);
    };
    let broken = cells.json("broken")?;
    Ok(Some(AttestationSummary { at, broken }))
}

/// Without a tenant the tags are empty; a tenant may have given none at all.
fn tags(cells: &Cells<'_>) -> Result<Option<Tags>, Error> {
    match cells.maybe_text("allocation_id")? {
        Some(_) => cells.maybe_json("tags"),
        None => Ok(Some(Tags::default())),
    }
}

pub(crate) fn unit(row: &AnyRow) -> Result<UnitRecord, Error> {
    let cells = Cells::new("units", row);
    Ok(UnitRecord {
        key: cells.parse("id")?,
        id: cells.parse("name")?,
        server: cells.parse("server_id")?,
        hostname: cells.parse("hostname")?,
        ip: cells.parse("ip")?,
        region: cells.parse("region")?,
        zone: cells.parse("zone")?,
        cpus: cells.parse("cpus")?,
        ports: ports(&cells)?,
        user: cells.parse("user_name")?,
        uid: cells.number("uid")?,
        dir: cells.parse("dir")?,
        memory_nodes: cells.maybe("memory_nodes")?,
        memory_bytes: cells.maybe_number("memory_bytes")?,
        limits: cells.maybe_json("limits")?.unwrap_or_default(),
        volume: volume(&cells)?,
        warm: cells.number::<i64>("warm")? == 1,
        generation: generation(&cells)?,
        status: cells.parse("status")?,
        reason: cells.maybe_text("reason")?,
        allocation: cells.maybe("allocation_id")?,
        started_at: cells.maybe_at("started_at")?,
        tags: tags(&cells)?,
        activity: cells.maybe("activity")?,
        attestation: attestation(&cells)?,
        created_at: cells.at("created_at")?,
        ended_at: cells.maybe_at("ended_at")?,
    })
}
