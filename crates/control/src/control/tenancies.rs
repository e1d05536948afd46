//! Tenancies that would be, and those that were.

use kloigos_model::names::UnitId;
use kloigos_store::AllocationRecord;

use super::Control;
use crate::{
    ops::{self, Allocate, Placement},
    queries,
    refusal::Refusal,
};

impl Control {
    /// The unit that this would get now, and why. Nothing is reserved.
    pub async fn placement(&self, op: &Allocate) -> Result<Placement, Refusal> {
        let look = ops::Look {
            wanted: &op.wanted,
            wish: &op.limits,
        };
        self.core.store.view(&look).await
    }

    /// The tenancies that a unit had, the newest first, at most so many.
    pub async fn allocations(
        &self,
        id: &UnitId,
        limit: u32,
    ) -> Result<Vec<AllocationRecord>, Refusal> {
        let query = queries::AllocationsOf(id, limit);
        self.core.store.view(&query).await
    }
}
