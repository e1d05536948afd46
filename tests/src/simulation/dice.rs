//! Chance: everything that is random in a world follows from its seed.

use std::{
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kloigos_control::Entropy;
use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};

/// Dice of one hand. Each part of a world has its own, so that a change of one part does not change
/// what the others throw.
pub(super) struct Dice(Mutex<StdRng>);

impl Dice {
    pub(super) fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Dice for another hand, which follow from these.
    pub(super) fn more(&self) -> Arc<Self> {
        Self::new(self.hand().next_u64())
    }

    /// A number below this one.
    pub(super) fn below(&self, end: u32) -> u32 {
        self.hand().random_range(0..end)
    }

    /// Whether something that comes about so often of a thousand times does.
    pub(super) fn chance(&self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    pub(super) fn pick<'t, T>(&self, all: &'t [T]) -> Option<&'t T> {
        let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
        (count > 0).then(|| &all[self.below(count) as usize])
    }

    /// So many milliseconds.
    pub(super) fn while_of(&self, millis: Range<u64>) -> Duration {
        Duration::from_millis(self.hand().random_range(millis))
    }

    fn hand(&self) -> MutexGuard<'_, StdRng> {
        // Dice are whole after any panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entropy for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        self.hand().fill_bytes(bytes);
    }
}
