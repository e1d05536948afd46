//! Tries a job again that waits for its next try or did not do what it was for.

use std::{sync::Arc, time::Duration};

use kloigos_model::{compute_unit::UnitStatus, ids::JobId, server::ServerStatus};
use kloigos_store::{JobKind, JobRecord, JobScope, JobStatus, Operation, ServerRecord, Tx, Voice};
use serde::de::DeserializeOwned;

use super::{
    Allocate, Ask, Attest, Begin, BeginChange, Begun, ChangeUnit, Deallocate, DecommissionServer,
    End, InitServer, Promised, Reserve, RetryJob, Return, Started,
};
use crate::{
    core::Core,
    jobs::{Allocating, Attesting, Changing, Repairing, new_job},
    queries::no_job,
    refusal::Refusal,
};

/// The intention with what it needs to be carried out.
pub(crate) struct Retry {
    pub(crate) op: RetryJob,
    pub(crate) core: Arc<Core>,
    /// Whether a worker stands ready for the job.
    pub(crate) take_up: bool,
}

impl Operation for Retry {
    type Output = Started;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Started, Refusal> {
        let id = self.op.job;
        let job = tx.load_job(id).await?.ok_or_else(|| no_job(id))?;
        match job.status {
            JobStatus::Queued => self.hurry(tx, &job).await,
            JobStatus::Failed | JobStatus::Cancelled => self.once(tx, job).await,
            JobStatus::Running => conflict(format!("job {id} is being worked on")),
            JobStatus::Succeeded => conflict(format!("job {id} did what it was for")),
        }
    }
}

impl Retry {
    /// It does not wait any longer.
    async fn hurry(&self, tx: &mut Tx<'_>, job: &JobRecord) -> Result<Started, Refusal> {
        if !tx.hurry_job(job.id, self.core.world.now()).await? {
            return conflict(format!(
                "job {} waits for its turn, behind other work on the same server or unit",
                job.id
            ));
        }
        self.say(tx, job, job.id, "tried again at once").await?;
        Started::new(tx, &self.core, job.id, self.take_up).await
    }

    /// However often it is asked for, one other try is under way at a time, and none once one did
    /// it: whoever asks again is answered with that. One that did not do it either is tried again
    /// itself.
    async fn once(&self, tx: &mut Tx<'_>, job: JobRecord) -> Result<Started, Refusal> {
        let mut last = job;
        while let Some(later) = tx.latest_retry(last.id).await? {
            last = later;
        }
        match last.status {
            JobStatus::Failed | JobStatus::Cancelled => self.anew(tx, &last).await,
            JobStatus::Queued | JobStatus::Running | JobStatus::Succeeded => {
                let (job, replayed) = (last.id, false);
                Ok(Begun { job, replayed }.into())
            }
        }
    }

    /// Another job that does what this one was for.
    async fn anew(&self, tx: &mut Tx<'_>, job: &JobRecord) -> Result<Started, Refusal> {
        let state = tx.load_job_state(job.id).await?;
        let state = state.ok_or_else(|| no_job(job.id))?;
        let started = match job.kind {
            JobKind::Allocating => self.allocate(tx, job, &read(&state)?).await,
            JobKind::Deallocating => self.deallocate(tx, job).await,
            JobKind::Initializing => self.init(tx, job).await,
            JobKind::Decommissioning => self.decommission(tx, job).await,
            JobKind::Changing => self.change(tx, job, &read(&state)?).await,
            JobKind::Attesting => self.attest(tx, job, &read(&state)?).await,
            JobKind::Repairing => self.repair(tx, job, &read(&state)?).await,
        }?;
        let Begun { job: next, .. } = started.begun;
        tx.set_retry_of(next, job.id).await?;
        let said = format!("another try of job {}", job.id);
        self.say(tx, job, next, &said).await?;
        Ok(started)
    }

    async fn say(
        &self,
        tx: &mut Tx<'_>,
        of: &JobRecord,
        job: JobId,
        what: &str,
    ) -> Result<(), Refusal> {
        let line = match &self.op.remark {
            Some(remark) => format!("{what}; reason: {remark}"),
            None => what.to_owned(),
        };
        let voice = Voice {
            job,
            step: &of.step,
            attempt: 0,
        };
        let lines = [(self.core.world.now(), line)];
        Ok(tx.log_job(voice, &lines).await?)
    }

    async fn allocate(
        &self,
        tx: &mut Tx<'_>,
        job: &JobRecord,
        state: &Allocating,
    ) -> Result<Started, Refusal> {
        let held = state.held();
        let made = tx.allocation_of_job(job.id).await?;
        let made = made.ok_or_else(|| missing("its tenancy"))?;
        let within = Duration::try_from(held.deadline - made.created_at);
        let op = Allocate {
            wanted: held.wanted(),
            tags: made.tags,
            keys: made.tenancy.keys,
            limits: held.limits,
            idempotency: None,
            within: within.unwrap_or_default(),
        };
        let (core, take_up) = (self.core.clone(), self.take_up);
        Reserve { op, core, take_up }.run(tx).await
    }

    /// Only of a unit that is still in the quarantine that the job left: it may be somebody's by
    /// now.
    async fn deallocate(&self, tx: &mut Tx<'_>, job: &JobRecord) -> Result<Started, Refusal> {
        let key = job.unit_key.ok_or_else(|| missing("its unit"))?;
        let unit = tx.load_unit(key).await?;
        let unit = unit.ok_or_else(|| missing("its unit"))?;
        if unit.status != UnitStatus::DeallocationFail {
            return conflict(format!("compute unit {} is {}", unit.id, unit.status));
        }
        let op = Deallocate {
            unit: unit.id,
            allocation: None,
            idempotency: None,
        };
        let (core, take_up) = (self.core.clone(), self.take_up);
        End { op, core, take_up }.run(tx).await
    }

    async fn init(&self, tx: &mut Tx<'_>, job: &JobRecord) -> Result<Started, Refusal> {
        let server = self.server(tx, job, ServerStatus::InitFail).await?;
        let units = tx.units_of(server.id).await?;
        let volumes = units.iter().enumerate();
        let volumes = volumes.filter_map(|(place, unit)| Some((place, unit.volume.clone()?)));
        let op = InitServer {
            volumes: volumes.collect(),
            ranges: units.iter().map(|unit| unit.cpus.clone()).collect(),
            hostname: server.hostname,
            ip: server.ip,
            region: server.region,
            zone: server.zone,
            numbering: server.numbering,
            ssh_port: server.ssh_port,
            ssh_user: server.ssh_user,
            host_key: server.given_host_key,
            warm: server.warm,
            limits: server.limits,
            declined: server.declined,
            confined: server.confined,
            idempotency: None,
        };
        let (core, take_up) = (self.core.clone(), self.take_up);
        Begin { op, core, take_up }.run(tx).await
    }

    async fn decommission(&self, tx: &mut Tx<'_>, job: &JobRecord) -> Result<Started, Refusal> {
        let server = self.server(tx, job, ServerStatus::DecommissionFail).await?;
        let op = DecommissionServer {
            hostname: server.hostname,
            force: false,
            idempotency: None,
        };
        let (core, take_up) = (self.core.clone(), self.take_up);
        Return { op, core, take_up }.run(tx).await
    }

    /// The server that the job left in this state, and that nobody cared for since.
    async fn server(
        &self,
        tx: &mut Tx<'_>,
        job: &JobRecord,
        left: ServerStatus,
    ) -> Result<ServerRecord, Refusal> {
        let id = job.server_key.ok_or_else(|| missing("its server"))?;
        let server = tx.load_server(id).await?;
        let server = server.ok_or_else(|| missing("its server"))?;
        if server.status != left {
            return conflict(format!("server {} is {}", server.hostname, server.status));
        }
        Ok(server)
    }

    async fn change(
        &self,
        tx: &mut Tx<'_>,
        job: &JobRecord,
        state: &Changing,
    ) -> Result<Started, Refusal> {
        let wanted = state.wanted();
        let op = ChangeUnit {
            unit: job.unit.clone().ok_or_else(|| missing("its unit"))?,
            allocation: Some(wanted.allocation),
            change: wanted.change.clone(),
            remark: wanted.remark.clone(),
            idempotency: None,
        };
        let (core, take_up) = (self.core.clone(), self.take_up);
        BeginChange { op, core, take_up }.run(tx).await
    }

    async fn repair(
        &self,
        tx: &mut Tx<'_>,
        job: &JobRecord,
        state: &Repairing,
    ) -> Result<Started, Refusal> {
        let server = job.server_key.ok_or_else(|| missing("its server"))?;
        let scope = JobScope {
            server,
            unit: job.unit_key,
        };
        let again = new_job(state, scope, &self.core.world);
        tx.insert_job(&again).await?;
        Started::new(tx, &self.core, again.id, self.take_up).await
    }

    async fn attest(
        &self,
        tx: &mut Tx<'_>,
        job: &JobRecord,
        state: &Attesting,
    ) -> Result<Started, Refusal> {
        let Attesting::Ask {
            allocation, remark, ..
        } = state;
        let of = match (&job.unit, job.server.clone()) {
            (Some(unit), _) => Promised::Unit {
                id: unit.clone(),
                allocation: *allocation,
            },
            (None, Some(hostname)) => Promised::Server(hostname),
            (None, None) => return Err(missing("its server")),
        };
        let op = Attest {
            of,
            remark: remark.clone(),
            idempotency: None,
        };
        let (core, take_up) = (self.core.clone(), self.take_up);
        Ask { op, core, take_up }.run(tx).await
    }
}

fn read<J: DeserializeOwned>(state: &str) -> Result<J, Refusal> {
    serde_json::from_str(state).map_err(|error| Refusal::internal(&error))
}

fn missing(what: &str) -> Refusal {
    Refusal::Internal(format!("{what} is gone from the database"))
}

fn conflict<T>(reason: String) -> Result<T, Refusal> {
    Err(Refusal::Conflict { reason })
}
