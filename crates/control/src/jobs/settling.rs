//! One step of a job of any kind: its work, and the transaction that writes what came of it.

use std::sync::Arc;

use kloigos_store::{Claim, Error, Operation, Outcome, Tx};

use super::{Context, Fault, Job, Next, Standing, state};
use crate::core::Core;

/// Does a step, or takes the job back.
pub(super) async fn advance<J: Job>(core: &Arc<Core>, claim: &Claim) -> Result<Standing, Fault> {
    let job: J = serde_json::from_str(&claim.state.json).map_err(Fault::Unreadable)?;
    let cx = Context::new(core, claim);
    if let Some(why) = &claim.cancel {
        let back = TakeBack {
            job: &job,
            why,
            cx: &cx,
        };
        if let Some(standing) = core.store.run(&back).await? {
            return Ok(standing);
        }
    }
    let seen = cx.alive_during(job.work(&cx)).await?;
    let settle = Settle {
        job: &job,
        seen: &seen,
        cx: &cx,
    };
    core.store.run(&settle).await
}

/// Ends a job that the engine cannot go on with.
pub(super) async fn give_up<J: Job>(
    core: &Arc<Core>,
    claim: &Claim,
    reason: &str,
) -> Result<(), Fault> {
    let job: Option<J> = serde_json::from_str(&claim.state.json).ok();
    let cx = Context::new(core, claim);
    let abandon = Abandon {
        job: job.as_ref(),
        reason,
        cx: &cx,
    };
    core.store.run(&abandon).await
}

struct Settle<'a, J: Job> {
    job: &'a J,
    seen: &'a J::Seen,
    cx: &'a Context<'a>,
}

impl<J: Job> Operation for Settle<'_, J> {
    type Output = Standing;
    type Refusal = Fault;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Standing, Fault> {
        self.cx.hold(tx).await?;
        let next = self.job.settle(self.seen, tx, self.cx).await?;
        let next = unless_cancelled(next, tx, self.cx).await?;
        let standing = write(&next, tx, self.cx).await?;
        self.cx.write_lines(tx).await?;
        Ok(standing)
    }
}

/// Somebody may have asked meanwhile for it to be taken back: then the next step is not begun.
async fn unless_cancelled<J: Job>(
    next: Next<J>,
    tx: &mut Tx<'_>,
    cx: &Context<'_>,
) -> Result<Next<J>, Error> {
    let step = match &next {
        Next::Then(step) | Next::Elsewhere { step, .. } | Next::Again { step, .. } => step,
        Next::Done | Next::Failed(_) | Next::Cancelled(_) => return Ok(next),
    };
    let Some(why) = tx.cancel_reason(cx.claim.id).await? else {
        return Ok(next);
    };
    let back = step.cancel(&why, false, tx, cx).await?;
    Ok(back.unwrap_or(next))
}

/// A job that was to be taken back before it was taken up.
struct TakeBack<'a, J: Job> {
    job: &'a J,
    why: &'a str,
    cx: &'a Context<'a>,
}

impl<J: Job> Operation for TakeBack<'_, J> {
    type Output = Option<Standing>;
    type Refusal = Fault;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Option<Standing>, Fault> {
        let (cx, died) = (self.cx, self.cx.claim.died);
        cx.hold(tx).await?;
        let Some(next) = self.job.cancel(self.why, died, tx, cx).await? else {
            return Ok(None);
        };
        let standing = write(&next, tx, cx).await?;
        cx.write_lines(tx).await?;
        Ok(Some(standing))
    }
}

/// Writes what the job does next.
async fn write<J: Job>(
    next: &Next<J>,
    tx: &mut Tx<'_>,
    cx: &Context<'_>,
) -> Result<Standing, Error> {
    let (id, attempt) = (cx.claim.id, cx.claim.attempt);
    match next {
        Next::Then(step) => {
            let state = state(step);
            tx.advance_job(id, attempt, &state, cx.lease_until(), cx.now())
                .await?;
            return Ok(Standing::Going(state));
        }
        Next::Elsewhere {
            step,
            scope,
            reason,
        } => {
            tx.move_job(id, attempt, &state(step), *scope, reason, cx.now())
                .await?;
            return Ok(Standing::Waiting);
        }
        Next::Again {
            step,
            reason,
            patience,
        } => {
            let at = cx.next_try(patience);
            tx.retry_job(id, attempt, &state(step), at, reason, cx.now())
                .await?;
            return Ok(Standing::Waiting);
        }
        Next::Done => {
            tx.end_job(id, attempt, Outcome::Succeeded, cx.now())
                .await?;
        }
        Next::Failed(why) => {
            tx.end_job(id, attempt, Outcome::Failed(why), cx.now())
                .await?;
        }
        Next::Cancelled(why) => {
            tx.end_job(id, attempt, Outcome::Cancelled(why), cx.now())
                .await?;
        }
    }
    Ok(Standing::Over)
}

struct Abandon<'a, J: Job> {
    job: Option<&'a J>,
    reason: &'a str,
    cx: &'a Context<'a>,
}

impl<J: Job> Operation for Abandon<'_, J> {
    type Output = ();
    type Refusal = Fault;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        self.cx.hold(tx).await?;
        if let Some(job) = self.job {
            job.give_up(self.reason, tx, self.cx).await?;
        }
        let (id, attempt) = (self.cx.claim.id, self.cx.claim.attempt);
        tx.end_job(id, attempt, Outcome::Failed(self.reason), self.cx.now())
            .await?;
        self.cx.write_lines(tx).await?;
        Ok(())
    }
}
