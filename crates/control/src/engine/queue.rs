//! What the engine asks of the queue in the database.

use jiff::Timestamp;
use kloigos_model::ids::JobId;
use kloigos_store::{Claim, ClaimRules, Error, Operation, Tx};

use crate::{
    core::Core,
    jobs::{Context, Fault},
};

/// Claims a job for this worker, in the transaction of whoever asks.
pub(crate) async fn claim(
    tx: &mut Tx<'_>,
    core: &Core,
    wanted: Option<JobId>,
) -> Result<Option<Claim>, Error> {
    let rules = ClaimRules {
        now: core.world.now(),
        lease_until: core.world.after(core.settings.lease),
        per_server: core.settings.per_server,
        servers: core.settings.servers_at_once,
    };
    tx.claim(wanted, &rules).await
}

/// The oldest job that is due and in nobody's way.
pub(super) struct TakeDue<'a>(pub(super) &'a Core);

impl Operation for TakeDue<'_> {
    type Output = Option<Claim>;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Option<Claim>, Error> {
        let due = claim(tx, self.0, None).await?;
        if due.is_some() {
            return Ok(due);
        }
        let now = self.0.world.now();
        match tx.hurry_beyond(farthest(self.0), now).await? {
            0 => Ok(None),
            _ => claim(tx, self.0, None).await,
        }
    }
}

/// Until when anything waits for its next try. Twice the longest wait: clocks of control planes are
/// not quite the same.
fn farthest(core: &Core) -> Timestamp {
    let longest = core.settings.repair.most.max(core.settings.contact.most);
    core.world.after(longest.saturating_mul(2))
}

/// When there may be something to do.
pub(super) struct NextDue;

impl Operation for NextDue {
    type Output = Option<Timestamp>;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Error> {
        tx.next_due().await
    }
}

/// Whatever was claimed is in the queue again.
pub(super) struct ReleaseClaims;

impl Operation for ReleaseClaims {
    type Output = u64;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<u64, Error> {
        tx.release_claims().await
    }
}

/// A job that its holder leaves between two steps is in the queue again.
pub(super) struct GiveBack<'a>(pub(super) &'a Claim);

impl Operation for GiveBack<'_> {
    type Output = ();
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        tx.release_job(self.0.id, self.0.attempt).await
    }
}

/// The step at which a fault of ours happened is tried again later.
pub(super) struct TryAgain<'a> {
    pub(super) cx: &'a Context<'a>,
    pub(super) reason: &'static str,
}

impl Operation for TryAgain<'_> {
    type Output = ();
    type Refusal = Fault;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let Context { core, claim, .. } = self.cx;
        self.cx.hold(tx).await?;
        let at = self.cx.next_try(&core.settings.repair);
        tx.retry_job(
            claim.id,
            claim.attempt,
            &claim.state,
            at,
            self.reason,
            self.cx.now(),
        )
        .await?;
        self.cx.write_lines(tx).await?;
        Ok(())
    }
}
