//! What can be asked without changing anything.

use kloigos_model::{
    compute_unit::UnitStatus,
    host::Activity,
    ids::{JobId, ServerId},
    names::{Hostname, UnitId},
};
use kloigos_store::{
    AllocationRecord, AttestationRecord, JobDetail, JobFilter, JobRecord, Operation, ServerDetail,
    ServerRecord, Tallies, TokenHash, TokenRecord, Tx, UnitDetail, UnitFilter, UnitRecord,
};

use crate::{ops, refusal::Refusal};

pub(crate) struct ListUnits<'a>(pub(crate) &'a UnitFilter);

impl Operation for ListUnits<'_> {
    type Output = Vec<UnitRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        Ok(tx.list_units(self.0).await?)
    }
}

pub(crate) struct FindUnit<'a>(pub(crate) &'a UnitId);

impl Operation for FindUnit<'_> {
    type Output = UnitDetail;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        let record = found(tx, self.0).await?;
        let server = tx.load_server(record.server).await?;
        Ok(UnitDetail {
            allocation: tx.open_allocation(record.key).await?,
            declined: server.map(|server| server.declined).unwrap_or_default(),
            record,
        })
    }
}

async fn found(tx: &mut Tx<'_>, id: &UnitId) -> Result<UnitRecord, Refusal> {
    let unit = tx.find_unit(id).await?;
    unit.ok_or_else(|| Refusal::NotFound {
        what: format!("there is no compute unit {id}"),
    })
}

/// The tenancies of every unit that had this name.
pub(crate) struct AllocationsOf<'a>(pub(crate) &'a UnitId, pub(crate) u32);

impl Operation for AllocationsOf<'_> {
    type Output = Vec<AllocationRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        found(tx, self.0).await?;
        Ok(tx.allocations_of(self.0, self.1).await?)
    }
}

pub(crate) struct AttestationsOfUnit<'a>(pub(crate) &'a UnitId, pub(crate) u32);

impl Operation for AttestationsOfUnit<'_> {
    type Output = Vec<AttestationRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        let unit = found(tx, self.0).await?;
        Ok(tx.attestations_of_unit(unit.key, self.1).await?)
    }
}

pub(crate) struct AttestationsOfServer<'a>(pub(crate) &'a Hostname, pub(crate) u32);

impl Operation for AttestationsOfServer<'_> {
    type Output = Vec<AttestationRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        let server = tx.find_server(self.0).await?;
        let server = server.ok_or_else(|| no_server(self.0))?;
        Ok(tx.attestations_of_server(server.id, self.1).await?)
    }
}

pub(crate) struct AttestationOfJob(pub(crate) JobId);

impl Operation for AttestationOfJob {
    type Output = Option<AttestationRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        Ok(tx.attestation_of_job(self.0).await?)
    }
}

/// The unit as it was when the tenancy that this job made became ready, whatever it is by now.
pub(crate) struct AllocatedUnit(pub(crate) JobId);

impl Operation for AllocatedUnit {
    type Output = Option<UnitRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        let Some(made) = tx.allocation_of_job(self.0).await? else {
            return Ok(None);
        };
        if made.started_at.is_none() {
            return Ok(None);
        }
        let unit = tx.load_unit(made.unit).await?;
        Ok(unit.map(|unit| UnitRecord {
            status: UnitStatus::Allocated,
            reason: None,
            allocation: Some(made.id),
            started_at: made.started_at,
            tags: made.tags,
            activity: Some(Activity::Running),
            attestation: None,
            ..unit
        }))
    }
}

pub(crate) struct ListServers;

impl Operation for ListServers {
    type Output = Vec<ServerRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        Ok(tx.list_servers().await?)
    }
}

pub(crate) struct FindServer<'a>(pub(crate) &'a Hostname);

impl Operation for FindServer<'_> {
    type Output = ServerDetail;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        let found = tx.find_server(self.0).await?;
        let mut record = found.ok_or_else(|| no_server(self.0))?;
        let units = tx.units_of(record.id).await?;
        for unit in &units {
            *record.units.entry(unit.status).or_default() += 1;
        }
        let facts = tx.load_facts(record.id).await?;
        Ok(ServerDetail {
            drift: tx.drift_of(record.id).await?,
            record,
            units,
            facts,
        })
    }
}

/// A server that can be compared with what it should be.
pub(crate) struct Checkable<'a>(pub(crate) &'a Hostname);

impl Operation for Checkable<'_> {
    type Output = ServerId;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<ServerId, Refusal> {
        let server = ops::living(tx, self.0).await?;
        if server.status.is_comparable() {
            return Ok(server.id);
        }
        Err(Refusal::Conflict {
            reason: format!(
                "server {} is {}, and is looked at when it is ready",
                self.0, server.status
            ),
        })
    }
}

pub(crate) struct ListJobs<'a>(pub(crate) &'a JobFilter);

impl Operation for ListJobs<'_> {
    type Output = Vec<JobRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        Ok(tx.list_jobs(self.0).await?)
    }
}

pub(crate) struct FindJob(pub(crate) JobId);

impl Operation for FindJob {
    type Output = JobRecord;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        tx.load_job(self.0).await?.ok_or_else(|| no_job(self.0))
    }
}

pub(crate) struct JobWithLog(pub(crate) JobId);

impl Operation for JobWithLog {
    type Output = JobDetail;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        let found = tx.load_job_detail(self.0).await?;
        found.ok_or_else(|| no_job(self.0))
    }
}

pub(crate) fn no_server(hostname: &Hostname) -> Refusal {
    Refusal::NotFound {
        what: format!("there is no server {hostname}"),
    }
}

pub(crate) fn no_job(id: JobId) -> Refusal {
    Refusal::NotFound {
        what: format!("there is no job {id}"),
    }
}

pub(crate) struct TokenByHash<'a>(pub(crate) &'a TokenHash);

impl Operation for TokenByHash<'_> {
    type Output = Option<TokenRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        Ok(tx.token_by_hash(self.0).await?)
    }
}

/// How much there is of what.
pub(crate) struct Count;

impl Operation for Count {
    type Output = Tallies;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Tallies, Refusal> {
        Ok(tx.tallies().await?)
    }
}

/// Whether the database answers at all.
pub(crate) struct Ping;

impl Operation for Ping {
    type Output = ();
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Refusal> {
        tx.next_due().await?;
        Ok(())
    }
}
