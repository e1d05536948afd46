//! A fleet of simulated servers behind the same door as real ones.

use async_trait::async_trait;
use kloigos_control::transport::{Answer, Target, Transport, TransportError};
use kloigos_model::host::{Progress, Request};

/// `sim1`, `sim2` … at 127.64.0.1, 127.64.0.2 …; any other address is unreachable.
pub struct SimFleet {}

impl SimFleet {
    /// So many servers with 64 CPUs in two NUMA nodes each, not initialised.
    pub fn new(_count: u32) -> Self {
        Self {}
    }
}

#[async_trait]
impl Transport for SimFleet {
    async fn call(
        &self,
        target: &Target,
        _request: &Request,
        _progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, TransportError> {
        Err(TransportError::Unreachable(format!(
            "no route to {}",
            target.ip
        )))
    }

    fn simulated(&self) -> bool {
        true
    }
}
