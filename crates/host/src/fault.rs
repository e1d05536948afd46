//! What can go wrong in a resource: a refusal, which changes nothing, or trouble with the machine.

use std::{error::Error, fmt, fmt::Write};

use crate::sys::SysError;

/// Why a state is not for this server, with what to do about it. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// Why a resource could not be looked at, planned or changed.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The desired state is not for this server.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The machine would not.
    #[error(transparent)]
    Sys(#[from] SysError),
    /// A file or answer is not in its format.
    #[error("failed to understand {what}: {problem}")]
    Text {
        /// The file or command.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Something of a former tenant is left.
    #[error(transparent)]
    Left(#[from] Left),
}

/// What of a former tenant is left: the unit is not for the next one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Left(pub String);

impl Trouble {
    /// A refusal, in one sentence.
    pub fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(Refusal(reason.into()))
    }

    /// Something that is not in its format.
    pub fn text(what: impl Into<String>, problem: impl fmt::Display) -> Self {
        Self::Text {
            what: what.into(),
            problem: format!("{problem}"),
        }
    }
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        write!(line, ": {cause}").expect("a String takes every text");
        source = cause.source();
    }
    line
}
