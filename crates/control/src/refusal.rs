//! What to tell a caller whose wish is not carried out. How that looks in HTTP is decided in the
//! server, in one place.

use kloigos_model::{ids::JobId, placement::NoFit};

/// Why an operation or query gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such thing.
    #[error("{what}")]
    NotFound {
        /// One sentence that names it.
        what: String,
    },
    /// It cannot be done to the thing as it is.
    #[error("{reason}")]
    Conflict {
        /// One sentence: what it is, and what to do.
        reason: String,
    },
    /// The unit is another tenancy's by now.
    #[error("{reason}")]
    WrongTenancy {
        /// One sentence.
        reason: String,
    },
    /// No free unit matches.
    #[error("{0}")]
    NoCapacity(NoFit),
    /// No server could be made ready.
    #[error("{reason}")]
    NotReady {
        /// The job that tried.
        job: JobId,
        /// One sentence.
        reason: String,
    },
    /// The request is not sound.
    #[error("the request is not sound")]
    Invalid(
        /// Every fault that was found; never empty.
        Vec<Fault>,
    ),
    /// The idempotency key was used with another request.
    #[error("this Idempotency-Key was used with another request body")]
    KeyReused,
    /// The database is in too much demand or cannot be used now; nothing was changed.
    #[error("the database is busy; try again")]
    Busy,
    /// The connection to the database was lost at the end of the change.
    #[error(
        "the database was lost at the end of this call, which may have been carried out: look \
         before asking again, or ask again with the same Idempotency-Key"
    )]
    InDoubt,
    /// There is nothing to upload to a server.
    #[error(
        "this kloigos was built without kloigos-host, so it cannot prepare servers; build it with: \
         cargo xtask dist"
    )]
    NoHostBinary,
    /// A fault of ours.
    #[error("something in kloigos itself went wrong; its log says what")]
    Internal(
        /// For the log; a caller never sees it.
        String,
    ),
}

/// One fault of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, below the body.
    pub path: Vec<PathPart>,
    /// What is wrong, for people.
    pub message: String,
}

/// A step on the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathPart {
    /// Into an object.
    Name(String),
    /// Into a list.
    Index(usize),
}

impl Refusal {
    /// An internal fault with its chain of causes on one line.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            text = format!("{text}: {inner}");
            cause = inner.source();
        }
        Self::Internal(text)
    }
}

/// What a call does at once, as a job would.
impl From<crate::jobs::Fault> for Refusal {
    fn from(fault: crate::jobs::Fault) -> Self {
        match fault {
            crate::jobs::Fault::Store(error) => error.into(),
            fault => Self::internal(&fault),
        }
    }
}

impl From<kloigos_store::Error> for Refusal {
    fn from(error: kloigos_store::Error) -> Self {
        match error {
            kloigos_store::Error::Contention => Self::Busy,
            kloigos_store::Error::InDoubt => Self::InDoubt,
            kloigos_store::Error::Unavailable { .. } | kloigos_store::Error::Lost { .. } => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "store unavailable"
                );
                Self::Busy
            }
            error => Self::internal(&error),
        }
    }
}
