//! Makes a reserved unit ready for its tenant, or finds another server that can.
//!
//! Invariant: a unit becomes free again only when nothing was changed on its server for this
//! tenancy. Otherwise it is emptied by a job of its own, or kept in quarantine.

use jiff::Timestamp;
use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    ids::{AllocationId, ServerId, UnitKey},
    limits::LimitsWish,
    placement::Wanted,
};
use kloigos_store::{AllocationRecord, Error, JobKind, JobScope, Tx, UnitRecord};
use serde::{Deserialize, Serialize};

use super::{
    Attesting, Context, Deallocating, Fault, Job, Next, new_job,
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
    type Seen = Tried;

    fn step(&self) -> &'static str {
        match self {
            Self::Apply(_) => "apply",
        }
    }

    async fn work(&self, cx: &Context<'_>) -> Result<Tried, Fault> {
        let Self::Apply(held) = self;
        let ours = |unit: &UnitRecord, open: Option<&AllocationRecord>| held.has(unit, open);
        cx.try_unit(held.unit, ours, apply).await
    }

    async fn settle(
        &self,
        seen: &Tried,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let Self::Apply(held) = self;
        let Some(reply) = seen.noted(tx, cx).await? else {
            let (unit, status) = (&seen.unit.id, seen.unit.status);
            return Ok(Next::Failed(format!(
                "unit {unit} is {status} and not held for this allocation any more"
            )));
        };
        match reply {
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
        let Self::Apply(held) = self;
        let unit = tx.load_unit(held.unit).await?;
        let open = tx.open_allocation(held.unit).await?;
        if !unit.is_some_and(|unit| held.has(&unit, open.as_ref())) {
            return Ok(None);
        }
        tx.fail_allocation(held.allocation, why, cx.now()).await?;
        if held.unsure || done {
            empty_half_made(held, why, tx, cx).await?;
        } else {
            held.give_back(tx, cx).await?;
        }
        Ok(Some(Next::Cancelled(why.to_owned())))
    }

    async fn give_up(&self, reason: &str, tx: &mut Tx<'_>, cx: &Context<'_>) -> Result<(), Error> {
        let Self::Apply(held) = self;
        held.quarantine(reason, tx, cx).await
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
