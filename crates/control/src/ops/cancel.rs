//! Asks for a job to be taken back: at once where it waits, else when its present step is over.

use std::sync::Arc;

use kloigos_store::{Operation, Tx};

use super::CancelJob;
use crate::{core::Core, queries::no_job, recourse, refusal::Refusal};

/// The intention with what it needs to be carried out.
pub(crate) struct Cancel {
    pub(crate) op: CancelJob,
    pub(crate) core: Arc<Core>,
}

impl Operation for Cancel {
    type Output = ();
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Refusal> {
        let id = self.op.job;
        let job = tx.load_job(id).await?.ok_or_else(|| no_job(id))?;
        if job.status.is_over() {
            let reason = format!("job {id} is over, it {}", job.status);
            return Err(Refusal::Conflict { reason });
        }
        if let Err(why) = recourse::can_be_taken_back(job.kind) {
            let reason = format!("job {id} cannot be taken back: {why}");
            return Err(Refusal::Conflict { reason });
        }
        let reason = match &self.op.remark {
            Some(remark) => format!("it was taken back: {remark}"),
            None => "it was taken back".to_owned(),
        };
        Ok(tx.cancel_job(id, &reason, self.core.world.now()).await?)
    }
}
