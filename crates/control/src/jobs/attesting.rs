//! Asks the kernel of a server whether it keeps what was promised, and keeps the answer.
//!
//! Nothing on the server or of the unit is changed by it, whatever comes out.

use kloigos_model::{
    event::EventKind,
    host::{Attestation, Request, ScopeName},
    ids::{AllocationId, ServerId, UnitKey},
    remark::Remark,
};
use kloigos_store::{
    AllocationRecord, Error, JobKind, JobScope, NewAttestation, NewEvent, ServerRecord, Tx,
    UnitRecord,
};
use serde::{Deserialize, Serialize};

use super::{Context, Fault, Job, Next, visit};
use crate::reply::Reply;

/// Where it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum Attesting {
    /// The server's kernel is asked.
    Ask {
        /// Which server.
        server: ServerId,
        /// Which unit; `None` for the server's own part.
        unit: Option<UnitKey>,
        /// The tenancy that is meant; `None` for whatever the unit is in.
        allocation: Option<AllocationId>,
        /// Why somebody asks.
        remark: Option<Remark>,
    },
}

/// What one try came to.
pub(crate) struct Seen {
    server: ServerRecord,
    scope: ScopeName,
    allocation: Option<AllocationId>,
    /// What was said, or why nothing was asked.
    reply: Result<Reply, String>,
}

impl Job for Attesting {
    const KIND: JobKind = JobKind::Attesting;
    type Seen = Seen;

    fn step(&self) -> &'static str {
        match self {
            Self::Ask { .. } => "ask",
        }
    }

    async fn work(&self, cx: &Context<'_>) -> Result<Seen, Fault> {
        let Self::Ask {
            server,
            unit,
            remark,
            ..
        } = self;
        cx.say_reason(remark.as_ref());
        match *unit {
            Some(unit) => self.ask_unit(unit, cx).await,
            None => ask_server(*server, cx).await,
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
            Err(why) => return Ok(self.not_asked(why, cx)),
        };
        visit::note(tx, cx.core, &seen.server, reply).await?;
        match reply {
            Reply::Settled(answer) => {
                let told = answer.report.attestations.iter();
                let mut told = told.filter(|told| told.scope == seen.scope);
                match told.next() {
                    Some(report) => self.keep(report, seen, tx, cx).await,
                    None => Ok(Next::Failed(format!(
                        "{} told nothing of {}",
                        seen.server.hostname, seen.scope
                    ))),
                }
            }
            Reply::Untouched(untouched) if !untouched.passing => {
                Ok(Next::Failed(untouched.reason.clone()))
            }
            Reply::Untouched(untouched) => Ok(self.again(&untouched.reason, cx)),
            Reply::Unknown(why) => Ok(self.again(why, cx)),
            Reply::Half(why, _) | Reply::Overtaken(why, _) => Ok(Next::Failed(why.clone())),
        }
    }

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

async fn ask_server(server: ServerId, cx: &Context<'_>) -> Result<Seen, Fault> {
    let attest = |scopes| Request::Attest { scopes };
    let tried = cx.try_server(server, attest).await?;
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
        allocation: None,
    })
}

impl Attesting {
    /// The job that looks after a tenancy that began, and where it works.
    pub(crate) fn of_tenancy(
        server: ServerId,
        unit: UnitKey,
        allocation: AllocationId,
    ) -> (Self, JobScope) {
        let first = Self::Ask {
            server,
            unit: Some(unit),
            allocation: Some(allocation),
            remark: None,
        };
        let unit = Some(unit);
        (first, JobScope { server, unit })
    }

    async fn ask_unit(&self, unit: UnitKey, cx: &Context<'_>) -> Result<Seen, Fault> {
        let wanted = |unit: &UnitRecord, open: Option<&AllocationRecord>| {
            unit.status.is_comparable() && self.means(open)
        };
        let attest = |scopes| Request::Attest { scopes };
        let tried = cx.try_unit(unit, wanted, attest).await?;
        let unit = tried.unit;
        let why = || {
            if self.means(tried.open.as_ref()) {
                format!("unit {} is {}", unit.id, unit.status)
            } else {
                format!("the tenancy of unit {} is over", unit.id)
            }
        };
        Ok(Seen {
            server: tried.server,
            reply: tried.reply.ok_or_else(why),
            scope: ScopeName::Unit(unit.user),
            allocation: tried.open.map(|open| open.id),
        })
    }

    /// Whether this is the tenancy that is asked about.
    fn means(&self, open: Option<&AllocationRecord>) -> bool {
        let Self::Ask { allocation, .. } = self;
        allocation.is_none_or(|meant| open.is_some_and(|open| open.id == meant))
    }

    /// A tenancy that is over needs no attestation; somebody who asked for one is told.
    fn not_asked(&self, why: &str, cx: &Context<'_>) -> Next<Self> {
        let Self::Ask { allocation, .. } = self;
        cx.say(why);
        match allocation {
            Some(_) => Next::Done,
            None => Next::Failed(why.to_owned()),
        }
    }

    async fn keep(
        &self,
        report: &Attestation,
        seen: &Seen,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Self>, Error> {
        let Self::Ask { server, unit, .. } = *self;
        let (world, now) = (&cx.core.world, cx.now());
        let new = NewAttestation {
            id: world.attestation_id(),
            scope: JobScope { server, unit },
            allocation: seen.allocation,
            job: cx.claim.id,
            at: now,
            report,
        };
        tx.insert_attestation(&new).await?;
        let broken = in_words(report);
        if broken.is_empty() {
            cx.say(format!("{}: every promise holds", seen.scope));
            return Ok(Next::Done);
        }
        let detail = format!("broken promises: {broken}");
        cx.say(format!("{}: {detail}", seen.scope));
        let event = NewEvent::of(EventKind::PromiseBroken, now, detail).on(server);
        tx.tell(&NewEvent { unit, ..event }).await?;
        Ok(Next::Done)
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

/// The broken promises in one line.
fn in_words(report: &Attestation) -> String {
    let broken = report.broken().map(|check| {
        format!(
            "{} ({}: wanted {}, found {})",
            check.promise, check.check, check.wanted, check.found
        )
    });
    crate::reply::bounded(broken)
}
