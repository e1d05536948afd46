//! Where control planes answer.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use xtask::drive::client::Client;

/// The control planes that answer now, by number: they come and go.
#[derive(Debug, Default)]
pub struct Doors(Mutex<BTreeMap<usize, Client>>);

impl Doors {
    /// One answers here from now on.
    pub fn open(&self, number: usize, client: Client) {
        self.clients().insert(number, client);
    }

    /// One is about to be killed.
    pub fn close(&self, number: usize) {
        self.clients().remove(&number);
    }

    /// One of those that answer, by this throw of the dice.
    pub fn any(&self, dice: usize) -> Option<Client> {
        let clients = self.clients();
        let count = clients.len().max(1);
        clients.values().nth(dice % count).cloned()
    }

    fn clients(&self) -> MutexGuard<'_, BTreeMap<usize, Client>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
