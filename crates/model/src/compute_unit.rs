//! A compute unit's lifecycle: `initializing → free → allocating → allocated → deallocating → free`,
//! with a named quarantine behind each step that can fail.

use crate::{server::Forbidden, text::worded_enum};

worded_enum! {
    /// Where a unit is in its life.
    pub enum UnitStatus {
        /// Its server is being prepared.
        Initializing = "initializing",
        /// Nobody's, without a trace of anybody, ready to be handed out.
        Free = "free",
        /// Reserved; being made ready for its tenant.
        Allocating = "allocating",
        /// Its tenant's.
        Allocated = "allocated",
        /// Being emptied.
        Deallocating = "deallocating",
        /// Quarantine: it was never made ready.
        InitFail = "init_fail",
        /// Quarantine: half made for a tenant.
        AllocationFail = "allocation_fail",
        /// Quarantine: not proven empty.
        DeallocationFail = "deallocation_fail",
        /// Free, but its server is cordoned or lost.
        Unavailable = "unavailable",
        /// Being taken off its server.
        Decommissioning = "decommissioning",
        /// History.
        Decommissioned = "decommissioned",
        /// Quarantine: not proven gone from its server.
        DecommissionFail = "decommission_fail",
    }
}

worded_enum! {
    /// What happens to a unit.
    pub enum UnitVerb {
        /// Its server's init was asked for again.
        Initialize = "initialize",
        /// Its server was prepared.
        Settle = "settle",
        /// The work under way failed and left it half done.
        Fail = "fail",
        /// It is reserved for a tenant.
        Allocate = "allocate",
        /// Its tenant can log in.
        HandOver = "hand over",
        /// The reservation is given back; nothing was changed on its server.
        GiveBack = "give back",
        /// It is neither provably its tenant's nor provably empty: a reset of it failed midway, or
        /// its server is ahead of what is known of it.
        Spoil = "spoil",
        /// Its tenancy ends.
        Deallocate = "deallocate",
        /// It was proven empty.
        Clear = "clear",
        /// Its server is cordoned or lost.
        Withdraw = "withdraw",
        /// Its server is back.
        Restore = "restore",
        /// Its server is being returned.
        Decommission = "decommission",
        /// It is off its server.
        Retire = "retire",
    }
}

impl UnitStatus {
    /// The state that follows.
    pub fn after(self, verb: UnitVerb) -> Result<Self, Forbidden> {
        use UnitVerb as V;
        match (self, verb) {
            (Self::InitFail | Self::Free | Self::Unavailable, V::Initialize) => {
                Ok(Self::Initializing)
            }
            (Self::Initializing, V::Settle)
            | (Self::Allocating, V::GiveBack)
            | (Self::Deallocating, V::Clear)
            | (Self::Unavailable, V::Restore) => Ok(Self::Free),
            (Self::Free, V::Allocate) => Ok(Self::Allocating),
            (Self::Allocating, V::HandOver) => Ok(Self::Allocated),
            (Self::Allocated | Self::AllocationFail | Self::DeallocationFail, V::Deallocate) => {
                Ok(Self::Deallocating)
            }
            (Self::Free, V::Withdraw) => Ok(Self::Unavailable),
            (
                Self::Free
                | Self::Unavailable
                | Self::InitFail
                | Self::AllocationFail
                | Self::DeallocationFail
                | Self::DecommissionFail,
                V::Decommission,
            ) => Ok(Self::Decommissioning),
            (Self::Decommissioning, V::Retire) => Ok(Self::Decommissioned),
            (Self::Initializing, V::Fail) => Ok(Self::InitFail),
            (Self::Allocating, V::Fail) => Ok(Self::AllocationFail),
            (Self::Deallocating, V::Fail)
            | (Self::Allocated | Self::Free | Self::Unavailable, V::Spoil) => {
                Ok(Self::DeallocationFail)
            }
            (Self::Decommissioning, V::Fail) => Ok(Self::DecommissionFail),
            _ => Err(Forbidden {
                from: self.as_str(),
                verb: verb.as_str(),
            }),
        }
    }

    /// Whether a tenant has it, is getting it or is leaving it.
    pub const fn is_in_use(self) -> bool {
        matches!(
            self,
            Self::Allocating | Self::Allocated | Self::Deallocating
        )
    }

    /// Whether it should be what its rows say, so that it can be compared with them: nothing is on
    /// its way to something else.
    pub const fn is_comparable(self) -> bool {
        matches!(self, Self::Free | Self::Unavailable | Self::Allocated)
    }

    /// What an operator does about it, when the reason is put right; `None` when nothing needs to
    /// be done.
    pub const fn next_action(self) -> Option<&'static str> {
        match self {
            Self::InitFail => Some("init the server again"),
            Self::AllocationFail | Self::DeallocationFail => Some("deallocate the unit"),
            Self::DecommissionFail => Some("decommission the server again"),
            Self::Initializing
            | Self::Free
            | Self::Allocating
            | Self::Allocated
            | Self::Deallocating
            | Self::Unavailable
            | Self::Decommissioning
            | Self::Decommissioned => None,
        }
    }

    /// Whether it is kept from use until an operator or a retry clears it.
    pub const fn is_quarantined(self) -> bool {
        matches!(
            self,
            Self::InitFail | Self::AllocationFail | Self::DeallocationFail | Self::DecommissionFail
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_and_are_lower_case() {
        for &status in UnitStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
            assert_eq!(status.as_str(), status.as_str().to_lowercase());
        }
    }

    #[test]
    fn only_a_free_unit_is_handed_out() {
        for &status in UnitStatus::ALL {
            let allowed = status.after(UnitVerb::Allocate).is_ok();
            assert_eq!(allowed, status == UnitStatus::Free, "{status}");
        }
    }

    #[test]
    fn quarantine_never_becomes_free_by_itself() {
        for &status in UnitStatus::ALL
            .iter()
            .filter(|status| status.is_quarantined())
        {
            for &verb in UnitVerb::ALL {
                assert_ne!(status.after(verb), Ok(UnitStatus::Free), "{status} {verb}");
            }
        }
    }

    #[test]
    fn every_quarantine_has_a_way_out() {
        for &status in UnitStatus::ALL {
            let told = status.next_action().is_some();
            assert_eq!(told, status.is_quarantined(), "{status}");
        }
    }

    #[test]
    fn a_spoilt_unit_is_left_by_the_end_of_its_tenancy_alone() {
        let spoilt = UnitStatus::Allocated.after(UnitVerb::Spoil);
        assert_eq!(spoilt, Ok(UnitStatus::DeallocationFail));
        for &status in UnitStatus::ALL {
            let allowed = status.after(UnitVerb::Spoil).is_ok();
            let stands = status.is_comparable();
            assert_eq!(allowed, stands, "{status}");
        }
        let emptied = UnitStatus::DeallocationFail.after(UnitVerb::Deallocate);
        assert_eq!(emptied, Ok(UnitStatus::Deallocating));
    }

    #[test]
    fn a_unit_in_use_is_not_decommissioned() {
        for &status in UnitStatus::ALL.iter().filter(|status| status.is_in_use()) {
            assert!(status.after(UnitVerb::Decommission).is_err(), "{status}");
        }
    }

    #[test]
    fn every_failing_work_has_its_quarantine() {
        for &status in UnitStatus::ALL {
            if let Ok(next) = status.after(UnitVerb::Fail) {
                assert!(next.is_quarantined(), "{status}");
            }
        }
    }
}
