//! How work ends early, told so that a person knows where and why.

use kloigos_model::host::{FaultReport, Outcome, ScopeName};

use super::Work;
use crate::{
    fault::{Trouble, chain},
    resource::Fault,
};

/// Why work ended before all scopes were settled.
#[derive(Debug)]
pub struct Stop {
    /// How the request ends.
    pub outcome: Outcome,
    /// What to tell.
    pub fault: Option<FaultReport>,
}

impl Work<'_> {
    /// Trouble outside any resource.
    pub(super) fn stop(&self, scope: &ScopeName, trouble: &Trouble) -> Stop {
        let message = match trouble {
            Trouble::Refused(refusal) => refusal.to_string(),
            Trouble::Sys(_) | Trouble::Text { .. } | Trouble::Left(_) => chain(trouble),
        };
        self.stop_as(outcome(trouble), scope, message)
    }

    /// Trouble with a resource.
    pub(super) fn stop_at(&self, scope: &ScopeName, fault: &Fault) -> Stop {
        let mut stop = self.stop_as(outcome(&fault.source), scope, fault.line());
        if let Some(report) = &mut stop.fault {
            report.resource = Some(fault.resource.to_owned());
        }
        stop
    }

    /// A refusal after something was changed no longer leaves the server alone, so it is a fault.
    pub(super) fn stop_as(&self, outcome: Outcome, scope: &ScopeName, message: String) -> Stop {
        let outcome = match outcome {
            Outcome::Refused if self.changed => Outcome::Fault,
            outcome => outcome,
        };
        Stop {
            outcome,
            fault: Some(FaultReport {
                scope: Some(scope.clone()),
                resource: None,
                message,
                changed: self.changed,
            }),
        }
    }
}

fn outcome(trouble: &Trouble) -> Outcome {
    match trouble {
        Trouble::Refused(_) => Outcome::Refused,
        Trouble::Sys(_) | Trouble::Text { .. } | Trouble::Left(_) => Outcome::Fault,
    }
}
