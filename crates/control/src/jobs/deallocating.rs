//! Empties a unit. It is free only when its server has proven that nothing of the tenant is left.

use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    ids::UnitKey,
};
use kloigos_store::{Error, JobKind, Tx};
use serde::{Deserialize, Serialize};

use super::{
    Context, Fault, Job, Next,
    tried::{Tried, apply},
    visit,
};
use crate::reply::Reply;

/// Where it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum Deallocating {
    /// The unit is brought to its desired state: nobody's.
    Apply {
        /// Which unit.
        unit: UnitKey,
    },
}

impl Job for Deallocating {
    const KIND: JobKind = JobKind::Deallocating;
    type Seen = Tried;

    fn step(&self) -> &'static str {
        match self {
            Self::Apply { .. } => "apply",
        }
    }

    async fn work(&self, cx: &Context<'_>) -> Result<Tried, Fault> {
        let Self::Apply { unit } = *self;
        cx.try_unit(
            unit,
            |unit, _| unit.status == UnitStatus::Deallocating,
            apply,
        )
        .await
    }

    async fn settle(
        &self,
        seen: &Tried,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
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
        let Self::Apply { unit } = *self;
        tx.move_unit(unit, UnitVerb::Fail, Some(reason), cx.now())
            .await
            .map(drop)
    }
}

impl Deallocating {
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
