//! Brings a server's own part or a unit back to what it should be, and says what it changed.

use kloigos_model::{
    host::{Report, ScopeName},
    ids::{ServerId, UnitKey},
    remark::Remark,
};
use kloigos_store::{DriftScope, Error, JobKind, JobScope, ServerRecord, Tx, UnitRecord};
use serde::{Deserialize, Serialize};

use super::{Context, Fault, Job, Next, tried::apply, visit};
use crate::{reply, reply::Reply};

/// Where it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum Repairing {
    /// The scope is brought to the desired state that it has.
    Apply {
        /// Which server.
        server: ServerId,
        /// Which unit; `None` for the server's own part.
        unit: Option<UnitKey>,
        /// Why somebody wants it; `None` when nobody asked.
        remark: Option<Remark>,
    },
}

/// What one try came to.
pub(crate) struct Seen {
    server: ServerRecord,
    scope: ScopeName,
    /// What was said, or why nothing was asked.
    reply: Result<Reply, String>,
}

impl Job for Repairing {
    const KIND: JobKind = JobKind::Repairing;
    type Seen = Seen;

    fn step(&self) -> &'static str {
        match self {
            Self::Apply { .. } => "apply",
        }
    }

    async fn work(&self, cx: &Context<'_>) -> Result<Seen, Fault> {
        let Self::Apply {
            server,
            unit,
            remark,
        } = self;
        cx.say_reason(remark.as_ref());
        match *unit {
            Some(unit) => repair_unit(unit, cx).await,
            None => repair_server(*server, cx).await,
        }
    }

    async fn settle(
        &self,
        seen: &Seen,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let reply = match &seen.reply {
            Ok(reply) => reply,
            Err(why) => return Ok(Next::Failed(why.clone())),
        };
        visit::note(tx, cx.core, &seen.server, reply).await?;
        match reply {
            Reply::Settled(answer) => {
                self.repaired(&answer.report, seen, tx, cx).await?;
                Ok(Next::Done)
            }
            Reply::Untouched(untouched) if !untouched.passing => {
                Ok(Next::Failed(untouched.reason.clone()))
            }
            Reply::Untouched(untouched) => Ok(self.again(&untouched.reason, cx)),
            Reply::Unknown(why) | Reply::Half(why, _) => Ok(self.again(why, cx)),
            Reply::Overtaken(why, _) => Ok(Next::Failed(why.clone())),
        }
    }

    /// What was repaired by then stays so.
    async fn cancel(
        &self,
        why: &str,
        _: bool,
        _: &mut Tx<'_>,
        _: &Context<'_>,
    ) -> Result<Option<Next<Self>>, Error> {
        Ok(Some(Next::Cancelled(why.to_owned())))
    }

    async fn give_up(&self, _: &str, _: &mut Tx<'_>, _: &Context<'_>) -> Result<(), Error> {
        Ok(())
    }
}

async fn repair_unit(unit: UnitKey, cx: &Context<'_>) -> Result<Seen, Fault> {
    let comparable = |unit: &UnitRecord, _: Option<&_>| unit.status.is_comparable();
    let tried = cx.try_unit(unit, comparable, apply).await?;
    let unit = tried.unit;
    let why = || format!("unit {} is {}", unit.id, unit.status);
    Ok(Seen {
        server: tried.server,
        reply: tried.reply.ok_or_else(why),
        scope: ScopeName::Unit(unit.user),
    })
}

async fn repair_server(server: ServerId, cx: &Context<'_>) -> Result<Seen, Fault> {
    let tried = cx.try_server(server, apply).await?;
    let why = || {
        format!(
            "server {} is {}",
            tried.server.hostname, tried.server.status
        )
    };
    Ok(Seen {
        reply: tried.reply.ok_or_else(why),
        server: tried.server,
        scope: ScopeName::Server,
    })
}

impl Repairing {
    /// The job that repairs a scope, and where it works.
    pub(crate) fn of(scope: JobScope, remark: Option<Remark>) -> Self {
        Self::Apply {
            server: scope.server,
            unit: scope.unit,
            remark,
        }
    }

    async fn repaired(
        &self,
        report: &Report,
        seen: &Seen,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<(), Error> {
        let Self::Apply { server, unit, .. } = *self;
        let scope = DriftScope {
            server,
            unit,
            name: &seen.scope,
        };
        let changes = report.scopes.iter().flat_map(|scope| &scope.changes);
        let changes = changes.map(|change| format!("{}: {}", change.resource, change.change));
        let how = format!("it was repaired: {}", reply::bounded(changes));
        tx.set_drift(scope, &[], Some(&how), cx.now()).await?;
        // How the server is as a whole is for the next visit to say.
        tx.visit_by(server, cx.now()).await
    }

    fn again(&self, why: &str, cx: &Context<'_>) -> Next<Self> {
        let patience = cx.core.settings.contact;
        if cx.exhausted(&patience) {
            return Next::Failed(why.to_owned());
        }
        Next::Again {
            step: self.clone(),
            reason: why.to_owned(),
            patience,
        }
    }
}
