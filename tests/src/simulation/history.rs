//! What happened in a world, line by line, and what should never have happened.

use std::{
    fmt::Display,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest, Sha256};

use super::time::Time;

/// Clones are the same history.
#[derive(Clone)]
pub(super) struct History {
    time: Time,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    lines: Vec<String>,
    fault: Option<String>,
}

impl History {
    pub(super) fn new(time: Time) -> Self {
        Self {
            time,
            inner: Arc::default(),
        }
    }

    /// Something happened.
    pub(super) fn note(&self, who: impl Display, what: impl Display) {
        let at = self.time.now().as_secs_f64();
        let line = format!("{at:9.3} {who}: {what}");
        self.inner().lines.push(line);
    }

    /// Something that must never be; the first such thing is what the world ends with.
    pub(super) fn fault(&self, what: impl Display) {
        self.note("FAULT", &what);
        self.inner().fault.get_or_insert(what.to_string());
    }

    pub(super) fn first_fault(&self) -> Option<String> {
        self.inner().fault.clone()
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.inner().lines.clone()
    }

    /// Two worlds with the same digest were the same.
    pub(super) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for line in &self.inner().lines {
            digest.update(line);
            digest.update("\n");
        }
        let bytes: [u8; 32] = digest.finalize().into();
        let (high, low) = bytes.split_at(16);
        let half = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0_u128, |all, byte| all << 8 | u128::from(*byte))
        };
        format!("{:032x}{:032x}", half(high), half(low))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Lines are whole after any panic.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
