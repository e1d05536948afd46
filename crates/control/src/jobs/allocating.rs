//! Makes a reserved unit ready for its tenant, or finds another server that can.
//!
//! Invariant: a unit becomes free again only when nothing was changed on its server for this
//! tenancy. Otherwise it is emptied by a job of its own, or kept in quarantine.

mod reservation;

use kloigos_model::{compute_unit::UnitVerb, hook::HookPoint};
use kloigos_store::{AllocationRecord, Error, JobKind, JobScope, Tx, UnitRecord};
use serde::{Deserialize, Serialize};

use super::{
    Attesting, Context, Deallocating, Fault, Job, Next,
    hooked::{Hooked, Seen},
    new_job,
    tried::apply,
};
use crate::reply::Reply;

pub(crate) use self::reservation::Reservation;

/// Where it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum Allocating {
    /// The unit is brought to its desired state, tenant and all.
    Apply(Reservation),
    /// The operator's hook is run, before the tenant is told.
    Hook(Reservation),
}

impl Job for Allocating {
    const KIND: JobKind = JobKind::Allocating;
    type Seen = Seen;

    fn step(&self) -> &'static str {
        match self {
            Self::Apply(_) => "apply",
            Self::Hook(_) => "hook",
        }
    }

    async fn work(&self, cx: &Context<'_>) -> Result<Seen, Fault> {
        let held = self.held();
        let ours = |unit: &UnitRecord, open: Option<&AllocationRecord>| held.has(unit, open);
        match self {
            Self::Apply(_) => {
                let tried = cx.try_unit(held.unit, ours, apply);
                Ok(Seen::Tried(Box::new(tried.await?)))
            }
            Self::Hook(_) => {
                let hooked = cx.hook_unit(HookPoint::AfterAllocate, held.unit, ours);
                Ok(Seen::Hooked(Box::new(hooked.await?)))
            }
        }
    }

    async fn settle(
        &self,
        seen: &Seen,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let held = self.held();
        let seen = match seen {
            Seen::Tried(tried) => tried,
            Seen::Hooked(hooked) => return after_hook(held, hooked, tx, cx).await,
        };
        let Some(reply) = seen.noted(tx, cx).await? else {
            return Ok(not_held(&seen.unit));
        };
        match reply {
            Reply::Settled(_) if cx.core.settings.has_hook(HookPoint::AfterAllocate) => {
                Ok(Next::Then(Self::Hook(held.clone())))
            }
            Reply::Settled(_) => hand_over(held, tx, cx).await,
            Reply::Unknown(why) => held.again(why, seen, tx, cx).await,
            Reply::Untouched(untouched) if held.unsure || cx.claim.died => {
                held.again(&untouched.reason, seen, tx, cx).await
            }
            Reply::Untouched(untouched) => {
                held.give_back(tx, cx).await?;
                held.elsewhere(&untouched.reason, seen, tx, cx).await
            }
            Reply::Half(why, _) => {
                empty_half_made(held, why, tx, cx).await?;
                held.elsewhere(why, seen, tx, cx).await
            }
            Reply::Overtaken(why, _) => {
                let reason = overtaken(why);
                tx.move_unit(held.unit, UnitVerb::Fail, Some(&reason), cx.now())
                    .await?;
                held.elsewhere(&reason, seen, tx, cx).await
            }
        }
    }

    async fn cancel(
        &self,
        why: &str,
        done: bool,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Option<Next<Self>>, Error> {
        let held = self.held();
        let unit = tx.load_unit(held.unit).await?;
        let open = tx.open_allocation(held.unit).await?;
        if !unit.is_some_and(|unit| held.has(&unit, open.as_ref())) {
            return Ok(None);
        }
        tx.fail_allocation(held.allocation, why, cx.now()).await?;
        if held.unsure || done || matches!(self, Self::Hook(_)) {
            empty_half_made(held, why, tx, cx).await?;
        } else {
            held.give_back(tx, cx).await?;
        }
        Ok(Some(Next::Cancelled(why.to_owned())))
    }

    async fn give_up(&self, reason: &str, tx: &mut Tx<'_>, cx: &Context<'_>) -> Result<(), Error> {
        self.held().quarantine(reason, tx, cx).await
    }
}

impl Allocating {
    /// The unit that is held, and how to find another one.
    pub(crate) fn held(&self) -> &Reservation {
        let (Self::Apply(held) | Self::Hook(held)) = self;
        held
    }
}

fn not_held(unit: &UnitRecord) -> Next<Allocating> {
    Next::Failed(format!(
        "unit {} is {} and not held for this allocation any more",
        unit.id, unit.status
    ))
}

/// A unit whose hook failed is kept as it is, for somebody to look at.
async fn after_hook(
    held: &Reservation,
    seen: &Hooked,
    tx: &mut Tx<'_>,
    cx: &Context<'_>,
) -> Result<Next<Allocating>, Error> {
    match &seen.end {
        None => Ok(not_held(&seen.unit)),
        Some(Ok(())) => hand_over(held, tx, cx).await,
        Some(Err(why)) => {
            let reason = format!("{why}; put that right, then deallocate the unit to empty it");
            held.quarantine(&reason, tx, cx).await?;
            Ok(Next::Failed(reason))
        }
    }
}

async fn hand_over(
    held: &Reservation,
    tx: &mut Tx<'_>,
    cx: &Context<'_>,
) -> Result<Next<Allocating>, Error> {
    let now = cx.now();
    tx.move_unit(held.unit, UnitVerb::HandOver, None, now)
        .await?;
    tx.activate_allocation(held.allocation, now).await?;
    // The tenant need not wait until the kernel has been asked whether all of it holds.
    let (first, scope) = Attesting::of_tenancy(held.server, held.unit, held.allocation);
    tx.insert_job(&new_job(&first, scope, &cx.core.world))
        .await?;
    Ok(Next::Done)
}

fn overtaken(why: &str) -> String {
    format!(
        "the server holds a newer state of this unit than this database: {why}; see whether \
         another control plane or a restored database works on it, then deallocate the unit to \
         try again"
    )
}

/// A unit that was changed and did not become ready is emptied by a job of its own, which comes
/// after this one.
async fn empty_half_made(
    held: &Reservation,
    why: &str,
    tx: &mut Tx<'_>,
    cx: &Context<'_>,
) -> Result<(), Error> {
    let now = cx.now();
    tx.move_unit(held.unit, UnitVerb::Fail, Some(why), now)
        .await?;
    tx.move_unit(held.unit, UnitVerb::Deallocate, Some(why), now)
        .await?;
    let scope = JobScope {
        server: held.server,
        unit: Some(held.unit),
    };
    let first = Deallocating::Apply { unit: held.unit };
    let job = new_job(&first, scope, &cx.core.world);
    tx.insert_job(&job).await?;
    cx.say(format!("the half-made unit is emptied by job {}", job.id));
    Ok(())
}
