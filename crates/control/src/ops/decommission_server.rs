//! Begins to return a server: from here on nothing of it is handed out.

use std::sync::Arc;

use kloigos_model::server::{ServerStatus, ServerVerb};
use kloigos_store::{JobFilter, JobKind, JobScope, Operation, ServerRecord, Tx};

use super::{Begun, DecommissionServer, Started, repeat};
use crate::{
    core::Core,
    jobs::{Decommissioning, new_job},
    refusal::Refusal,
};

/// The intention with what it needs to be carried out.
pub(crate) struct Return {
    pub(crate) op: DecommissionServer,
    pub(crate) core: Arc<Core>,
    /// Whether a worker stands ready for the job.
    pub(crate) take_up: bool,
}

impl Operation for Return {
    type Output = Started;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Started, Refusal> {
        let idempotency = self.op.idempotency.as_ref();
        if let Some(begun) = repeat::earlier(tx, &self.core, idempotency).await? {
            return Ok(begun.into());
        }
        let server = super::living(tx, &self.op.hostname).await?;
        if server.status == ServerStatus::Decommissioning {
            return already(tx, &server).await;
        }
        self.must_be_unused(tx, &server).await?;
        let job = self.begin(tx, &server).await?;
        repeat::keep(tx, &self.core, idempotency, job).await?;
        Started::new(tx, &self.core, job, self.take_up).await
    }
}

impl Return {
    async fn must_be_unused(&self, tx: &mut Tx<'_>, server: &ServerRecord) -> Result<(), Refusal> {
        let units = tx.units_of(server.id).await?;
        let used = super::in_use(&units);
        if self.op.force || used.is_empty() {
            return Ok(());
        }
        Err(Refusal::Conflict {
            reason: format!(
                "server {} has units in use: {used}; deallocate them first, or use force=true",
                server.hostname
            ),
        })
    }

    async fn begin(
        &self,
        tx: &mut Tx<'_>,
        server: &ServerRecord,
    ) -> Result<kloigos_model::ids::JobId, Refusal> {
        let world = &self.core.world;
        if let Err(forbidden) = server.status.after(ServerVerb::Decommission) {
            return Err(Refusal::Conflict {
                reason: format!(
                    "server {} is {}; wait until that is over",
                    server.hostname, forbidden.from
                ),
            });
        }
        tx.move_server(server.id, ServerVerb::Decommission, None, world.now())
            .await?;
        let scope = JobScope {
            server: server.id,
            unit: None,
        };
        let first = Decommissioning::Evict { server: server.id };
        let job = new_job(&first, scope, world);
        tx.insert_job(&job).await?;
        Ok(job.id)
    }
}

async fn already(tx: &mut Tx<'_>, server: &ServerRecord) -> Result<Started, Refusal> {
    let filter = JobFilter {
        kinds: vec![JobKind::Decommissioning],
        hostname: Some(server.hostname.to_string()),
        limit: Some(1),
        ..JobFilter::default()
    };
    match tx.list_jobs(&filter).await?.first() {
        Some(job) => Ok(Begun {
            job: job.id,
            replayed: false,
        }
        .into()),
        None => Err(Refusal::Internal(format!(
            "server {} is decommissioning and no job works on it",
            server.hostname
        ))),
    }
}
