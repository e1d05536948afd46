//! What an operator may set. Every default is one that a real installation can keep.

use std::{path::PathBuf, sync::Arc, time::Duration};

use kloigos_model::hook::HookPoint;

use crate::hooks::Hooks;

/// The program that is uploaded to servers.
#[derive(Clone)]
pub struct HostBinary {
    /// The program: static, x86-64.
    pub bytes: Arc<[u8]>,
    /// Its SHA-256 in lower case hexadecimal: the name of its directory on a server.
    pub sha256: String,
}

/// What is done when a server's host key is not known from anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FirstContact {
    /// What it shows is pinned.
    #[default]
    Trust,
    /// It is not spoken to.
    Refuse,
}

/// How long a job keeps trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The wait after the first failed try; each further one doubles it.
    pub first: Duration,
    /// The longest wait.
    pub most: Duration,
    /// How many tries a step has.
    pub tries: u32,
}

impl Patience {
    /// The wait after so many failed tries, without jitter.
    pub fn wait(&self, failed: u32) -> Duration {
        let doublings = failed.saturating_sub(1).min(20);
        self.first.saturating_mul(1 << doublings).min(self.most)
    }
}

/// Settings of the control plane.
#[derive(Clone)]
pub struct Settings {
    /// What is uploaded to servers; `None` in a build without it.
    pub host_binary: Option<HostBinary>,
    /// What is done at first contact.
    pub first_contact: FirstContact,
    /// Files in the format of `known_hosts(5)` whose keys are trusted.
    pub known_hosts: Vec<PathBuf>,
    /// The most jobs at work on one server.
    pub per_server: u32,
    /// The most servers that are worked on at once, by all control planes together.
    pub servers_at_once: u32,
    /// The most jobs at work in this control plane.
    pub at_once: u32,
    /// The most servers that one allocation is tried on.
    pub servers_tried: usize,
    /// How long a job may go on without a sign of life before another worker takes it up.
    pub lease: Duration,
    /// How long the work on a server whose state is not known any more is repeated.
    pub repair: Patience,
    /// How long the init of a server that cannot be reached is repeated.
    pub contact: Patience,
    /// How long an idempotency key is kept.
    pub key_kept: Duration,
    /// How often a server is looked at as a whole.
    pub visit_every: Duration,
    /// How long a repair that failed is not begun again by itself.
    pub repair_pause: Duration,
    /// How often a server that did not answer is visited again.
    pub revisit: Duration,
    /// How many events are kept; older ones are forgotten.
    pub events_kept: u64,
    /// How long the delivery of a message to a webhook is repeated.
    pub delivery: Patience,
    /// How many messages to a webhook are kept beside those that wait.
    pub deliveries_kept: u64,
    /// How often what a step says and how far it is are written while it works.
    pub tell: Duration,
    /// How often the database is looked at for what another process did or left.
    pub poll: Duration,
    /// The operator's own programs; `None` where there are none.
    pub hooks: Option<Hooks>,
}

impl Settings {
    /// Whether there is a hook for this point.
    pub(crate) fn has_hook(&self, point: HookPoint) -> bool {
        self.hooks.as_ref().is_some_and(|hooks| hooks.has(point))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            host_binary: None,
            first_contact: FirstContact::Trust,
            known_hosts: Vec::new(),
            per_server: 4,
            servers_at_once: 64,
            at_once: 64,
            servers_tried: 3,
            lease: Duration::from_mins(1),
            repair: Patience {
                first: Duration::from_secs(1),
                most: Duration::from_mins(1),
                tries: 15,
            },
            contact: Patience {
                first: Duration::from_secs(1),
                most: Duration::from_secs(5),
                tries: 3,
            },
            key_kept: Duration::from_hours(24),
            visit_every: Duration::from_mins(1),
            repair_pause: Duration::from_hours(1),
            revisit: Duration::from_secs(15),
            events_kept: 200_000,
            delivery: Patience {
                first: Duration::from_secs(5),
                most: Duration::from_mins(10),
                tries: 12,
            },
            deliveries_kept: 1000,
            tell: Duration::from_millis(500),
            poll: Duration::from_secs(1),
            hooks: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let patience = Settings::default().repair;
        let waits: Vec<u64> = (1..9).map(|n| patience.wait(n).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(patience.wait(u32::MAX), patience.most);
    }
}
