//! Begins to ask a server's kernel whether it keeps what was promised.

use std::sync::Arc;

use kloigos_model::{
    ids::AllocationId,
    names::{Hostname, UnitId},
};
use kloigos_store::{JobScope, Operation, Tx};

use super::{Attest, Promised, Started, living, repeat, tenancy};
use crate::{
    core::Core,
    jobs::{Attesting, new_job},
    refusal::Refusal,
};

/// The intention with what it needs to be carried out.
pub(crate) struct Ask {
    pub(crate) op: Attest,
    pub(crate) core: Arc<Core>,
    /// Whether a worker stands ready for the job.
    pub(crate) take_up: bool,
}

impl Operation for Ask {
    type Output = Started;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Started, Refusal> {
        let idempotency = self.op.idempotency.as_ref();
        if let Some(begun) = repeat::earlier(tx, &self.core, idempotency).await? {
            return Ok(begun.into());
        }
        let scope = self.scope(tx).await?;
        let first = Attesting::Ask {
            server: scope.server,
            unit: scope.unit,
            allocation: None,
            remark: self.op.remark.clone(),
        };
        let job = new_job(&first, scope, &self.core.world);
        tx.insert_job(&job).await?;
        repeat::keep(tx, &self.core, idempotency, job.id).await?;
        Started::new(tx, &self.core, job.id, self.take_up).await
    }
}

impl Ask {
    async fn scope(&self, tx: &mut Tx<'_>) -> Result<JobScope, Refusal> {
        match &self.op.of {
            Promised::Unit { id, allocation } => unit(tx, id, *allocation).await,
            Promised::Server(hostname) => server(tx, hostname).await,
        }
    }
}

async fn unit(
    tx: &mut Tx<'_>,
    id: &UnitId,
    allocation: Option<AllocationId>,
) -> Result<JobScope, Refusal> {
    let unit = tenancy::unit(tx, id).await?;
    tenancy::same(&unit, allocation)?;
    if !unit.status.is_comparable() {
        return Err(Refusal::Conflict {
            reason: format!(
                "compute unit {} is {}, and only a free or allocated one can be attested",
                unit.id, unit.status
            ),
        });
    }
    Ok(JobScope {
        server: unit.server,
        unit: Some(unit.key),
    })
}

async fn server(tx: &mut Tx<'_>, hostname: &Hostname) -> Result<JobScope, Refusal> {
    let server = living(tx, hostname).await?;
    if !server.status.is_comparable() {
        return Err(Refusal::Conflict {
            reason: format!(
                "server {hostname} is {}, and only a ready one can be attested",
                server.status
            ),
        });
    }
    Ok(JobScope {
        server: server.id,
        unit: None,
    })
}
