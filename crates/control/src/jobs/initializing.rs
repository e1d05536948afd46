//! Prepares a server and its units.
//!
//! Nothing is changed on it before its preflight found no fault; from the first change on, the
//! row says that the server may carry something of ours.

mod asks;
mod check;

use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    hook::HookPoint,
    host::{Facts, Request},
    ids::ServerId,
    server::{ServerStatus, ServerVerb},
};
use kloigos_store::{Error, JobKind, ServerRecord, Tx};
use serde::{Deserialize, Serialize};

use self::asks::prepare;
use super::{Context, Fault, Job, Next, context::Scene, removal::sweep, visit};
use crate::{desired, reply::Reply};

/// Where it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum Initializing {
    /// The server is looked at; what it cannot be cut into units for is said.
    Contact {
        /// Which server.
        server: ServerId,
        /// Earlier lives whose remains may be on it.
        leftovers: Vec<ServerId>,
    },
    /// The remains of earlier lives are removed.
    Sweep {
        /// Which server.
        server: ServerId,
        /// Those lives.
        leftovers: Vec<ServerId>,
    },
    /// The server and its units are brought to their desired state.
    Prepare {
        /// Which server.
        server: ServerId,
    },
    /// The operator's hook is run on the server that is cut.
    Hook {
        /// Which server.
        server: ServerId,
    },
    /// The server stays as it is, so the host binary, which looked at it, is taken off again.
    TakeBack {
        /// Which server.
        server: ServerId,
        /// Why it cannot be cut.
        reason: String,
    },
}

/// What the work of a step found.
pub(crate) struct Seen {
    scene: Scene,
    found: Option<Found>,
}

/// What the server said, or how the hook ended.
enum Found {
    Reply(Reply),
    Hook(Result<(), String>),
}

impl Job for Initializing {
    const KIND: JobKind = JobKind::Initializing;
    type Seen = Seen;

    fn step(&self) -> &'static str {
        match self {
            Self::Contact { .. } => "contact",
            Self::Sweep { .. } => "sweep",
            Self::Prepare { .. } => "prepare",
            Self::Hook { .. } => "hook",
            Self::TakeBack { .. } => "take_back",
        }
    }

    async fn work(&self, cx: &Context<'_>) -> Result<Seen, Fault> {
        let scene = cx.scene(self.server()).await?;
        if scene.server.status != ServerStatus::Initializing {
            return Ok(Seen { scene, found: None });
        }
        let request = match self {
            Self::Contact { .. } => Request::Facts,
            Self::Sweep { leftovers, .. } => sweep(leftovers, cx).await?,
            Self::Prepare { .. } => prepare(&scene),
            Self::Hook { .. } => {
                let hook = cx.hook(HookPoint::AfterInit, &scene.server, &scene.units);
                let found = Some(Found::Hook(hook.await));
                return Ok(Seen { scene, found });
            }
            Self::TakeBack { .. } => Request::Remove {
                scopes: vec![desired::server(&scene.server, &[])],
            },
        };
        let reply = cx.ask(&scene.server, &request).await;
        let found = Some(Found::Reply(reply));
        Ok(Seen { scene, found })
    }

    async fn settle(
        &self,
        seen: &Seen,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let server = &seen.scene.server;
        let reply = match &seen.found {
            Some(Found::Reply(reply)) => reply,
            Some(Found::Hook(Ok(()))) => return ready(server, tx, cx).await,
            Some(Found::Hook(Err(why))) => return self.fail(why, tx, cx).await,
            None => {
                let (hostname, status) = (&server.hostname, server.status);
                return Ok(Next::Failed(format!("server {hostname} is {status}")));
            }
        };
        visit::note(tx, cx.core, server, reply).await?;
        if let Self::TakeBack { reason, .. } = self {
            // A binary that stays does no harm, and the log says so.
            return self.fail(reason, tx, cx).await;
        }
        match reply {
            Reply::Settled(answer) => {
                let facts = answer.report.facts.as_deref();
                self.go_on(facts, reply, seen, tx, cx).await
            }
            Reply::Untouched(untouched) => {
                self.again(untouched.passing, &untouched.reason, tx, cx)
                    .await
            }
            Reply::Unknown(why) | Reply::Half(why, _) => self.again(true, why, tx, cx).await,
            Reply::Overtaken(why, _) => self.fail(&overtaken(why), tx, cx).await,
        }
    }

    /// Whatever is on the server by then is removed by its next init or its decommission.
    async fn cancel(
        &self,
        why: &str,
        _: bool,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Option<Next<Self>>, Error> {
        let server = tx.load_server(self.server()).await?;
        let going = server.is_some_and(|server| server.status == ServerStatus::Initializing);
        if !going || matches!(self, Self::TakeBack { .. }) {
            return Ok(None);
        }
        self.give_up(why, tx, cx).await?;
        Ok(Some(Next::Cancelled(why.to_owned())))
    }

    async fn give_up(&self, reason: &str, tx: &mut Tx<'_>, cx: &Context<'_>) -> Result<(), Error> {
        let server = self.server();
        tx.move_server(server, ServerVerb::Fail, Some(reason), cx.now())
            .await?;
        for unit in tx.units_of(server).await? {
            if unit.status == UnitStatus::Initializing {
                tx.move_unit(unit.key, UnitVerb::Fail, Some(reason), cx.now())
                    .await?;
            }
        }
        Ok(())
    }
}

fn overtaken(why: &str) -> String {
    format!(
        "the server holds a newer state than this database: {why}; another control plane, or this \
         one before its database was restored, works on it; decommission it from there first"
    )
}

impl Initializing {
    fn server(&self) -> ServerId {
        match self {
            Self::Contact { server, .. }
            | Self::Sweep { server, .. }
            | Self::Prepare { server }
            | Self::Hook { server }
            | Self::TakeBack { server, .. } => *server,
        }
    }

    /// The step's work succeeded.
    async fn go_on(
        &self,
        facts: Option<&Facts>,
        reply: &Reply,
        seen: &Seen,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let server = self.server();
        match self {
            Self::Contact { leftovers, .. } => {
                check::say_key(reply, &seen.scene.server, cx);
                if !leftovers.is_empty() {
                    let leftovers = leftovers.clone();
                    return Ok(Next::Then(Self::Sweep { server, leftovers }));
                }
                self.cut(facts, seen, tx, cx).await
            }
            Self::Sweep { leftovers, .. } => {
                for &life in leftovers {
                    tx.set_touched(life, false).await?;
                }
                let leftovers = Vec::new();
                Ok(Next::Then(Self::Contact { server, leftovers }))
            }
            Self::Prepare { .. } if cx.core.settings.has_hook(HookPoint::AfterInit) => {
                Ok(Next::Then(Self::Hook { server }))
            }
            Self::Prepare { .. } | Self::Hook { .. } => ready(&seen.scene.server, tx, cx).await,
            Self::TakeBack { reason, .. } => self.fail(reason, tx, cx).await,
        }
    }

    /// What the server is decides whether it is cut.
    async fn cut(
        &self,
        facts: Option<&Facts>,
        seen: &Seen,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let server = self.server();
        let Some(facts) = facts else {
            return self.fail("the server told nothing of itself", tx, cx).await;
        };
        match check::check(facts, &seen.scene) {
            Ok(()) => {
                check::keep(facts, &seen.scene, tx).await?;
                Ok(Next::Then(Self::Prepare { server }))
            }
            // What is on it already is somebody's, and needs its binary.
            Err(reason) if facts.initialised => self.fail(&reason, tx, cx).await,
            Err(reason) => Ok(Next::Then(Self::TakeBack { server, reason })),
        }
    }

    async fn again(
        &self,
        passing: bool,
        why: &str,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let patience = cx.core.settings.contact;
        if !passing || cx.exhausted(&patience) {
            return self.fail(why, tx, cx).await;
        }
        Ok(Next::Again {
            step: self.clone(),
            reason: why.to_owned(),
            patience,
        })
    }

    async fn fail(
        &self,
        reason: &str,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        self.give_up(reason, tx, cx).await?;
        Ok(Next::Failed(reason.to_owned()))
    }
}

async fn ready(
    server: &ServerRecord,
    tx: &mut Tx<'_>,
    cx: &Context<'_>,
) -> Result<Next<Initializing>, Error> {
    let now = cx.now();
    tx.move_server(server.id, ServerVerb::Settle, None, now)
        .await?;
    for unit in tx.units_of(server.id).await? {
        tx.move_unit(unit.key, UnitVerb::Settle, None, now).await?;
    }
    // All of it was looked at just now.
    let next = cx.core.world.after(cx.core.settings.visit_every);
    tx.visit_at(server.id, next).await?;
    Ok(Next::Done)
}
