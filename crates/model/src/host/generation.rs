//! Fences: which of two desired states of a scope is the newer.

use std::{fmt, str::FromStr};

/// The age of a desired state: later is larger. The epoch is raised when the database is restored
/// from a backup, the counter with every change of the scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation {
    /// Which life of the database.
    pub epoch: u64,
    /// Which change within that life.
    pub counter: u64,
}

/// A text that is no generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a generation is written EPOCH.COUNTER, such as 1.42")]
pub struct NotAGeneration;

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.counter)
    }
}

impl FromStr for Generation {
    type Err = NotAGeneration;

    fn from_str(text: &str) -> Result<Self, NotAGeneration> {
        let (epoch, counter) = text.split_once('.').ok_or(NotAGeneration)?;
        let number = |digits: &str| digits.parse().map_err(|_| NotAGeneration);
        Ok(Self {
            epoch: number(epoch)?,
            counter: number(counter)?,
        })
    }
}

crate::text::serde_as_text!(Generation);
