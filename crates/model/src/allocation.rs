//! One tenancy of a unit, kept as history for ever.

use crate::text::worded_enum;

worded_enum! {
    /// How a tenancy stands.
    pub enum AllocationStatus {
        /// Its unit is being made ready.
        Pending = "pending",
        /// Its tenant can log in.
        Active = "active",
        /// Its unit is being emptied.
        Ending = "ending",
        /// Over.
        Ended = "ended",
        /// It never began: no server could be made ready.
        Failed = "failed",
    }
}

impl AllocationStatus {
    /// Whether its unit is still bound to it; at most one such allocation a unit.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Active | Self::Ending)
    }
}
