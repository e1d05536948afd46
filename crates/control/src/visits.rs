//! Visits: every server is looked at as a whole now and then, by one of the control planes, and
//! compared with what it should be. Looking changes nothing on it.

mod look;
mod observed;

use std::{collections::HashMap, sync::Arc, time::Duration};

use kloigos_model::ids::ServerId;
use kloigos_store::{Operation, Tx, VisitRules};
use tokio::task::{Id, JoinError, JoinSet};

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
    let mut visits = Visits::default();
    loop {
        if let Err(fault) = visits.begin(&core).await {
            tracing::error!(error = &fault as &dyn std::error::Error, "visits failed");
        }
        core.world.sleep(pause).await;
    }
}

/// The visits under way. A server that lets us wait keeps nobody else from being visited.
#[derive(Default)]
struct Visits {
    tasks: JoinSet<Result<(), Fault>>,
    /// Whom each is to: nobody is visited twice at a time.
    hosts: HashMap<Id, ServerId>,
}

impl Visits {
    /// Begins a visit to each server whose turn it is.
    async fn begin(&mut self, core: &Arc<Core>) -> Result<(), Fault> {
        loop {
            self.make_room().await;
            let busy: Vec<ServerId> = self.hosts.values().copied().collect();
            let take_on = TakeOn { core, busy: &busy };
            let Some(server) = core.store.run(&take_on).await? else {
                return Ok(());
            };
            let core = core.clone();
            let task = self.tasks.spawn(async move { visit(&core, server).await });
            self.hosts.insert(task.id(), server);
        }
    }

    /// Lets go of what is over, and waits for one where no more may be under way.
    async fn make_room(&mut self) {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.over(ended);
        }
        if self.tasks.len() < AT_ONCE {
            return;
        }
        if let Some(ended) = self.tasks.join_next_with_id().await {
            self.over(ended);
        }
    }

    /// A visit that failed by a fault of ours is made again when its turn comes.
    fn over(&mut self, ended: Result<(Id, Result<(), Fault>), JoinError>) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(panic) => panic.id(),
        };
        self.hosts.remove(&id);
        match ended {
            Ok((_, Ok(()))) => {}
            Ok((_, Err(fault))) => {
                let error = &fault as &dyn std::error::Error;
                tracing::error!(error, "a visit was not noted");
            }
            Err(panic) => tracing::error!(%panic, "a visit panicked"),
        }
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

/// The server that is visited next, of those that nobody here is at.
struct TakeOn<'a> {
    core: &'a Core,
    busy: &'a [ServerId],
}

impl Operation for TakeOn<'_> {
    type Output = Option<ServerId>;
    type Refusal = Fault;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Fault> {
        let (world, settings) = (&self.core.world, &self.core.settings);
        let longest = settings.visit_every.max(settings.revisit);
        let rules = VisitRules {
            now: world.now(),
            // Clocks of control planes are not quite the same.
            farthest: world.after(longest.saturating_mul(2)),
            next: world.after(settings.visit_every),
            sooner: world.after(settings.revisit),
        };
        Ok(tx.claim_visit(&rules, self.busy).await?)
    }
}
