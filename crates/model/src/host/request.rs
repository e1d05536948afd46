//! What may be asked of the host binary.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Desired;
use crate::names::{NameError, UserName};

/// One request, the whole of stdin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Look at the server; change nothing.
    Facts,
    /// Bring these scopes to their desired state, in this order, and keep it in
    /// `/var/lib/kloigos/`. The first scope that cannot be settled ends it.
    Apply {
        /// The scopes; the server's own comes before its units'.
        scopes: Vec<Desired>,
    },
    /// Compare these scopes with the server, by the same inspection and plan as `Apply`; change
    /// nothing. What a plan would do is reported as drift.
    Inspect {
        /// The scopes.
        scopes: Vec<Desired>,
    },
    /// Ask the kernel, promise by promise, whether it keeps what these scopes should be; change
    /// nothing that lasts. All scopes are answered for, whatever the first is like.
    Attest {
        /// The scopes.
        scopes: Vec<Desired>,
    },
    /// Bring these scopes to absence: end the units' processes, remove everything that `Apply` of
    /// the same state made. Given units before the server's own scope; absent ones are skipped.
    Remove {
        /// The scopes; the server's own comes last.
        scopes: Vec<Desired>,
    },
}

/// The name of a scope: `server`, or the unit's user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScopeName {
    /// The server's own part.
    Server,
    /// The unit of this user.
    Unit(UserName),
}

impl fmt::Display for ScopeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server => f.write_str("server"),
            Self::Unit(user) => user.fmt(f),
        }
    }
}

impl FromStr for ScopeName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text == "server" {
            Ok(Self::Server)
        } else {
            text.parse().map(Self::Unit)
        }
    }
}

crate::text::serde_as_text!(ScopeName);
