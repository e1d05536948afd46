//! A server's lifecycle and health.

use crate::text::worded_enum;

worded_enum! {
    /// Where a server is in its life.
    pub enum ServerStatus {
        /// It is being prepared.
        Initializing = "initializing",
        /// Its units may be handed out.
        Ready = "ready",
        /// It stays as it is, but none of its units is handed out.
        Cordoned = "cordoned",
        /// It is being returned.
        Decommissioning = "decommissioning",
        /// It is history.
        Decommissioned = "decommissioned",
        /// It could not be prepared.
        InitFail = "init_fail",
        /// It could not be returned.
        DecommissionFail = "decommission_fail",
    }
}

worded_enum! {
    /// How a server was at the last visit.
    pub enum Health {
        /// It answered, and everything was as it should be.
        Healthy = "healthy",
        /// It answered, and something holds less than it should.
        Degraded = "degraded",
        /// It could not be reached.
        Unreachable = "unreachable",
        /// It was not visited yet.
        Unknown = "unknown",
    }
}

worded_enum! {
    /// What is done about drift on a server.
    pub enum DriftMode {
        /// It is told.
        Report = "report",
        /// It is told and put right.
        Repair = "repair",
        /// It is not looked for.
        Off = "off",
    }
}

worded_enum! {
    /// What happens to a server.
    pub enum ServerVerb {
        /// Init is asked for, the first time or again.
        Initialize = "initialize",
        /// Its preparation succeeded.
        Settle = "settle",
        /// Its preparation or return failed.
        Fail = "fail",
        /// It is taken out of placement.
        Cordon = "cordon",
        /// It is put back into placement.
        Uncordon = "uncordon",
        /// Decommission is asked for.
        Decommission = "decommission",
        /// Its return succeeded.
        Retire = "retire",
    }
}

/// A verb that a state does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot {verb} while {from}")]
pub struct Forbidden {
    /// The state.
    pub from: &'static str,
    /// The verb.
    pub verb: &'static str,
}

impl ServerStatus {
    /// The state that follows.
    pub fn after(self, verb: ServerVerb) -> Result<Self, Forbidden> {
        use ServerVerb as V;
        match (self, verb) {
            (Self::InitFail | Self::Ready, V::Initialize) => Ok(Self::Initializing),
            (Self::Initializing, V::Settle) | (Self::Cordoned, V::Uncordon) => Ok(Self::Ready),
            (Self::Initializing, V::Fail) => Ok(Self::InitFail),
            (Self::Ready, V::Cordon) => Ok(Self::Cordoned),
            (
                Self::Ready | Self::Cordoned | Self::InitFail | Self::DecommissionFail,
                V::Decommission,
            ) => Ok(Self::Decommissioning),
            (Self::Decommissioning, V::Retire) => Ok(Self::Decommissioned),
            (Self::Decommissioning, V::Fail) => Ok(Self::DecommissionFail),
            _ => Err(Forbidden {
                from: self.as_str(),
                verb: verb.as_str(),
            }),
        }
    }

    /// Whether it should be what its rows say, so that it can be compared with them: nothing is on
    /// its way to something else.
    pub const fn is_comparable(self) -> bool {
        matches!(self, Self::Ready | Self::Cordoned)
    }

    /// What an operator does about it, when the reason is put right; `None` when nothing needs to
    /// be done.
    pub const fn next_action(self) -> Option<&'static str> {
        match self {
            Self::InitFail => Some("init the server again"),
            Self::DecommissionFail => Some("decommission the server again"),
            Self::Initializing
            | Self::Ready
            | Self::Cordoned
            | Self::Decommissioning
            | Self::Decommissioned => None,
        }
    }

    /// Whether this life of the server is over.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Decommissioned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for &status in ServerStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        for &health in Health::ALL {
            assert_eq!(health.as_str().parse(), Ok(health));
        }
    }

    #[test]
    fn nothing_follows_the_end() {
        for &verb in ServerVerb::ALL {
            assert!(ServerStatus::Decommissioned.after(verb).is_err());
        }
    }

    #[test]
    fn work_in_progress_is_left_only_by_its_own_end() {
        for &verb in ServerVerb::ALL {
            let leaves = ServerStatus::Initializing.after(verb).is_ok();
            assert_eq!(
                leaves,
                matches!(verb, ServerVerb::Settle | ServerVerb::Fail),
                "{verb}"
            );
            let leaves = ServerStatus::Decommissioning.after(verb).is_ok();
            assert_eq!(
                leaves,
                matches!(verb, ServerVerb::Retire | ServerVerb::Fail),
                "{verb}"
            );
        }
    }
}
