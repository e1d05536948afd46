//! Repeated requests: the first one's job, as long as it did not fail.

use std::time::Duration;

use jiff::Timestamp;
use kloigos_model::ids::JobId;
use kloigos_store::{RepeatKey, Repeated, Tx};

use super::{Begun, Idempotency};
use crate::{core::Core, refusal::Refusal};

impl Idempotency {
    fn key(&self) -> RepeatKey<'_> {
        RepeatKey {
            caller: &self.caller,
            scope: &self.scope,
            key: &self.key,
        }
    }
}

/// The job that an earlier request with this key began. A failed job's key is forgotten when it
/// fails, so what is found here is under way or succeeded.
pub(super) async fn earlier(
    tx: &mut Tx<'_>,
    core: &Core,
    idempotency: Option<&Idempotency>,
) -> Result<Option<Begun>, Refusal> {
    let Some(asked) = idempotency else {
        return Ok(None);
    };
    let since = before(core.world.now(), core.settings.key_kept);
    match tx.repeated(asked.key(), since).await? {
        None => Ok(None),
        Some(first) if first.fingerprint != asked.fingerprint => Err(Refusal::KeyReused),
        Some(first) => Ok(Some(Begun {
            job: first.job,
            replayed: true,
        })),
    }
}

/// Keeps what was begun, for the repeats of this request.
pub(super) async fn keep(
    tx: &mut Tx<'_>,
    core: &Core,
    idempotency: Option<&Idempotency>,
    job: JobId,
) -> Result<(), Refusal> {
    if let Some(asked) = idempotency {
        let begun = Repeated {
            fingerprint: asked.fingerprint.clone(),
            job,
        };
        tx.keep_key(asked.key(), &begun, core.world.now()).await?;
    }
    Ok(())
}

fn before(now: Timestamp, span: Duration) -> Timestamp {
    now.checked_sub(span).unwrap_or(Timestamp::MIN)
}
