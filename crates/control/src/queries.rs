//! What can be asked without changing anything.

use kloigos_model::{compute_unit::UnitStatus, ids::JobId, names::Hostname};
use kloigos_store::{
    JobDetail, JobFilter, JobRecord, Operation, ServerDetail, ServerRecord, TokenHash, TokenRecord,
    Tx, UnitFilter, UnitRecord,
};

use crate::refusal::Refusal;

pub(crate) struct ListUnits<'a>(pub(crate) &'a UnitFilter);

impl Operation for ListUnits<'_> {
    type Output = Vec<UnitRecord>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        Ok(tx.list_units(self.0).await?)
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
        let mut record = found.ok_or_else(|| Refusal::NotFound {
            what: format!("there is no server {}", self.0),
        })?;
        let units = tx.units_of(record.id).await?;
        for unit in &units {
            *record.units.entry(unit.status).or_default() += 1;
        }
        let facts = tx.load_facts(record.id).await?;
        Ok(ServerDetail {
            record,
            units,
            facts,
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

fn no_job(id: JobId) -> Refusal {
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
