//! The injected world: time and randomness. Nothing else in this crate looks at a clock or draws a
//! random number.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use kloigos_model::ids::{
    AllocationId, AttestationId, DeliveryId, JobId, ServerId, TokenId, UnitKey, WebhookId,
};
use rand::RngCore;

/// What time it is.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Returns when it is `at` or later.
    async fn sleep_until(&self, at: Timestamp);
}

/// Where random bytes come from.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the world's Clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep_until(&self, at: Timestamp) {
        let left = Duration::try_from(at - self.now()).unwrap_or_default();
        tokio::time::sleep(left).await;
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// Clock and entropy, as everything in this crate gets them.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    last_id: Arc<Mutex<IdStamp>>,
}

/// The first part of the last id that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct IdStamp {
    millis: u64,
    count: u16,
}

/// How far an id counts within a millisecond: `rand_a` of RFC 9562 has 12 bits.
const COUNTED: u16 = 1 << 12;

impl IdStamp {
    /// The next one: later than this, whatever the clock says.
    fn next(self, millis: u64) -> Self {
        match (millis > self.millis, self.count + 1 < COUNTED) {
            (true, _) => Self { millis, count: 0 },
            (false, true) => Self {
                count: self.count + 1,
                ..self
            },
            (false, false) => Self {
                millis: self.millis + 1,
                count: 0,
            },
        }
    }
}

impl World {
    /// This clock and this randomness.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            clock,
            entropy,
            last_id: Arc::default(),
        }
    }

    /// The machine's own.
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemEntropy))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The time so much later; the end of time when that is past it.
    pub fn after(&self, wait: Duration) -> Timestamp {
        self.now().checked_add(wait).unwrap_or(Timestamp::MAX)
    }

    /// Returns so much later.
    pub async fn sleep(&self, wait: Duration) {
        self.clock.sleep_until(self.after(wait)).await;
    }

    /// Returns when it is `at` or later.
    pub async fn sleep_until(&self, at: Timestamp) {
        self.clock.sleep_until(at).await;
    }

    /// A number from 0 to below 1.
    pub(crate) fn fraction(&self) -> f64 {
        let mut bytes = [0; 4];
        self.entropy.fill(&mut bytes);
        f64::from(u32::from_be_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }

    /// A new UUID of version 7. Each is greater than all that this world made before, so that ids
    /// sort by age also within a millisecond and when the clock is set back.
    pub(crate) fn uuid(&self) -> uuid::Uuid {
        let millis = u64::try_from(self.now().as_millisecond()).unwrap_or_default();
        let stamp = {
            // A number is whole after any panic.
            let mut last = self.last_id.lock().unwrap_or_else(PoisonError::into_inner);
            *last = last.next(millis);
            *last
        };
        let mut random = [0; 10];
        self.entropy.fill(&mut random);
        random[..2].copy_from_slice(&stamp.count.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(stamp.millis, &random).into_uuid()
    }

    /// A new job's id.
    pub fn job_id(&self) -> JobId {
        JobId::of(self.uuid())
    }

    /// A new allocation's id.
    pub fn allocation_id(&self) -> AllocationId {
        AllocationId::of(self.uuid())
    }

    /// A new attestation's id.
    pub fn attestation_id(&self) -> AttestationId {
        AttestationId::of(self.uuid())
    }

    /// A new server's id.
    pub fn server_id(&self) -> ServerId {
        ServerId::of(self.uuid())
    }

    /// A new unit's id.
    pub fn unit_key(&self) -> UnitKey {
        UnitKey::of(self.uuid())
    }

    /// A new webhook's id.
    pub fn webhook_id(&self) -> WebhookId {
        WebhookId::of(self.uuid())
    }

    /// A new id of a message to a webhook.
    pub fn delivery_id(&self) -> DeliveryId {
        DeliveryId::of(self.uuid())
    }

    /// A new token's id.
    pub fn token_id(&self) -> TokenId {
        TokenId::of(self.uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_age() {
        let world = World::system();
        let ids: Vec<JobId> = (0..10_000).map(|_| world.job_id()).collect();
        assert!(ids.is_sorted());
        let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
        assert!(texts.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
