//! A unit that is held, and the ways on from it: given back, tried again, kept from use, or left
//! for another one.

use jiff::Timestamp;
use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    ids::{AllocationId, ServerId, UnitKey},
    limits::LimitsWish,
    placement::Wanted,
};
use kloigos_store::{AllocationRecord, Error, JobScope, Tx, UnitRecord};
use serde::{Deserialize, Serialize};

use super::Allocating;
use crate::{
    fit::{self, Fitting},
    jobs::{Context, Next, tried::Tried, visit},
};

/// A unit held for a tenancy, and how to find another one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reservation {
    pub(crate) allocation: AllocationId,
    pub(crate) unit: UnitKey,
    pub(crate) server: ServerId,
    pub(crate) cpu_count: Option<u32>,
    pub(crate) region: Option<String>,
    pub(crate) zone: Option<String>,
    /// What was asked of the unit's limits.
    #[serde(default)]
    pub(crate) limits: LimitsWish,
    /// Servers that could not make it ready.
    pub(crate) tried: Vec<ServerId>,
    /// Until when further servers are tried.
    pub(crate) deadline: Timestamp,
    /// Whether an earlier try may have been carried out, wholly or in part.
    pub(crate) unsure: bool,
}

impl Reservation {
    /// Whether the unit is held for this tenancy.
    pub(super) fn has(&self, unit: &UnitRecord, open: Option<&AllocationRecord>) -> bool {
        let ours = open.is_some_and(|open| open.id == self.allocation);
        ours && unit.status == UnitStatus::Allocating
    }

    /// Nothing of the tenancy is on the server.
    pub(super) async fn give_back(&self, tx: &mut Tx<'_>, cx: &Context<'_>) -> Result<(), Error> {
        tx.move_unit(self.unit, UnitVerb::GiveBack, None, cx.now())
            .await?;
        visit::keep_from_use(tx, self.unit, cx.now()).await
    }

    /// What kind of unit was asked for.
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted {
            cpu_count: self.cpu_count,
            region: self.region.clone(),
            zone: self.zone.clone(),
        }
    }

    /// The same server again, for what was asked of it may have been done.
    pub(super) async fn again(
        &self,
        why: &str,
        seen: &Tried,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Allocating>, Error> {
        let patience = cx.core.settings.repair;
        if cx.exhausted(&patience) {
            let reason = format!(
                "it is not known what of the tenant is on {}: {why}; when the server answers \
                 again, deallocate the unit to empty it",
                seen.server.hostname
            );
            self.quarantine(&reason, tx, cx).await?;
            return Ok(Next::Failed(reason));
        }
        Ok(Next::Again {
            step: Allocating::Apply(Self {
                unsure: true,
                ..self.clone()
            }),
            reason: why.to_owned(),
            patience,
        })
    }

    /// The unit is kept from use, the tenancy never began.
    pub(super) async fn quarantine(
        &self,
        reason: &str,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<(), Error> {
        tx.move_unit(self.unit, UnitVerb::Fail, Some(reason), cx.now())
            .await?;
        tx.fail_allocation(self.allocation, reason, cx.now()).await
    }

    /// Reserves the next best unit, of a server that was not tried; none, and the job has failed.
    /// The unit held so far must have been left before.
    pub(super) async fn elsewhere(
        &self,
        why: &str,
        seen: &Tried,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Allocating>, Error> {
        let reason = format!("{} could not make it ready: {why}", seen.server.hostname);
        let mut tried = self.tried.clone();
        tried.push(self.server);
        let more = tried.len() < cx.core.settings.servers_tried && cx.now() < self.deadline;
        let wanted = self.wanted();
        let next = if more {
            fit::place(tx, &wanted, &self.limits, &tried).await?.ok()
        } else {
            None
        };
        if let Some(next) = next {
            return self.rebind(next, tried, reason, tx, cx).await;
        }
        let reason = match tried.len() {
            1 => format!("no other server has a free unit, and {reason}"),
            count => format!("{count} servers were tried; the last, {reason}"),
        };
        tx.fail_allocation(self.allocation, &reason, cx.now())
            .await?;
        Ok(Next::Failed(reason))
    }

    async fn rebind(
        &self,
        next: Fitting,
        tried: Vec<ServerId>,
        reason: String,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Next<Allocating>, Error> {
        let Fitting { placed, limits } = next;
        tx.move_unit(placed.unit, UnitVerb::Allocate, None, cx.now())
            .await?;
        tx.rebind_allocation(self.allocation, placed.unit, &limits)
            .await?;
        Ok(Next::Elsewhere {
            step: Allocating::Apply(Self {
                unit: placed.unit,
                server: placed.server,
                tried,
                unsure: false,
                ..self.clone()
            }),
            scope: JobScope {
                server: placed.server,
                unit: Some(placed.unit),
            },
            reason,
        })
    }
}
