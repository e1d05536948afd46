//! What an operator does about a server as a whole: takes it out of placement and back, says what
//! is done about drift, has it repaired.

use std::sync::Arc;

use kloigos_model::{
    ids::JobId,
    names::Hostname,
    remark::Remark,
    server::{DriftMode, ServerStatus, ServerVerb},
};
use kloigos_store::{JobScope, Operation, ServerRecord, Tx};

use super::{Started, Tend, TendServer};
use crate::{
    core::Core,
    jobs::{Repairing, new_job, withdraw},
    queries::no_server,
    refusal::Refusal,
};

/// The intention with what it needs to be carried out.
pub(crate) struct Tending {
    pub(crate) op: TendServer,
    pub(crate) core: Arc<Core>,
}

impl Operation for Tending {
    /// The jobs that were begun for it.
    type Output = Vec<JobId>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<JobId>, Refusal> {
        let server = living(tx, &self.op.hostname).await?;
        match self.op.what {
            Tend::Cordon => self.cordon(tx, &server).await?,
            Tend::Uncordon => self.uncordon(tx, &server).await?,
            Tend::Mode(mode) => self.mode(tx, &server, mode).await?,
            Tend::Repair => return self.repair(tx, &server).await,
        }
        Ok(Vec::new())
    }
}

/// The living server of this name.
pub(crate) async fn living(tx: &mut Tx<'_>, hostname: &Hostname) -> Result<ServerRecord, Refusal> {
    let server = tx.living_server(hostname).await?;
    server.ok_or_else(|| no_server(hostname))
}

impl Tending {
    /// A cordoned server stays as it is, and nothing of it is handed out.
    async fn cordon(&self, tx: &mut Tx<'_>, server: &ServerRecord) -> Result<(), Refusal> {
        if server.status == ServerStatus::Cordoned {
            return Ok(());
        }
        self.may(server, ServerVerb::Cordon)?;
        let (now, why) = (self.core.world.now(), self.op.remark.as_ref());
        let why = why.map(Remark::to_string);
        tx.move_server(server.id, ServerVerb::Cordon, why.as_deref(), now)
            .await?;
        let reason = format!("server {} is cordoned", server.hostname);
        Ok(withdraw(tx, server.id, &reason, now).await?)
    }

    /// Its units are free again when they were compared, which the visit does that is due now: what
    /// was known of them may be from before the server was lost.
    async fn uncordon(&self, tx: &mut Tx<'_>, server: &ServerRecord) -> Result<(), Refusal> {
        if server.status == ServerStatus::Ready {
            return Ok(());
        }
        self.may(server, ServerVerb::Uncordon)?;
        let now = self.core.world.now();
        tx.move_server(server.id, ServerVerb::Uncordon, None, now)
            .await?;
        Ok(tx.visit_by(server.id, now).await?)
    }

    async fn mode(
        &self,
        tx: &mut Tx<'_>,
        server: &ServerRecord,
        mode: DriftMode,
    ) -> Result<(), Refusal> {
        if server.mode == mode {
            return Ok(());
        }
        let now = self.core.world.now();
        let why = self.op.remark.as_ref().map(Remark::to_string);
        tx.set_mode(server.id, (server.mode, mode), why.as_deref(), now)
            .await?;
        if mode == DriftMode::Off {
            tx.forget_drift(server.id).await?;
        }
        Ok(tx.visit_by(server.id, now).await?)
    }

    /// One job for each scope that differed at the last visit.
    async fn repair(&self, tx: &mut Tx<'_>, server: &ServerRecord) -> Result<Vec<JobId>, Refusal> {
        if !server.status.is_comparable() {
            return Err(Refusal::Conflict {
                reason: format!("server {} is {}", server.hostname, server.status),
            });
        }
        let mut units = Vec::new();
        for drift in tx.drift_of(server.id).await? {
            if !units.contains(&drift.unit) {
                units.push(drift.unit);
            }
        }
        let mut jobs = Vec::new();
        for unit in units {
            let scope = JobScope {
                server: server.id,
                unit,
            };
            let first = Repairing::of(scope, self.op.remark.clone());
            let job = new_job(&first, scope, &self.core.world);
            tx.insert_job(&job).await?;
            let started = Started::new(tx, &self.core, job.id, false).await?;
            jobs.push(started.begun.job);
        }
        Ok(jobs)
    }

    fn may(&self, server: &ServerRecord, verb: ServerVerb) -> Result<(), Refusal> {
        match server.status.after(verb) {
            Ok(_) => Ok(()),
            Err(_) => Err(Refusal::Conflict {
                reason: format!("server {} is {}", self.op.hostname, server.status),
            }),
        }
    }
}
