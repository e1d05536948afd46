//! Whether a process lives. One that is dead, or frozen for a while, takes no step: whatever it
//! waits for does not come.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Alive,
    Frozen,
    Dead,
}

/// The life of one process.
#[derive(Default)]
pub(super) struct Life {
    state: Mutex<State>,
    changed: Notify,
}

impl Life {
    /// Returns when the process may take its next step; never when it is dead.
    pub(super) async fn goes_on(&self) {
        self.until(|state| state == State::Alive).await;
    }

    /// Returns when it is dead.
    pub(super) async fn ends(&self) {
        self.until(|state| state == State::Dead).await;
    }

    pub(super) fn is_alive(&self) -> bool {
        *self.state() == State::Alive
    }

    pub(super) fn freeze(&self) {
        self.turn(State::Alive, State::Frozen);
    }

    pub(super) fn thaw(&self) {
        self.turn(State::Frozen, State::Alive);
    }

    pub(super) fn kill(&self) {
        *self.state() = State::Dead;
        self.changed.notify_waiters();
    }

    fn turn(&self, from: State, to: State) {
        let mut state = self.state();
        if *state == from {
            *state = to;
            self.changed.notify_waiters();
        }
    }

    async fn until(&self, is: impl Fn(State) -> bool) {
        loop {
            let changed = self.changed.notified();
            if is(*self.state()) {
                return;
            }
            changed.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A word is whole after any panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
