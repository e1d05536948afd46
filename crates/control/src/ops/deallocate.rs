//! Ends a tenancy: the unit is nobody's from here on, and a job empties it.

use std::sync::Arc;

use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    server::ServerStatus,
};
use kloigos_store::{JobScope, Operation, Tx, UnitRecord};

use super::{Begun, Deallocate, Started, repeat, tenancy};
use crate::{
    core::Core,
    jobs::{Deallocating, new_job},
    refusal::Refusal,
};

/// The intention with what it needs to be carried out.
pub(crate) struct End {
    pub(crate) op: Deallocate,
    pub(crate) core: Arc<Core>,
    /// Whether a worker stands ready for the job.
    pub(crate) take_up: bool,
}

impl Operation for End {
    type Output = Started;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Started, Refusal> {
        let idempotency = self.op.idempotency.as_ref();
        if let Some(begun) = repeat::earlier(tx, &self.core, idempotency).await? {
            return Ok(begun.into());
        }
        let unit = tenancy::unit(tx, &self.op.unit).await?;
        tenancy::same(&unit, self.op.allocation)?;
        let scope = JobScope {
            server: unit.server,
            unit: Some(unit.key),
        };
        let server = tx.load_server(unit.server).await?;
        let returning = server.is_some_and(|server| server.status == ServerStatus::Decommissioning);
        if unit.status == UnitStatus::Deallocating || (returning && unit.status.is_in_use()) {
            return already(tx, scope, &unit).await;
        }
        let job = self.begin(tx, &unit, scope).await?;
        repeat::keep(tx, &self.core, idempotency, job).await?;
        Started::new(tx, &self.core, job, self.take_up).await
    }
}

impl End {
    async fn begin(
        &self,
        tx: &mut Tx<'_>,
        unit: &UnitRecord,
        scope: JobScope,
    ) -> Result<kloigos_model::ids::JobId, Refusal> {
        let world = &self.core.world;
        if unit.status.after(UnitVerb::Deallocate).is_err() {
            return Err(Refusal::Conflict {
                reason: refusal(unit),
            });
        }
        tx.move_unit(unit.key, UnitVerb::Deallocate, None, world.now())
            .await?;
        tx.begin_ending(unit.key).await?;
        let first = Deallocating::first(unit.key, &self.core.settings);
        let job = new_job(&first, scope, world);
        tx.insert_job(&job).await?;
        Ok(job.id)
    }
}

/// It is being emptied, by its own job or its server's decommission.
async fn already(tx: &mut Tx<'_>, scope: JobScope, unit: &UnitRecord) -> Result<Started, Refusal> {
    match tx.ending_job(scope).await? {
        Some(job) => Ok(Begun {
            job,
            replayed: false,
        }
        .into()),
        None => Err(Refusal::Internal(format!(
            "unit {} is {} and no job works on it",
            unit.id, unit.status
        ))),
    }
}

fn refusal(unit: &UnitRecord) -> String {
    match unit.status {
        UnitStatus::Free => format!(
            "compute unit {} is free, there is no tenancy to end",
            unit.id
        ),
        UnitStatus::Allocating => format!(
            "compute unit {} is still being made ready; wait until it is allocated",
            unit.id
        ),
        status => format!(
            "compute unit {} is {status}, there is no tenancy to end",
            unit.id
        ),
    }
}
