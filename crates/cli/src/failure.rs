//! What goes wrong, as a person and a script learn of it: a cause, the next thing to try, and an
//! exit code that stays the same.

use std::process::ExitCode;

use crate::safe;

/// What kind of failure it is; the number is the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Fault = 1,
    Usage = 2,
    NotFound = 3,
    Conflict = 4,
    Access = 5,
    JobFailed = 6,
    TimedOut = 7,
    Unreachable = 8,
    Broken = 9,
}

/// Every exit code and what it means, for the documentation.
pub const EXIT_CODES: [(u8, &str); 10] = [
    (0, "it is done"),
    (1, "a fault of this machine: a file, a program, a terminal"),
    (2, "the command or what it asks for is not sound"),
    (3, "there is no such thing"),
    (
        4,
        "it cannot be done to the thing as it is, or no free unit matches",
    ),
    (5, "the token is missing, unknown or not allowed to"),
    (6, "the work was begun and failed"),
    (7, "the work is not done within --timeout; it goes on"),
    (8, "the control plane does not answer, or has a fault"),
    (
        9,
        "an attestation found a broken promise, or a check a server that is not as it should be",
    ),
];

/// Why a command did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct Failure {
    kind: Kind,
    cause: String,
    next: Option<String>,
    /// Of another program that ran for the caller and said by itself what was wrong.
    passed_on: Option<u8>,
}

impl Failure {
    pub(crate) fn new(kind: Kind, cause: impl Into<String>) -> Self {
        let cause = cause.into();
        Self {
            kind,
            cause,
            next: None,
            passed_on: None,
        }
    }

    /// The exit code of another program, which has said by itself what was wrong.
    pub(crate) fn passed_on(code: u8) -> Self {
        let mut failure = Self::new(Kind::Fault, format!("it ended with {code}"));
        failure.passed_on = Some(code);
        failure
    }

    /// A fault of this machine.
    pub(crate) fn fault(what: &str, why: &dyn std::fmt::Display) -> Self {
        Self::new(Kind::Fault, format!("failed to {what}: {why}"))
    }

    pub(crate) fn usage(cause: impl Into<String>) -> Self {
        Self::new(Kind::Usage, cause)
    }

    /// The command to try next.
    #[must_use]
    pub(crate) fn or_try(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// What it ends the program with.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.passed_on.unwrap_or(self.kind as u8))
    }

    /// For people, on stderr; nothing in it can steer a terminal.
    pub fn render(&self) -> String {
        if self.passed_on.is_some() {
            return String::new();
        }
        let mut text = format!("error: {}\n", safe::lines(&self.cause));
        if let Some(next) = &self.next {
            text.push_str("  try: ");
            text.push_str(&safe::line(next));
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_documented_exit_code() {
        let kinds = [
            Kind::Fault,
            Kind::Usage,
            Kind::NotFound,
            Kind::Conflict,
            Kind::Access,
            Kind::JobFailed,
            Kind::TimedOut,
            Kind::Unreachable,
            Kind::Broken,
        ];
        let codes: Vec<u8> = kinds.iter().map(|kind| *kind as u8).collect();
        let told: Vec<u8> = EXIT_CODES.iter().skip(1).map(|(code, _)| *code).collect();
        assert_eq!(codes, told);
    }
}
