//! What a call to a server means for the work it was made for.

use kloigos_model::{
    host::{Outcome, Report},
    ssh::PublicKey,
};

use crate::{
    settings::Settings,
    target,
    transport::{Answer, Target, TransportError},
};

/// What is known of the server after a call.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// It is as it should be.
    Settled(Box<Answer>),
    /// This call changed nothing.
    Untouched(Untouched),
    /// The call may have been carried out, in part or wholly, and may still be at work.
    Unknown(String),
    /// Something was changed and it is not as it should be.
    Half(String, PublicKey),
    /// It knows a newer desired state than ours; nothing was changed.
    Overtaken(String, PublicKey),
}

/// A call that changed nothing.
#[derive(Debug, Clone)]
pub(crate) struct Untouched {
    /// Why, in one sentence.
    pub(crate) reason: String,
    /// Whether the server did not come to work on it at all.
    pub(crate) unreached: bool,
    /// Whether the same may go well a little later.
    pub(crate) passing: bool,
    /// The key of the server that said so; `None` when none did.
    pub(crate) host_key: Option<PublicKey>,
}

impl Reply {
    /// What the outcome of a call to this target means.
    pub(crate) fn of(
        result: Result<Answer, TransportError>,
        target: &Target,
        settings: &Settings,
    ) -> Self {
        match result {
            Ok(answer) => Self::answered(answer),
            Err(TransportError::Lost(why)) => Self::Unknown(format!(
                "the connection was lost while the server worked: {why}"
            )),
            Err(error) => Self::Untouched(Untouched {
                passing: matches!(error, TransportError::Unreachable(_)),
                reason: target::advice(&error, target, settings),
                unreached: true,
                host_key: None,
            }),
        }
    }

    fn answered(answer: Answer) -> Self {
        // Promises that are broken are an answer to the question whether they are.
        if !answer.report.attestations.is_empty() {
            return Self::Settled(Box::new(answer));
        }
        let said = fault_text(&answer.report);
        let changed = may_have_changed(&answer.report);
        let untouched = |passing| {
            Self::Untouched(Untouched {
                reason: said.clone(),
                unreached: false,
                passing,
                host_key: Some(answer.host_key.clone()),
            })
        };
        match answer.report.outcome {
            Outcome::Refused if !changed => untouched(false),
            Outcome::Fault if !changed => untouched(true),
            Outcome::Refused | Outcome::Fault | Outcome::Drifted => {
                Self::Half(said, answer.host_key)
            }
            Outcome::Stale => Self::Overtaken(said, answer.host_key),
            Outcome::Settled => Self::Settled(Box::new(answer)),
        }
    }
}

/// Whether anything on the server may be another than before. A fault that says no is believed only
/// when no scope tells of a change.
fn may_have_changed(report: &Report) -> bool {
    let told = report.scopes.iter().any(|scope| !scope.changes.is_empty());
    told || report.fault.as_ref().is_none_or(|fault| fault.changed)
}

/// What a report says went wrong, in one sentence.
fn fault_text(report: &Report) -> String {
    if let Some(fault) = &report.fault {
        let message = bounded([fault.message.clone()].into_iter());
        let place = fault.scope.as_ref().map(ToString::to_string);
        let place = place.into_iter().chain(fault.resource.clone());
        let place = place.collect::<Vec<_>>().join(", ");
        return match place.as_str() {
            "" => message,
            place => format!("{place}: {message}"),
        };
    }
    let drift = report.scopes.iter().flat_map(|scope| &scope.drift);
    let drift = drift.map(|change| format!("{}: {}", change.resource, change.change));
    let drift = bounded(drift);
    if drift.is_empty() {
        return format!("the server answered {} without a word more", report.outcome);
    }
    format!("it is not as it should be, still to do is {drift}")
}

/// What a person reads of a list that a server told: all of it up to a length, in one line, and
/// how much more there was.
pub(crate) fn bounded(told: impl Iterator<Item = String>) -> String {
    const LONGEST: usize = 4000;
    let mut text = String::new();
    let mut left_out = 0_usize;
    for line in told {
        let line: String = line.chars().map(shown).take(LONGEST).collect();
        if left_out > 0 || text.len() + line.len() > LONGEST.max(line.len()) {
            left_out += 1;
        } else {
            text.push_str(if text.is_empty() { "" } else { "; " });
            text.push_str(&line);
        }
    }
    match left_out {
        0 => text,
        count => format!("{text}; and {count} more"),
    }
}

/// A server's words are somebody else's: nothing in them moves a terminal's cursor.
fn shown(letter: char) -> char {
    if letter.is_control() { ' ' } else { letter }
}

/// One line for a job's log: what was changed, scope by scope.
pub(crate) fn log_lines(report: &Report) -> Vec<String> {
    const MOST: usize = 2000;
    let lines = report.scopes.iter().map(|scope| {
        let changes: Vec<String> = scope
            .changes
            .iter()
            .map(|change| format!("{}: {}", change.resource, change.change))
            .collect();
        let text = match changes.len() {
            0 => "nothing to change".to_owned(),
            _ => changes.join("; "),
        };
        let text: String = text.chars().take(MOST).collect();
        format!("{} at {}: {text}", scope.scope, scope.generation)
    });
    lines.collect()
}

/// What holds less than it should, in one sentence; `None` when nothing does.
pub(crate) fn degraded(report: &Report) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    for line in report.scopes.iter().flat_map(|scope| &scope.degraded) {
        if !words.contains(&line.as_str()) {
            words.push(line);
        }
    }
    let broken = report.attestations.iter().flat_map(|told| {
        let scope = &told.scope;
        told.broken()
            .map(move |check| format!("{scope} breaks {}: {}", check.promise, check.check))
    });
    let words = words.into_iter().map(str::to_owned).chain(broken);
    Some(bounded(words)).filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use kloigos_model::host::{Change, FaultReport, Generation, ScopeName, ScopeReport};

    use super::*;
    use crate::settings::FirstContact;

    fn meant(result: Result<Answer, TransportError>) -> Reply {
        let target = Target {
            ip: [127, 0, 0, 1].into(),
            port: 22,
            user: None,
            trusted: Vec::new(),
            first_contact: FirstContact::Refuse,
        };
        Reply::of(result, &target, &Settings::default())
    }

    fn reply(outcome: Outcome, changed: bool, changes: Vec<Change>) -> Reply {
        let fault = FaultReport {
            scope: None,
            resource: None,
            message: "failed to write /x".to_owned(),
            changed,
        };
        let scope = ScopeReport {
            scope: ScopeName::Server,
            generation: Generation {
                epoch: 1,
                counter: 1,
            },
            changes,
            drift: Vec::new(),
            degraded: Vec::new(),
        };
        let key =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB2AZu1bQ1Fkhd3kjTOIcCPsrO0q3P3nQ0jgAXvxcKJT";
        meant(Ok(Answer {
            report: Report {
                version: "0".to_owned(),
                outcome,
                facts: None,
                scopes: vec![scope],
                attestations: Vec::new(),
                fault: Some(fault),
            },
            host_key: key.parse().expect("a key"),
        }))
    }

    fn a_change() -> Vec<Change> {
        vec![Change {
            resource: "keys".to_owned(),
            change: "write keys".to_owned(),
        }]
    }

    #[test]
    fn only_what_provably_changed_nothing_leaves_a_server_untouched() {
        let untouched = |reply| matches!(reply, Reply::Untouched(_));
        let half = |reply| matches!(reply, Reply::Half(..));
        assert!(untouched(reply(Outcome::Refused, false, Vec::new())));
        assert!(untouched(reply(Outcome::Fault, false, Vec::new())));
        assert!(half(reply(Outcome::Fault, true, Vec::new())));
        assert!(half(reply(Outcome::Fault, false, a_change())));
        assert!(half(reply(Outcome::Refused, false, a_change())));
        assert!(half(reply(Outcome::Drifted, false, Vec::new())));
    }

    #[test]
    fn what_a_server_tells_is_shown_whole_up_to_a_length() {
        let list = |count: usize| (0..count).map(|n| format!("file /tmp/{n:05}"));
        let text = bounded(list(40));
        assert!(text.contains("/tmp/00000; ") && text.ends_with("/tmp/00039"));
        let text = bounded(list(10_000));
        assert!(text.len() < 4100, "{}", text.len());
        assert!(text.ends_with(" more"), "{text}");
        assert_eq!(bounded(["a\u{1b}[2J\nb".to_owned()].into_iter()), "a [2J b");
        assert_eq!(bounded(["x".repeat(9000)].into_iter()).len(), 4000);
    }

    #[test]
    fn a_lost_answer_leaves_the_outcome_open_and_an_unsent_request_does_not() {
        let lost = meant(Err(TransportError::Lost("cut".to_owned())));
        assert!(matches!(lost, Reply::Unknown(_)));
        let unsent = meant(Err(TransportError::Unreachable("down".to_owned())));
        assert!(matches!(unsent, Reply::Untouched(untouched) if untouched.passing));
        let denied = meant(Err(TransportError::Denied("no key".to_owned())));
        assert!(matches!(denied, Reply::Untouched(untouched) if !untouched.passing));
    }
}
