//! The clock of one machine: the world's time, and how wrong it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use kloigos_control::Clock;

use super::{life::Life, time::Time};

/// When worlds begin: 2026-01-01, in seconds.
const BEGINNING: i64 = 1_767_225_600;

/// A process reads it only while it lives.
pub(super) struct SimClock {
    pub(super) time: Time,
    pub(super) life: Arc<Life>,
    /// In milliseconds.
    pub(super) wrong: Arc<AtomicI64>,
}

#[async_trait]
impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        let wrong = SignedDuration::from_millis(self.wrong.load(Ordering::Relaxed));
        let gone = SignedDuration::try_from(self.time.now()).expect("worlds are young");
        let since = SignedDuration::from_secs(BEGINNING) + gone + wrong;
        Timestamp::from_duration(since).expect("a time of this century")
    }

    /// As on a real machine, a clock that is set meanwhile does not wake who sleeps.
    async fn sleep_until(&self, at: Timestamp) {
        let left = Duration::try_from(at - self.now()).unwrap_or_default();
        // Rounded up: whoever wakes finds that it is time.
        self.time.sleep(left + Duration::from_millis(1)).await;
        self.life.goes_on().await;
    }
}
