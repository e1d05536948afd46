//! Attestations: one row each, kept for ever.

use jiff::Timestamp;
use kloigos_model::{
    host::Attestation,
    ids::{AllocationId, AttestationId, JobId, ServerId, UnitKey},
};
use sqlx::{any::AnyRow, query};

use crate::{
    AttestationRecord, JobScope,
    cells::{Cells, json, micros},
    error::Error,
    tx::Tx,
};

/// An attestation that was made.
#[derive(Debug, Clone)]
pub struct NewAttestation<'a> {
    /// Which.
    pub id: AttestationId,
    /// Of what.
    pub scope: JobScope,
    /// The tenancy that the unit was in.
    pub allocation: Option<AllocationId>,
    /// The job that made it.
    pub job: JobId,
    /// When.
    pub at: Timestamp,
    /// Every check.
    pub report: &'a Attestation,
}

macro_rules! select_attestations {
    ($rest:literal) => {
        concat!(
            "SELECT id, allocation_id, job_id, at, report FROM attestations ",
            $rest
        )
    };
}

impl Tx<'_> {
    /// Keeps what the kernel said.
    pub async fn insert_attestation(&mut self, new: &NewAttestation<'_>) -> Result<(), Error> {
        let report = new.report;
        let statement = query(
            "INSERT INTO attestations (id, server_id, unit_id, allocation_id, job_id, generation, \
             at, holds, broken, report) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(new.id.to_string())
        .bind(new.scope.server.to_string())
        .bind(new.scope.unit.map(|unit| unit.to_string()))
        .bind(new.allocation.map(|allocation| allocation.to_string()))
        .bind(new.job.to_string())
        .bind(report.generation.to_string())
        .bind(micros(new.at))
        .bind(i64::from(report.holds()))
        .bind(json(&broken(report)))
        .bind(json(report));
        self.insert("the attestation of this job", statement).await
    }

    /// What a job found out.
    pub async fn attestation_of_job(
        &mut self,
        job: JobId,
    ) -> Result<Option<AttestationRecord>, Error> {
        let statement = query(select_attestations!("WHERE job_id = $1")).bind(job.to_string());
        let row = self.row(statement).await?;
        row.map(|row| attestation(&row)).transpose()
    }

    /// The latest attestations of a unit's life, the newest first, at most so many.
    pub async fn attestations_of_unit(
        &mut self,
        unit: UnitKey,
        limit: u32,
    ) -> Result<Vec<AttestationRecord>, Error> {
        let statement = query(select_attestations!(
            "WHERE unit_id = $1 ORDER BY id DESC LIMIT $2"
        ));
        let statement = statement.bind(unit.to_string()).bind(i64::from(limit));
        let rows = self.rows(statement).await?;
        rows.iter().map(attestation).collect()
    }

    /// The latest attestations of a server's own part, the newest first, at most so many.
    pub async fn attestations_of_server(
        &mut self,
        server: ServerId,
        limit: u32,
    ) -> Result<Vec<AttestationRecord>, Error> {
        let statement = query(select_attestations!(
            "WHERE server_id = $1 AND unit_id IS NULL ORDER BY id DESC LIMIT $2"
        ));
        let statement = statement.bind(server.to_string()).bind(i64::from(limit));
        let rows = self.rows(statement).await?;
        rows.iter().map(attestation).collect()
    }
}

/// What a list shows of the checks that failed.
fn broken(report: &Attestation) -> Vec<String> {
    let words = report.broken();
    words
        .map(|check| format!("{}: {}", check.promise, check.check))
        .collect()
}

fn attestation(row: &AnyRow) -> Result<AttestationRecord, Error> {
    let cells = Cells::new("attestations", row);
    Ok(AttestationRecord {
        id: cells.parse("id")?,
        allocation: cells.maybe("allocation_id")?,
        job: cells.parse("job_id")?,
        at: cells.at("at")?,
        report: cells.json("report")?,
    })
}
