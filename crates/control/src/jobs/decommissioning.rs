//! Returns a server as it was: its units are emptied, then everything of ours is removed.

use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    hook::HookPoint,
    host::Request,
    ids::ServerId,
    server::{ServerStatus, ServerVerb},
};
use kloigos_store::{Error, JobKind, Tx};
use serde::{Deserialize, Serialize};

use super::{
    Context, Fault, Job, Next,
    context::Scene,
    removal::{remains, removed},
    visit,
};
use crate::{desired, reply::Reply};

/// Where it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum Decommissioning {
    /// What tenancies are left are ended.
    Evict {
        /// Which server.
        server: ServerId,
    },
    /// The operator's hooks are run: for each tenancy that ends, and for the server.
    Hook {
        /// Which server.
        server: ServerId,
    },
    /// The units whose tenancy ended are emptied.
    Empty {
        /// Which server.
        server: ServerId,
    },
    /// Units and the server's own part are removed from it.
    Remove {
        /// Which server.
        server: ServerId,
    },
}

/// What the work of a step found.
pub(crate) struct Seen {
    scene: Scene,
    /// `None` when there was nothing to ask of the server.
    reply: Option<Reply>,
    /// How the hooks ended, where they were run.
    hooks: Result<(), String>,
}

impl Job for Decommissioning {
    const KIND: JobKind = JobKind::Decommissioning;
    type Seen = Seen;

    fn step(&self) -> &'static str {
        match self {
            Self::Evict { .. } => "evict",
            Self::Hook { .. } => "hook",
            Self::Empty { .. } => "empty",
            Self::Remove { .. } => "remove",
        }
    }

    async fn work(&self, cx: &Context<'_>) -> Result<Seen, Fault> {
        let scene = cx.scene(self.server()).await?;
        let hooks = match self {
            Self::Hook { .. } => hooks(&scene, cx).await,
            Self::Evict { .. } | Self::Empty { .. } | Self::Remove { .. } => Ok(()),
        };
        let request = match self {
            Self::Evict { .. } | Self::Hook { .. } => None,
            Self::Empty { .. } => empty(&scene),
            Self::Remove { .. } => remains(&scene, cx).await?,
        };
        let reply = match request {
            Some(request) => Some(cx.ask(&scene.server, &request).await),
            None => None,
        };
        Ok(Seen {
            scene,
            reply,
            hooks,
        })
    }

    async fn settle(
        &self,
        seen: &Seen,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let server = &seen.scene.server;
        if server.status != ServerStatus::Decommissioning {
            return Ok(Next::Failed(format!(
                "server {} is {}",
                server.hostname, server.status
            )));
        }
        if let Err(why) = &seen.hooks {
            let reason = format!("{why}; put that right, then decommission it again");
            self.give_up(&reason, tx, cx).await?;
            return Ok(Next::Failed(reason));
        }
        let Some(reply) = &seen.reply else {
            return self.go_on(seen, tx, cx).await;
        };
        visit::note(tx, cx.core, server, reply).await?;
        match reply {
            Reply::Settled(_) => self.go_on(seen, tx, cx).await,
            Reply::Untouched(untouched) => self.again(&untouched.reason, seen, tx, cx).await,
            Reply::Unknown(why) | Reply::Half(why, _) | Reply::Overtaken(why, _) => {
                self.again(why, seen, tx, cx).await
            }
        }
    }

    async fn give_up(&self, reason: &str, tx: &mut Tx<'_>, cx: &Context<'_>) -> Result<(), Error> {
        let (server, now) = (self.server(), cx.now());
        tx.move_server(server, ServerVerb::Fail, Some(reason), now)
            .await?;
        for unit in tx.units_of(server).await? {
            let half_way = matches!(
                unit.status,
                UnitStatus::Deallocating | UnitStatus::Decommissioning
            );
            if half_way {
                tx.move_unit(unit.key, UnitVerb::Fail, Some(reason), now)
                    .await?;
            }
        }
        Ok(())
    }
}

/// Runs the hooks: first for each tenancy that is open yet, then for the server.
async fn hooks(scene: &Scene, cx: &Context<'_>) -> Result<(), String> {
    if scene.server.status != ServerStatus::Decommissioning {
        return Ok(());
    }
    for unit in scene.units.iter().filter(|(_, open)| open.is_some()) {
        let one = std::slice::from_ref(unit);
        cx.hook(HookPoint::CleanUp, &scene.server, one).await?;
    }
    cx.hook(HookPoint::BeforeDecommission, &scene.server, &scene.units)
        .await
}

/// The units that are being emptied.
fn empty(scene: &Scene) -> Option<Request> {
    let leaving = scene
        .units
        .iter()
        .filter(|(unit, _)| unit.status == UnitStatus::Deallocating);
    let scopes: Vec<_> = leaving
        .map(|(unit, open)| desired::unit(unit, open.as_ref()))
        .collect();
    (!scopes.is_empty()).then_some(Request::Apply { scopes })
}

impl Decommissioning {
    fn server(&self) -> ServerId {
        match self {
            Self::Evict { server }
            | Self::Hook { server }
            | Self::Empty { server }
            | Self::Remove { server } => *server,
        }
    }

    async fn go_on(
        &self,
        seen: &Seen,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let server = self.server();
        match self {
            Self::Evict { .. } => {
                evict(server, tx, cx).await?;
                Ok(Next::Then(Self::Hook { server }))
            }
            Self::Hook { .. } => Ok(Next::Then(Self::Empty { server })),
            Self::Empty { .. } => {
                clear(&seen.scene, tx, cx).await?;
                withdraw(server, tx, cx).await?;
                Ok(Next::Then(Self::Remove { server }))
            }
            Self::Remove { .. } => {
                removed(&seen.scene.server, tx).await?;
                retire(server, tx, cx).await?;
                Ok(Next::Done)
            }
        }
    }

    async fn again(
        &self,
        why: &str,
        seen: &Seen,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let patience = cx.core.settings.repair;
        if cx.exhausted(&patience) {
            let reason = format!(
                "{} has not proven that everything was removed: {why}; put that right, then \
                 decommission it again",
                seen.scene.server.hostname
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

async fn evict(server: ServerId, tx: &mut Tx<'_>, cx: &Context<'_>) -> Result<(), Error> {
    for unit in tx.units_of(server).await? {
        if unit.status == UnitStatus::Allocated {
            tx.move_unit(unit.key, UnitVerb::Deallocate, None, cx.now())
                .await?;
            tx.begin_ending(unit.key).await?;
            cx.say(format!("the tenant of {} is evicted", unit.id));
        }
    }
    Ok(())
}

/// The units that the server proved empty are free. One whose deallocation was asked for since
/// then is not among them; it is emptied by the removal.
async fn clear(scene: &Scene, tx: &mut Tx<'_>, cx: &Context<'_>) -> Result<(), Error> {
    for (unit, _) in &scene.units {
        if unit.status == UnitStatus::Deallocating {
            tx.move_unit(unit.key, UnitVerb::Clear, None, cx.now())
                .await?;
            tx.end_allocation(unit.key, cx.now()).await?;
        }
    }
    Ok(())
}

async fn withdraw(server: ServerId, tx: &mut Tx<'_>, cx: &Context<'_>) -> Result<(), Error> {
    for unit in tx.units_of(server).await? {
        if unit.status != UnitStatus::Decommissioning {
            tx.move_unit(unit.key, UnitVerb::Decommission, None, cx.now())
                .await?;
        }
    }
    Ok(())
}

async fn retire(server: ServerId, tx: &mut Tx<'_>, cx: &Context<'_>) -> Result<(), Error> {
    let now = cx.now();
    for unit in tx.units_of(server).await? {
        tx.end_allocation(unit.key, now).await?;
        tx.move_unit(unit.key, UnitVerb::Retire, None, now).await?;
    }
    tx.move_server(server, ServerVerb::Retire, None, now)
        .await?;
    Ok(())
}
