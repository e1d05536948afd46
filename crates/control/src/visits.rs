//! Visits: every server is looked at as a whole now and then, by one of the control planes, and
//! compared with what it should be. Looking changes nothing on it.

mod look;
mod observed;

use std::{sync::Arc, time::Duration};

use kloigos_model::ids::ServerId;
use kloigos_store::{Operation, Tx, VisitRules};
use tokio::task::JoinSet;

use self::{look::look, observed::Observed};
use crate::{
    core::Core,
    jobs::{Fault, scene},
};

/// How many servers are visited at once.
const AT_ONCE: usize = 16;
/// The longest and the shortest pause between two looks at whose turn it is.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_secs(2));

/// Visits whoever's turn it is. Ends with the task it runs in.
pub(crate) async fn go_round(core: Arc<Core>) {
    let shortest = core.settings.visit_every.min(core.settings.revisit);
    let pause = (shortest / 4).clamp(PAUSES.0, PAUSES.1);
    loop {
        if let Err(fault) = round(&core).await {
            tracing::error!(error = &fault as &dyn std::error::Error, "visits failed");
        }
        core.world.sleep(pause).await;
    }
}

/// One visit to each server whose turn it is.
async fn round(core: &Arc<Core>) -> Result<(), Fault> {
    let mut visits = JoinSet::new();
    while let Some(server) = core.store.run(&TakeOn(core)).await? {
        if visits.len() >= AT_ONCE {
            over(visits.join_next().await);
        }
        let core = core.clone();
        visits.spawn(async move { visit(&core, server).await });
    }
    while let Some(visited) = visits.join_next().await {
        over(Some(visited));
    }
    Ok(())
}

/// A visit that failed by a fault of ours is made again when its turn comes.
fn over(visited: Option<Result<Result<(), Fault>, tokio::task::JoinError>>) {
    match visited {
        Some(Ok(Err(fault))) => {
            tracing::error!(
                error = &fault as &dyn std::error::Error,
                "a visit was not noted"
            );
        }
        Some(Err(panic)) => tracing::error!(%panic, "a visit panicked"),
        Some(Ok(Ok(()))) | None => {}
    }
}

/// Looks at a server and notes what was found.
pub(crate) async fn visit(core: &Arc<Core>, server: ServerId) -> Result<(), Fault> {
    let scene = scene(core, server).await?;
    if !scene.server.status.is_comparable() {
        return Ok(());
    }
    let looked = look(core, &scene).await;
    let observed = Observed {
        core,
        scene: &scene,
        looked: &looked,
    };
    core.store.run(&observed).await?;
    core.wake.notify_one();
    Ok(())
}

struct TakeOn<'a>(&'a Core);

impl Operation for TakeOn<'_> {
    type Output = Option<ServerId>;
    type Refusal = Fault;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Fault> {
        let (world, settings) = (&self.0.world, &self.0.settings);
        let rules = VisitRules {
            now: world.now(),
            next: world.after(settings.visit_every),
            sooner: world.after(settings.revisit),
        };
        Ok(tx.claim_visit(&rules).await?)
    }
}
