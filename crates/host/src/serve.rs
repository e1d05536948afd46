//! One request in, lines of JSON out.

use std::collections::BTreeSet;

use kloigos_model::host::{
    Attestation, Desired, FaultReport, Line, Outcome, Progress, Report, Request, ScopeName,
};

use crate::{
    attest,
    converge::{Stop, Work},
    facts,
    fault::chain,
    sys::Host,
};

/// The version of this binary.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Does what is asked and tells how it went; the report is the last line told.
pub fn serve(host: &mut dyn Host, request: &Request, tell: &mut dyn FnMut(Line)) -> Outcome {
    let report = answer(host, request, &mut |progress| {
        tell(Line::Progress(progress));
    });
    let outcome = report.outcome;
    tell(Line::Report(Box::new(report)));
    outcome
}

/// The same for a request that is still text.
pub fn serve_text(host: &mut dyn Host, text: &[u8], tell: &mut dyn FnMut(Line)) -> Outcome {
    match serde_json::from_slice(text) {
        Ok(request) => serve(host, &request, tell),
        Err(error) => {
            let report = refused(format!("failed to understand the request: {error}"));
            tell(Line::Report(Box::new(report)));
            Outcome::Refused
        }
    }
}

fn answer(host: &mut dyn Host, request: &Request, tell: &mut dyn FnMut(Progress)) -> Report {
    let mut work = Work::new(host, tell, false);
    let done = match request {
        Request::Facts => return look(host),
        Request::Attest { scopes } => return attest(host, scopes),
        Request::Inspect { scopes } => each_once(scopes).and_then(|()| work.inspect(scopes)),
        Request::Apply { scopes } => in_order(scopes).and_then(|()| work.apply(scopes)),
        Request::Remove { scopes } => {
            let reversed: Vec<_> = scopes.iter().rev().cloned().collect();
            in_order(&reversed).and_then(|()| work.remove(scopes))
        }
    };
    let left = work.leave().map_err(|trouble| Stop {
        outcome: Outcome::Fault,
        fault: Some(FaultReport {
            changed: work.changed,
            ..fault(chain(&trouble))
        }),
    });
    let (outcome, fault) = match done.and(left) {
        Ok(()) => (Outcome::Settled, None),
        Err(Stop { outcome, fault }) => (outcome, fault),
    };
    Report {
        version: VERSION.to_owned(),
        outcome,
        facts: None,
        scopes: work.reports,
        attestations: Vec::new(),
        fault,
    }
}

fn look(host: &mut dyn Host) -> Report {
    match facts::gather(host) {
        Ok(facts) => Report {
            facts: Some(Box::new(facts)),
            ..report(Outcome::Settled)
        },
        Err(trouble) => Report {
            fault: Some(fault(chain(&trouble))),
            ..report(Outcome::Fault)
        },
    }
}

fn attest(host: &mut dyn Host, scopes: &[Desired]) -> Report {
    match attest::scopes(host, scopes) {
        Ok(attestations) => {
            let holds = attestations.iter().all(Attestation::holds);
            let outcome = if holds {
                Outcome::Settled
            } else {
                Outcome::Drifted
            };
            Report {
                attestations,
                ..report(outcome)
            }
        }
        Err(trouble) => Report {
            fault: Some(fault(chain(&trouble))),
            ..report(Outcome::Fault)
        },
    }
}

/// The server's own scope comes first, and no scope twice.
fn in_order(scopes: &[Desired]) -> Result<(), Stop> {
    each_once(scopes)?;
    let mut names = scopes.iter().map(Desired::scope);
    if names.any(|name| name == ScopeName::Server) && scopes[0].scope() != ScopeName::Server {
        return Err(refusal(
            "the server's own scope is made first and removed last",
        ));
    }
    Ok(())
}

fn each_once(scopes: &[Desired]) -> Result<(), Stop> {
    let names: BTreeSet<ScopeName> = scopes.iter().map(Desired::scope).collect();
    if names.len() == scopes.len() {
        Ok(())
    } else {
        Err(refusal("a scope is named twice"))
    }
}

fn refusal(message: &str) -> Stop {
    Stop {
        outcome: Outcome::Refused,
        fault: Some(fault(message.to_owned())),
    }
}

fn refused(message: String) -> Report {
    Report {
        fault: Some(fault(message)),
        ..report(Outcome::Refused)
    }
}

fn report(outcome: Outcome) -> Report {
    Report {
        version: VERSION.to_owned(),
        outcome,
        facts: None,
        scopes: Vec::new(),
        attestations: Vec::new(),
        fault: None,
    }
}

fn fault(message: String) -> FaultReport {
    FaultReport {
        scope: None,
        resource: None,
        message,
        changed: false,
    }
}
