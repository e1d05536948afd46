//! Brings a unit to what its tenancy runs with from now on: keys, limits, activity, or a reset.
//!
//! Invariant: what the rows say is what was last settled on the server, or the unit's reason says
//! that it is not. A change that the server refuses is taken back; a reset that went wrong midway
//! leaves nobody a half-wiped unit.

mod wanted;

use kloigos_store::{Error, JobKind, Tenancy, Tx, UnitRecord};
use serde::{Deserialize, Serialize};

pub(crate) use self::wanted::Wanted;
use self::wanted::half_wiped;
use super::{
    Context, Fault, Job, Next,
    tried::{Tried, apply},
};
use crate::{
    reply::{Reply, Untouched},
    settings::Patience,
};

/// Where it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum Changing {
    /// What the tenancy runs with from now on is written.
    Write {
        /// What is wanted.
        wanted: Wanted,
    },
    /// The unit is brought to it.
    Apply {
        /// What is wanted.
        wanted: Wanted,
        /// What the tenancy ran with before.
        before: Box<Tenancy>,
        /// Whether an earlier try may have been carried out, wholly or in part.
        unsure: bool,
    },
    /// The unit is brought back to what its tenancy ran with before.
    TakeBack {
        /// What was wanted.
        wanted: Wanted,
        /// Why that is not to be had.
        reason: String,
        /// Whether that is because somebody wanted it to be taken back.
        #[serde(default)]
        cancelled: bool,
    },
}

impl Job for Changing {
    const KIND: JobKind = JobKind::Changing;
    type Seen = Tried;

    fn step(&self) -> &'static str {
        match self {
            Self::Write { .. } => "write",
            Self::Apply { .. } => "apply",
            Self::TakeBack { .. } => "take_back",
        }
    }

    async fn work(&self, cx: &Context<'_>) -> Result<Tried, Fault> {
        let wanted = self.wanted();
        let asks = !matches!(self, Self::Write { .. });
        let holds = |unit: &UnitRecord, open: Option<&_>| asks && wanted.is_in_force(unit, open);
        cx.try_unit(wanted.unit, holds, apply).await
    }

    async fn settle(
        &self,
        seen: &Tried,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let reply = seen.noted(tx, cx).await?;
        // The tenancy may have ended since the look; then its end is brought about by another job.
        let Some(now) = self.wanted().now(tx).await? else {
            return Ok(Next::Failed(self.over(seen)));
        };
        match (self, reply) {
            (Self::Write { wanted }, _) => write(wanted, &now, tx, cx).await,
            (_, None) => Ok(Next::Failed(self.over(seen))),
            (Self::Apply { wanted, .. }, Some(Reply::Settled(_))) => {
                wanted.done(tx, cx).await?;
                Ok(Next::Done)
            }
            (Self::Apply { .. }, Some(reply)) => self.not_applied(reply, seen, tx, cx).await,
            (
                Self::TakeBack {
                    reason, cancelled, ..
                },
                Some(Reply::Settled(_)),
            ) => {
                tx.set_unit_reason(self.wanted().unit, None).await?;
                let end = if *cancelled {
                    Next::Cancelled
                } else {
                    Next::Failed
                };
                Ok(end(reason.clone()))
            }
            (Self::TakeBack { .. }, Some(reply)) => self.not_taken_back(reply, seen, tx, cx).await,
        }
    }

    /// A reset that may have begun to wipe is finished.
    async fn cancel(
        &self,
        why: &str,
        done: bool,
        tx: &mut Tx<'_>,
        _: &Context<'_>,
    ) -> Result<Option<Next<Self>>, Error> {
        let Self::Apply {
            wanted,
            before,
            unsure,
        } = self
        else {
            let begun = matches!(self, Self::TakeBack { .. });
            return Ok((!begun).then(|| Next::Cancelled(why.to_owned())));
        };
        let begun = *unsure || done;
        if wanted.now(tx).await?.is_none() || (begun && wanted.change.wipes()) {
            return Ok(None);
        }
        tx.set_tenancy(wanted.allocation, before).await?;
        if !begun {
            return Ok(Some(Next::Cancelled(why.to_owned())));
        }
        Ok(Some(Next::Then(Self::TakeBack {
            wanted: wanted.clone(),
            reason: why.to_owned(),
            cancelled: true,
        })))
    }

    async fn give_up(&self, reason: &str, tx: &mut Tx<'_>, cx: &Context<'_>) -> Result<(), Error> {
        let nothing_asked = matches!(self, Self::Write { .. });
        if nothing_asked || self.wanted().now(tx).await?.is_none() {
            return Ok(());
        }
        self.wanted().leave_unsure(reason, tx, cx).await
    }
}

/// A change is written only when it can be made to what the tenancy runs with now.
async fn write(
    wanted: &Wanted,
    now: &(UnitRecord, kloigos_store::AllocationRecord),
    tx: &mut Tx<'_>,
    cx: &Context<'_>,
) -> Result<Next<Changing>, Error> {
    let (unit, open) = now;
    let next = match wanted.change.after(&open.tenancy, unit) {
        Ok(next) => next,
        Err(fault) => return Ok(Next::Failed(fault.to_string())),
    };
    cx.say(wanted.to_string());
    tx.set_tenancy(open.id, &next).await?;
    Ok(Next::Then(Changing::Apply {
        wanted: wanted.clone(),
        before: Box::new(open.tenancy.clone()),
        unsure: false,
    }))
}

impl Changing {
    /// What is wanted.
    pub(crate) fn wanted(&self) -> &Wanted {
        match self {
            Self::Write { wanted } | Self::Apply { wanted, .. } | Self::TakeBack { wanted, .. } => {
                wanted
            }
        }
    }

    fn over(&self, seen: &Tried) -> String {
        let unit = &seen.unit;
        format!(
            "unit {} is {} and not in tenancy {} any more",
            unit.id,
            unit.status,
            self.wanted().allocation
        )
    }

    /// What should be is not, or not provably.
    async fn not_applied(
        &self,
        reply: &Reply,
        seen: &Tried,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let Self::Apply { unsure, .. } = *self else {
            return Ok(Next::Failed(self.over(seen)));
        };
        let unsure = unsure || cx.claim.died;
        let settings = &cx.core.settings;
        let (brief, long) = (settings.contact, settings.repair);
        match reply {
            Reply::Unknown(why) if !cx.exhausted(&long) => Ok(self.again(why, true, long)),
            Reply::Half(why, _) if !cx.exhausted(&brief) => Ok(self.again(why, true, brief)),
            Reply::Untouched(untouched) if !unsure => self.hindered(untouched, tx, cx).await,
            Reply::Untouched(Untouched {
                reason, passing, ..
            }) if *passing && !cx.exhausted(&long) => Ok(self.again(reason, true, long)),
            Reply::Untouched(Untouched {
                reason, unreached, ..
            }) if *unreached => self.lost(reason, seen, tx, cx).await,
            Reply::Half(why, _) | Reply::Untouched(Untouched { reason: why, .. }) => {
                self.take_back(why, tx, cx).await
            }
            Reply::Unknown(why) | Reply::Overtaken(why, _) => self.lost(why, seen, tx, cx).await,
            Reply::Settled(_) => Ok(Next::Done),
        }
    }

    /// Nothing of it was done. What only passes is tried again; else the rows are as they were, and
    /// so is the server.
    async fn hindered(
        &self,
        untouched: &Untouched,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let patience = cx.core.settings.contact;
        if untouched.passing && !cx.exhausted(&patience) {
            return Ok(self.again(&untouched.reason, false, patience));
        }
        if let Self::Apply { wanted, before, .. } = self {
            tx.set_tenancy(wanted.allocation, before).await?;
        }
        Ok(Next::Failed(untouched.reason.clone()))
    }

    /// Part of it was done and the rest is not to be had.
    async fn take_back(
        &self,
        why: &str,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let Self::Apply { wanted, before, .. } = self else {
            return Ok(Next::Failed(why.to_owned()));
        };
        if wanted.change.wipes() {
            let reason = half_wiped(why);
            wanted.leave_unsure(&reason, tx, cx).await?;
            return Ok(Next::Failed(reason));
        }
        cx.say("the unit is brought back to what it ran with before");
        tx.set_tenancy(wanted.allocation, before).await?;
        Ok(Next::Then(Self::TakeBack {
            wanted: wanted.clone(),
            reason: why.to_owned(),
            cancelled: false,
        }))
    }

    async fn not_taken_back(
        &self,
        reply: &Reply,
        seen: &Tried,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let patience = cx.core.settings.repair;
        let why = match reply {
            Reply::Untouched(untouched) => &untouched.reason,
            Reply::Unknown(why) | Reply::Half(why, _) => why,
            Reply::Overtaken(why, _) => return self.lost(why, seen, tx, cx).await,
            Reply::Settled(_) => return Ok(Next::Done),
        };
        if cx.exhausted(&patience) {
            return self.lost(why, seen, tx, cx).await;
        }
        Ok(Next::Again {
            step: self.clone(),
            reason: why.clone(),
            patience,
        })
    }

    /// Nobody knows what the server has.
    async fn lost(
        &self,
        why: &str,
        seen: &Tried,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let wanted = self.wanted();
        let reason = if wanted.change.wipes() {
            half_wiped(why)
        } else {
            format!(
                "it is not known whether {} was told to {}: {why}; when it answers again, ask for \
                 the same once more",
                seen.server.hostname, wanted.change
            )
        };
        wanted.leave_unsure(&reason, tx, cx).await?;
        Ok(Next::Failed(reason))
    }

    fn again(&self, why: &str, unsure: bool, patience: Patience) -> Next<Self> {
        let mut step = self.clone();
        if let Self::Apply { unsure: before, .. } = &mut step {
            *before |= unsure;
        }
        Next::Again {
            step,
            reason: why.to_owned(),
            patience,
        }
    }
}
