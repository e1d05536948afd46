//! Makes a reserved unit ready for its tenant, or finds another server that can.
//!
//! Invariant: a unit becomes free again only when nothing was changed on its server for this
//! tenancy. Otherwise it is emptied by a job of its own, or kept in quarantine.

use jiff::Timestamp;
use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    hook::HookPoint,
    ids::{AllocationId, ServerId, UnitKey},
    limits::LimitsWish,
    placement::Wanted,
};
use kloigos_store::{AllocationRecord, Error, JobKind, JobScope, Tx, UnitRecord};
use serde::{Deserialize, Serialize};

use super::{
    Attesting, Context, Deallocating, Fault, Job, Next,
    hooked::{Hooked, Seen},
    new_job,
    tried::{Tried, apply},
    visit,
};
use crate::{
    fit::{self, Fitting},
    reply::Reply,
};

/// Where it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum Allocating {
    /// The unit is brought to its desired state, tenant and all.
    Apply(Reservation),
    /// The operator's hook is run, before the tenant is told.
    Hook(Reservation),
}

/// A unit held for a tenancy, and how to find another one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reservation {
    pub(crate) allocation: AllocationId,
    pub(crate) unit: UnitKey,
    pub(crate) server: ServerId,
    pub(crate) cpu_count: Option<u32>,
    pub(crate) region: Option<String>,
    pub(crate) zone: Option<String>,
    /// What was asked of the unit's limits.
    #[serde(default)]
    pub(crate) limits: LimitsWish,
    /// Servers that could not make it ready.
    pub(crate) tried: Vec<ServerId>,
    /// Until when further servers are tried.
    pub(crate) deadline: Timestamp,
    /// Whether an earlier try may have been carried out, wholly or in part.
    pub(crate) unsure: bool,
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

impl Reservation {
    /// Whether the unit is held for this tenancy.
    fn has(&self, unit: &UnitRecord, open: Option<&AllocationRecord>) -> bool {
        let ours = open.is_some_and(|open| open.id == self.allocation);
        ours && unit.status == UnitStatus::Allocating
    }

    /// Nothing of the tenancy is on the server.
    async fn give_back(&self, tx: &mut Tx<'_>, cx: &Context<'_>) -> Result<(), Error> {
        tx.move_unit(self.unit, UnitVerb::GiveBack, None, cx.now())
            .await?;
        visit::keep_from_use(tx, self.unit, cx.now()).await
    }

    /// What kind of unit was asked for.
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted {
            cpu_count: self.cpu_count,
            region: self.region.clone(),
            zone: self.zone.clone(),
        }
    }

    /// The same server again, for what was asked of it may have been done.
    async fn again(
        &self,
        why: &str,
        seen: &Tried,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Allocating>, Error> {
        let patience = cx.core.settings.repair;
        if cx.exhausted(&patience) {
            let reason = format!(
                "it is not known what of the tenant is on {}: {why}; when the server answers \
                 again, deallocate the unit to empty it",
                seen.server.hostname
            );
            self.quarantine(&reason, tx, cx).await?;
            return Ok(Next::Failed(reason));
        }
        Ok(Next::Again {
            step: Allocating::Apply(Self {
                unsure: true,
                ..self.clone()
            }),
            reason: why.to_owned(),
            patience,
        })
    }

    /// The unit is kept from use, the tenancy never began.
    async fn quarantine(
        &self,
        reason: &str,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<(), Error> {
        tx.move_unit(self.unit, UnitVerb::Fail, Some(reason), cx.now())
            .await?;
        tx.fail_allocation(self.allocation, reason, cx.now()).await
    }

    /// Reserves the next best unit, of a server that was not tried; none, and the job has failed.
    /// The unit held so far must have been left before.
    async fn elsewhere(
        &self,
        why: &str,
        seen: &Tried,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Allocating>, Error> {
        let reason = format!("{} could not make it ready: {why}", seen.server.hostname);
        let mut tried = self.tried.clone();
        tried.push(self.server);
        let more = tried.len() < cx.core.settings.servers_tried && cx.now() < self.deadline;
        let wanted = self.wanted();
        let next = if more {
            fit::place(tx, &wanted, &self.limits, &tried).await?.ok()
        } else {
            None
        };
        if let Some(next) = next {
            return self.rebind(next, tried, reason, tx, cx).await;
        }
        let reason = match tried.len() {
            1 => format!("no other server has a free unit, and {reason}"),
            count => format!("{count} servers were tried; the last, {reason}"),
        };
        tx.fail_allocation(self.allocation, &reason, cx.now())
            .await?;
        Ok(Next::Failed(reason))
    }

    async fn rebind(
        &self,
        next: Fitting,
        tried: Vec<ServerId>,
        reason: String,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Allocating>, Error> {
        let Fitting { placed, limits } = next;
        tx.move_unit(placed.unit, UnitVerb::Allocate, None, cx.now())
            .await?;
        tx.rebind_allocation(self.allocation, placed.unit, &limits)
            .await?;
        Ok(Next::Elsewhere {
            step: Allocating::Apply(Self {
                unit: placed.unit,
                server: placed.server,
                tried,
                unsure: false,
                ..self.clone()
            }),
            scope: JobScope {
                server: placed.server,
                unit: Some(placed.unit),
            },
            reason,
        })
    }
}
