//! Calls to control planes, as over a network: a call may never be answered.

use std::{future::Future, sync::Arc, time::Duration};

use kloigos_control::{Control, Refusal};

use super::{dice::Dice, history::History, planes::Planes, time::Time};

/// Somebody who calls.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) name: String,
    pub(super) planes: Arc<Planes>,
    pub(super) dice: Arc<Dice>,
    pub(super) time: Time,
    pub(super) history: History,
}

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_mins(3);

impl Caller {
    /// Asks any control plane; `None` when no answer comes.
    pub(super) async fn ask<T, F>(
        &self,
        what: &str,
        call: impl FnOnce(Control) -> F,
    ) -> Option<Result<T, Refusal>>
    where
        F: Future<Output = Result<T, Refusal>>,
    {
        let plane = self.planes.any(&self.dice)?;
        self.history
            .note(&self.name, format_args!("asks {} to {what}", plane.name));
        let answer = tokio::select! {
            biased;
            answer = call(plane.control.clone()) => Some(answer),
            () = plane.life.ends() => None,
            () = self.time.sleep(PATIENCE) => None,
        };
        match &answer {
            None => self
                .history
                .note(&self.name, format_args!("no answer to {what}")),
            Some(Ok(_)) => self.history.note(&self.name, format_args!("{what}: yes")),
            Some(Err(refusal)) => {
                self.history
                    .note(&self.name, format_args!("{what}: {refusal}"));
            }
        }
        if let Some(Err(Refusal::Internal(why))) = &answer {
            self.history
                .fault(format_args!("{what} met a fault of kloigos itself: {why}"));
        }
        answer
    }

    /// Whether an answer says nothing of the call, so that it may be made again.
    pub(super) fn is_open<T>(answer: Option<&Result<T, Refusal>>) -> bool {
        matches!(answer, None | Some(Err(Refusal::Busy | Refusal::InDoubt)))
    }

    pub(super) async fn rest(&self, millis: std::ops::Range<u64>) {
        self.time.sleep(self.dice.while_of(millis)).await;
    }
}
