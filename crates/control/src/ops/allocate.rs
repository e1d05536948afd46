//! Reserves a unit: the choice, the unit, the tenancy, the job and the idempotency key are one
//! transaction.

use std::sync::Arc;

use kloigos_model::{
    compute_unit::UnitVerb,
    limits::LimitsWish,
    placement::{Placed, Wanted, place},
};
use kloigos_store::{Claim, JobScope, NewAllocation, NewJob, Operation, Tx};

use super::{Allocate, Begun, Started, change::limit, repeat};
use crate::{
    core::Core,
    fit::{self, Fitting, Unfit},
    jobs::{Allocating, Reservation, new_job},
    refusal::Refusal,
};

/// The intention with what it needs to be carried out.
pub(crate) struct Reserve {
    pub(crate) op: Allocate,
    pub(crate) core: Arc<Core>,
    /// Whether a worker stands ready for the job.
    pub(crate) take_up: bool,
}

impl Operation for Reserve {
    type Output = Started;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Started, Refusal> {
        let idempotency = self.op.idempotency.as_ref();
        if let Some(begun) = repeat::earlier(tx, &self.core, idempotency).await? {
            return Ok(begun.into());
        }
        let Fitting { placed, limits } = self.choose(tx).await?;
        let now = self.core.world.now();
        tx.move_unit(placed.unit, UnitVerb::Allocate, None, now)
            .await?;
        let (job, allocation) = self.work(placed);
        tx.insert_job(&job).await?;
        let allocation = NewAllocation {
            id: allocation,
            unit: placed.unit,
            job: job.id,
            keys: &self.op.keys,
            limits: &limits,
            tags: self.op.tags.as_ref(),
            created_at: now,
        };
        tx.insert_allocation(&allocation).await?;
        repeat::keep(tx, &self.core, idempotency, job.id).await?;
        Started::new(tx, &self.core, job.id, self.take_up).await
    }
}

impl Reserve {
    async fn choose(&self, tx: &mut Tx<'_>) -> Result<Fitting, Refusal> {
        let (wanted, wish) = (&self.op.wanted, &self.op.limits);
        choose(tx, wanted, wish).await
    }

    fn work(&self, placed: Placed) -> (NewJob, kloigos_model::ids::AllocationId) {
        let (world, wanted) = (&self.core.world, &self.op.wanted);
        let allocation = world.allocation_id();
        let held = Reservation {
            allocation,
            unit: placed.unit,
            server: placed.server,
            cpu_count: wanted.cpu_count,
            region: wanted.region.clone(),
            zone: wanted.zone.clone(),
            limits: self.op.limits,
            tried: Vec::new(),
            deadline: world.after(self.op.within),
            unsure: false,
        };
        let scope = JobScope {
            server: placed.server,
            unit: Some(placed.unit),
        };
        (new_job(&Allocating::Apply(held), scope, world), allocation)
    }
}

/// The best free unit; a refusal says why, server by server.
pub(super) async fn choose(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    wish: &LimitsWish,
) -> Result<Fitting, Refusal> {
    match fit::place(tx, wanted, wish, &[]).await? {
        Ok(fitting) => Ok(fitting),
        Err(Unfit::Memory(why)) => Err(limit("memory_max", why)),
        // Told with the servers that are no candidates at all.
        Err(Unfit::NoUnit(none)) => {
            let all = place(wanted, &tx.all_offers().await?, &[]);
            Err(Refusal::NoCapacity(all.err().unwrap_or(none)))
        }
    }
}

impl Started {
    /// What was begun, and the job itself where a worker stands ready and nothing is in its way:
    /// then it need not go through the queue.
    ///
    /// Refused on a server that a restored database was not compared with: what the rows say may
    /// be older than what is there.
    pub(super) async fn new(
        tx: &mut Tx<'_>,
        core: &Core,
        job: kloigos_model::ids::JobId,
        take_up: bool,
    ) -> Result<Self, Refusal> {
        if let Some(server) = tx.uncompared(job).await? {
            return Err(Refusal::Conflict {
                reason: format!(
                    "the database was restored from a backup and not compared with server \
                     {server} since; that is done as soon as it answers, try again then"
                ),
            });
        }
        let claim: Option<Claim> = if take_up {
            crate::engine::claim(tx, core, Some(job)).await?
        } else {
            None
        };
        Ok(Self {
            begun: Begun {
                job,
                replayed: false,
            },
            claim,
        })
    }
}
