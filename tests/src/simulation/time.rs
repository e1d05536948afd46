//! A world's time. It stands still while anything can be done, and then moves to the next moment
//! at which somebody wakes: one sleeper after the other, the earliest first.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

/// Since the world began, in milliseconds; and the how manieth sleeper it is.
type Moment = (u64, u64);

/// Clones are the same time.
#[derive(Clone, Default)]
pub(super) struct Time(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    now: u64,
    count: u64,
    sleepers: BTreeMap<Moment, Option<Waker>>,
}

impl Time {
    /// How long the world has gone on.
    pub(super) fn now(&self) -> Duration {
        Duration::from_millis(self.inner().now)
    }

    /// Returns so much later.
    pub(super) fn sleep(&self, wait: Duration) -> Sleep {
        let mut inner = self.inner();
        inner.count += 1;
        let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let moment = (inner.now.saturating_add(wait), inner.count);
        inner.sleepers.insert(moment, None);
        Sleep {
            time: self.clone(),
            moment,
        }
    }

    /// Goes on to the next sleeper and wakes it; `false` when there is none.
    pub(super) fn go_on(&self) -> bool {
        let mut inner = self.inner();
        let Some(((at, _), waker)) = inner.sleepers.pop_first() else {
            return false;
        };
        inner.now = inner.now.max(at);
        drop(inner);
        waker.into_iter().for_each(Waker::wake);
        true
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A clock is whole after any panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who sleeps.
pub(super) struct Sleep {
    time: Time,
    moment: Moment,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.time.inner().sleepers.get_mut(&self.moment) {
            Some(waker) => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.time.inner().sleepers.remove(&self.moment);
    }
}
