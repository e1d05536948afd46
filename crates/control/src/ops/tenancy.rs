//! The unit and the tenancy that a request names.

use kloigos_model::{ids::AllocationId, names::UnitId};
use kloigos_store::{Tx, UnitRecord};

use crate::refusal::Refusal;

/// The unit of this name.
pub(super) async fn unit(tx: &mut Tx<'_>, id: &UnitId) -> Result<UnitRecord, Refusal> {
    let unit = tx.find_unit(id).await?;
    unit.ok_or_else(|| Refusal::NotFound {
        what: format!("there is no compute unit {id}"),
    })
}

/// Whether the unit is in the tenancy that is meant, where one is named.
pub(super) fn same(unit: &UnitRecord, meant: Option<AllocationId>) -> Result<(), Refusal> {
    match (meant, unit.allocation) {
        (Some(meant), Some(open)) if meant != open => Err(Refusal::WrongTenancy {
            reason: format!(
                "compute unit {} belongs to allocation {open} by now, not to {meant}",
                unit.id
            ),
        }),
        _ => Ok(()),
    }
}
