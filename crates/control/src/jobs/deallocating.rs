//! Empties a unit. It is free only when its server has proven that nothing of the tenant is left.

use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    hook::HookPoint,
    ids::UnitKey,
};
use kloigos_store::{AllocationRecord, Error, JobKind, Tx, UnitRecord};
use serde::{Deserialize, Serialize};

use super::{
    Context, Fault, Job, Next,
    hooked::{Hooked, Seen},
    tried::{Tried, apply},
    visit,
};
use crate::{reply::Reply, settings::Settings};

/// Where it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum Deallocating {
    /// The operator's hook is run, while what the tenant left is still there.
    CleanUp {
        /// Which unit.
        unit: UnitKey,
    },
    /// The unit is brought to its desired state: nobody's.
    Apply {
        /// Which unit.
        unit: UnitKey,
    },
}

impl Job for Deallocating {
    const KIND: JobKind = JobKind::Deallocating;
    type Seen = Seen;

    fn step(&self) -> &'static str {
        match self {
            Self::CleanUp { .. } => "clean_up",
            Self::Apply { .. } => "apply",
        }
    }

    async fn work(&self, cx: &Context<'_>) -> Result<Seen, Fault> {
        let leaving = |unit: &UnitRecord, _: Option<&AllocationRecord>| {
            unit.status == UnitStatus::Deallocating
        };
        match *self {
            Self::CleanUp { unit } => {
                let hooked = cx.hook_unit(HookPoint::CleanUp, unit, leaving);
                Ok(Seen::Hooked(Box::new(hooked.await?)))
            }
            Self::Apply { unit } => {
                let tried = cx.try_unit(unit, leaving, apply);
                Ok(Seen::Tried(Box::new(tried.await?)))
            }
        }
    }

    async fn settle(
        &self,
        seen: &Seen,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let seen = match seen {
            Seen::Tried(tried) => tried,
            Seen::Hooked(hooked) => return self.after_hook(hooked, tx, cx).await,
        };
        let Some(reply) = seen.noted(tx, cx).await? else {
            // The server's decommission emptied it before this job's turn came.
            cx.say(format!(
                "unit {} is {} already",
                seen.unit.id, seen.unit.status
            ));
            return Ok(Next::Done);
        };
        let key = seen.unit.key;
        match reply {
            Reply::Settled(_) => {
                tx.move_unit(key, UnitVerb::Clear, None, cx.now()).await?;
                tx.end_allocation(key, cx.now()).await?;
                visit::keep_from_use(tx, key, cx.now()).await?;
                Ok(Next::Done)
            }
            Reply::Untouched(untouched) => self.again(&untouched.reason, seen, tx, cx).await,
            Reply::Unknown(why) | Reply::Half(why, _) => self.again(why, seen, tx, cx).await,
            Reply::Overtaken(why, _) => {
                let reason = format!(
                    "the server holds a newer state of this unit than this database: {why}; see \
                     whether another control plane or a restored database works on it, then \
                     deallocate the unit again"
                );
                self.give_up(&reason, tx, cx).await?;
                Ok(Next::Failed(reason))
            }
        }
    }

    async fn give_up(&self, reason: &str, tx: &mut Tx<'_>, cx: &Context<'_>) -> Result<(), Error> {
        let (Self::CleanUp { unit } | Self::Apply { unit }) = *self;
        tx.move_unit(unit, UnitVerb::Fail, Some(reason), cx.now())
            .await
            .map(drop)
    }
}

impl Deallocating {
    /// How a tenancy's end begins.
    pub(crate) fn first(unit: UnitKey, settings: &Settings) -> Self {
        if settings.has_hook(HookPoint::CleanUp) {
            Self::CleanUp { unit }
        } else {
            Self::Apply { unit }
        }
    }

    /// A unit whose hook failed is not wiped, for the hook was to save or end something there.
    async fn after_hook(
        &self,
        seen: &Hooked,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        if let Some(Err(why)) = &seen.end {
            let reason = format!("{why}; put that right, then deallocate the unit again");
            self.give_up(&reason, tx, cx).await?;
            return Ok(Next::Failed(reason));
        }
        let unit = seen.unit.key;
        Ok(Next::Then(Self::Apply { unit }))
    }

    async fn again(
        &self,
        why: &str,
        seen: &Tried,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let patience = cx.core.settings.repair;
        if cx.exhausted(&patience) {
            let reason = format!(
                "{} has not proven that the unit is empty: {why}; put that right, then deallocate \
                 the unit again",
                seen.server.hostname
            );
            self.give_up(&reason, tx, cx).await?;
            return Ok(Next::Failed(reason));
        }
        Ok(Next::Again {
            step: self.clone(),
            reason: why.to_owned(),
            patience,
        })
    }
}
