//! A change that is wanted of a tenancy, and its rows.

use std::fmt;

use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    event::EventKind,
    ids::{AllocationId, UnitKey},
    remark::Remark,
};
use kloigos_store::{AllocationRecord, Error, NewEvent, Tx, UnitRecord};
use serde::{Deserialize, Serialize};

use crate::{jobs::Context, ops::Change};

/// What is wanted, of which tenancy, and why.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Wanted {
    pub(crate) unit: UnitKey,
    pub(crate) allocation: AllocationId,
    pub(crate) change: Change,
    pub(crate) remark: Option<Remark>,
}

impl Wanted {
    /// Whether the tenancy has the unit.
    pub(super) fn is_in_force(&self, unit: &UnitRecord, open: Option<&AllocationRecord>) -> bool {
        let ours = open.is_some_and(|open| open.id == self.allocation);
        ours && unit.status == UnitStatus::Allocated
    }

    /// The rows as they are now; `None` when the tenancy has the unit no more.
    pub(super) async fn now(
        &self,
        tx: &mut Tx<'_>,
    ) -> Result<Option<(UnitRecord, AllocationRecord)>, Error> {
        let unit = tx.load_unit(self.unit).await?;
        let open = tx.open_allocation(self.unit).await?;
        let rows = unit.zip(open);
        Ok(rows.filter(|(unit, open)| self.is_in_force(unit, Some(open))))
    }

    /// It is as wanted.
    pub(super) async fn done(&self, tx: &mut Tx<'_>, cx: &Context<'_>) -> Result<(), Error> {
        tx.set_unit_reason(self.unit, None).await?;
        let event = NewEvent::of(EventKind::UnitChanged, cx.now(), self.to_string());
        tx.tell(&event.to(self.unit)).await
    }

    /// Nobody knows what the server has. A unit that may be wiped in part is nobody's until it is
    /// proven empty; of any other its reason tells.
    pub(super) async fn leave_unsure(
        &self,
        reason: &str,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<(), Error> {
        if self.change.wipes() {
            let spoilt = tx.move_unit(self.unit, UnitVerb::Spoil, Some(reason), cx.now());
            return spoilt.await.map(drop);
        }
        tx.set_unit_reason(self.unit, Some(reason)).await
    }
}

/// Why a unit whose reset went wrong is in quarantine.
pub(super) fn half_wiped(why: &str) -> String {
    format!("the reset was not finished: {why}; put that right, then deallocate the unit")
}

/// For the log and for events.
impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.remark {
            Some(remark) => write!(f, "{}; reason: {remark}", self.change),
            None => self.change.fmt(f),
        }
    }
}
