//! Words that only the store and the engine use.

use std::{fmt, str::FromStr};

/// A word that is none of an enum's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is no {what}; known are {known}")]
pub struct UnknownWord {
    what: &'static str,
    word: String,
    known: String,
}

macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable word for this value.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text).ok_or_else(|| {
                    UnknownWord {
                        what: stringify!($name),
                        word: text.chars().take(64).collect(),
                        known: Self::ALL.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", "),
                    }
                })
            }
        }
    };
}

words! {
    /// What a job does.
    pub enum JobKind {
        /// Prepares a server and its units.
        Initializing = "initializing",
        /// Takes everything of ours off a server.
        Decommissioning = "decommissioning",
        /// Makes a unit ready for its tenant.
        Allocating = "allocating",
        /// Empties a unit.
        Deallocating = "deallocating",
        /// Brings a unit to what its tenancy runs with from now on.
        Changing = "changing",
        /// Asks the kernel whether it keeps what was promised.
        Attesting = "attesting",
        /// Brings a server's own part or a unit back to what it should be.
        Repairing = "repairing",
    }
}

words! {
    /// How a job stands.
    pub enum JobStatus {
        /// It waits for its turn, or for its next try.
        Queued = "queued",
        /// A control plane works on it.
        Running = "running",
        /// It did what it was for.
        Succeeded = "succeeded",
        /// It ended without; its reason says why.
        Failed = "failed",
        /// It was taken back before it did what it was for; its reason says why.
        Cancelled = "cancelled",
    }
}

impl JobStatus {
    /// Whether nothing more will be done for it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for &kind in JobKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        for &status in JobStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        assert!("done".parse::<JobStatus>().is_err());
    }
}
