//! Tenancies: one row each, kept for ever.

use jiff::Timestamp;
use kloigos_model::{
    allocation::AllocationStatus,
    ids::{AllocationId, JobId, UnitKey},
    limits::Limits,
    names::UnitId,
    ssh::AuthorizedKeys,
    tags::{TagValue, Tags},
};
use sqlx::{any::AnyRow, query};

use crate::{
    AllocationRecord, Tenancy,
    cells::{Cells, json, micros, plain},
    error::Error,
    tx::Tx,
};

/// A tenancy that begins.
#[derive(Debug, Clone)]
pub struct NewAllocation<'a> {
    /// Which.
    pub id: AllocationId,
    /// On which unit.
    pub unit: UnitKey,
    /// The job that makes it ready.
    pub job: JobId,
    /// Who may log in.
    pub keys: &'a AuthorizedKeys,
    /// What its unit may use.
    pub limits: &'a Limits,
    /// What the tenant writes on it; `None` is `null`.
    pub tags: Option<&'a Tags>,
    /// When.
    pub created_at: Timestamp,
}

macro_rules! select_allocations {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.unit_id, a.job_id, a.status, a.keys, \
             COALESCE(a.limits, u.limits) AS limits, a.activity, a.resets, a.tags, a.created_at, \
             a.started_at, a.ended_at, a.reason \
             FROM allocations a JOIN units u ON u.id = a.unit_id ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// Adds a tenancy, pending. `Conflict` when the unit has one already.
    pub async fn insert_allocation(&mut self, new: &NewAllocation<'_>) -> Result<(), Error> {
        let statement = query(
            "INSERT INTO allocations (id, unit_id, job_id, status, keys, tags, deployment_id, \
             created_at, limits) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(new.id.to_string())
        .bind(new.unit.to_string())
        .bind(new.job.to_string())
        .bind(AllocationStatus::Pending.as_str())
        .bind(new.keys.to_string())
        .bind(new.tags.map(json))
        .bind(new.tags.and_then(deployment))
        .bind(micros(new.created_at))
        .bind(json(new.limits));
        self.insert("the unit", statement).await
    }

    /// The tenancy that a unit is bound to.
    pub async fn open_allocation(
        &mut self,
        unit: UnitKey,
    ) -> Result<Option<AllocationRecord>, Error> {
        let statement = query(select_allocations!(
            "WHERE a.unit_id = $1 AND a.status IN ('pending', 'active', 'ending')"
        ));
        let row = self.row(statement.bind(unit.to_string())).await?;
        row.map(|row| allocation(&row)).transpose()
    }

    /// The tenancies of every unit that had this name, the newest first, at most so many.
    pub async fn allocations_of(
        &mut self,
        unit: &UnitId,
        limit: u32,
    ) -> Result<Vec<AllocationRecord>, Error> {
        let statement = query(select_allocations!(
            "WHERE u.name = $1 ORDER BY a.created_at DESC, a.id DESC LIMIT $2"
        ));
        let statement = statement.bind(unit.to_string()).bind(i64::from(limit));
        let rows = self.rows(statement).await?;
        rows.iter().map(allocation).collect()
    }

    /// The tenancy that a job made or makes.
    pub async fn allocation_of_job(
        &mut self,
        job: JobId,
    ) -> Result<Option<AllocationRecord>, Error> {
        let statement = query(select_allocations!("WHERE a.job_id = $1"));
        let row = self.row(statement.bind(job.to_string())).await?;
        row.map(|row| allocation(&row)).transpose()
    }

    /// Binds a pending tenancy to another unit, with the limits that it has there.
    pub async fn rebind_allocation(
        &mut self,
        id: AllocationId,
        unit: UnitKey,
        limits: &Limits,
    ) -> Result<(), Error> {
        let statement = query(
            "UPDATE allocations SET unit_id = $2, limits = $3 \
             WHERE id = $1 AND status = 'pending'",
        )
        .bind(id.to_string())
        .bind(unit.to_string())
        .bind(json(limits));
        self.change_one("allocations", statement).await
    }

    /// Sets what an active tenancy runs with, which makes its unit's desired state newer.
    pub async fn set_tenancy(&mut self, id: AllocationId, to: &Tenancy) -> Result<(), Error> {
        let statement = query(
            "UPDATE allocations SET keys = $2, limits = $3, activity = $4, resets = $5 \
             WHERE id = $1 AND status = 'active'",
        )
        .bind(id.to_string())
        .bind(to.keys.to_string())
        .bind(json(&to.limits))
        .bind(to.activity.as_str())
        .bind(i64::from(to.resets));
        self.change_one("allocations", statement).await?;
        let statement = query(
            "UPDATE units SET counter = counter + 1, \
             epoch = (SELECT value FROM meta WHERE name = 'epoch') \
             WHERE id = (SELECT unit_id FROM allocations WHERE id = $1)",
        );
        self.change_one("units", statement.bind(id.to_string()))
            .await
    }

    /// A pending tenancy's unit is ready.
    pub async fn activate_allocation(
        &mut self,
        id: AllocationId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let statement = query(
            "UPDATE allocations SET status = 'active', started_at = $2 \
             WHERE id = $1 AND status = 'pending'",
        )
        .bind(id.to_string())
        .bind(micros(now));
        self.change_one("allocations", statement).await
    }

    /// A pending tenancy never began.
    pub async fn fail_allocation(
        &mut self,
        id: AllocationId,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let statement = query(
            "UPDATE allocations SET status = 'failed', ended_at = $2, reason = $3 \
             WHERE id = $1 AND status = 'pending'",
        )
        .bind(id.to_string())
        .bind(micros(now))
        .bind(plain(reason));
        self.change_one("allocations", statement).await
    }

    /// The unit's tenancy, where it has one, is ending.
    pub async fn begin_ending(&mut self, unit: UnitKey) -> Result<(), Error> {
        let statement = query(
            "UPDATE allocations SET status = 'ending' \
             WHERE unit_id = $1 AND status IN ('pending', 'active')",
        )
        .bind(unit.to_string());
        self.change(statement).await.map(drop)
    }

    /// The unit's tenancy, where it has one, is over.
    pub async fn end_allocation(&mut self, unit: UnitKey, now: Timestamp) -> Result<(), Error> {
        let statement = query(
            "UPDATE allocations SET status = 'ended', ended_at = $2 \
             WHERE unit_id = $1 AND status = 'ending'",
        )
        .bind(unit.to_string())
        .bind(micros(now));
        self.change(statement).await.map(drop)
    }
}

/// What `deployment_id` filters on: the tag of that name, a text or a number.
fn deployment(tags: &Tags) -> Option<String> {
    match tags.find("deployment_id")? {
        TagValue::Text(text) => Some(plain(&text.to_string())),
        TagValue::Number(number) => Some(number.to_string()),
        TagValue::List(_) => None,
    }
}

fn allocation(row: &AnyRow) -> Result<AllocationRecord, Error> {
    let cells = Cells::new("allocations", row);
    Ok(AllocationRecord {
        id: cells.parse("id")?,
        unit: cells.parse("unit_id")?,
        job: cells.parse("job_id")?,
        status: cells.parse("status")?,
        tenancy: Tenancy {
            keys: cells.parse("keys")?,
            limits: cells.maybe_json("limits")?.unwrap_or_default(),
            activity: cells.parse("activity")?,
            resets: cells.number("resets")?,
        },
        tags: cells.maybe_json("tags")?,
        created_at: cells.at("created_at")?,
        started_at: cells.maybe_at("started_at")?,
        ended_at: cells.maybe_at("ended_at")?,
        reason: cells.maybe_text("reason")?,
    })
}
