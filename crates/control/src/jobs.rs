//! What follows from an operation: one file for each kind of job.
//!
//! A job is a serde enum, one variant a step. A step first works outside of the database
//! ([`Job::work`]), which may be repeated, for that work is convergence to a desired state with a
//! generation; then, in one transaction, it writes what came of it together with the next step
//! ([`Job::settle`]). A crash therefore resumes at the last step that was written, and repeats at
//! most its work.

mod allocating;
mod attesting;
mod changing;
mod context;
mod deallocating;
mod decommissioning;
mod hooked;
mod initializing;
mod removal;
mod repairing;
mod said;
mod settling;
mod tried;
mod visit;

use std::{future::Future, pin::Pin, sync::Arc};

use kloigos_store::{Claim, Error, JobKind, JobScope, JobState, NewJob, Tx};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) use self::{
    allocating::{Allocating, Reservation},
    attesting::Attesting,
    changing::{Changing, Wanted},
    context::Context,
    deallocating::Deallocating,
    decommissioning::Decommissioning,
    initializing::Initializing,
    repairing::Repairing,
};
pub(crate) use self::{
    context::{Scene, scene},
    visit::{pin, set_health, withdraw},
};
use crate::{clock::World, core::Core, settings::Patience};

/// One kind of durable work.
pub(crate) trait Job: Serialize + DeserializeOwned + Send + Sync + Sized + 'static {
    /// Which.
    const KIND: JobKind;
    /// What the work of a step found out.
    type Seen: Send + Sync;

    /// The step's name for people.
    fn step(&self) -> &'static str;

    /// The step's work outside of the database. May be repeated, also after it was done wholly.
    fn work(&self, cx: &Context<'_>) -> impl Future<Output = Result<Self::Seen, Fault>> + Send;

    /// What came of it, written in one transaction with the next step. May be run more than once,
    /// and then nothing of the earlier run is left.
    fn settle(
        &self,
        seen: &Self::Seen,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> impl Future<Output = Result<Next<Self>, Error>> + Send;

    /// Takes it back where it is, for this reason: as if it had never been asked for, or to a named
    /// state. `done`: the work of this step may have been done. `None`: it goes on.
    fn cancel(
        &self,
        _why: &str,
        _done: bool,
        _tx: &mut Tx<'_>,
        _cx: &Context<'_>,
    ) -> impl Future<Output = Result<Option<Next<Self>>, Error>> + Send {
        std::future::ready(Ok(None))
    }

    /// Leaves a named state that a person can act on, when the engine itself cannot go on.
    fn give_up(
        &self,
        reason: &str,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

/// What a job does next.
#[derive(Debug)]
pub(crate) enum Next<J> {
    /// The next step, at once.
    Then(J),
    /// The next step, in another scope, when its turn comes there.
    Elsewhere {
        /// The step.
        step: J,
        /// Where.
        scope: JobScope,
        /// Why.
        reason: String,
    },
    /// The same again, a little later.
    Again {
        /// The step.
        step: J,
        /// What hindered it.
        reason: String,
        /// How the wait grows.
        patience: Patience,
    },
    /// It did what it was for.
    Done,
    /// It ends without.
    Failed(String),
    /// It was taken back.
    Cancelled(String),
}

/// What keeps the engine itself from going on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The job is somebody else's by now.
    #[error("the job was given to another worker")]
    Fenced,
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
    /// What is stored is no step of this kind of job.
    #[error("the stored step cannot be read")]
    Unreadable(#[source] serde_json::Error),
    /// A row that the job is about is not there.
    #[error("{0} is gone from the database")]
    Gone(&'static str),
}

/// How a step left the job.
#[derive(Debug)]
pub(crate) enum Standing {
    /// The same worker goes on with this.
    Going(JobState),
    /// It waits.
    Waiting,
    /// It is over.
    Over,
}

type Advance = for<'a> fn(
    &'a Arc<Core>,
    &'a Claim,
) -> Pin<Box<dyn Future<Output = Result<Standing, Fault>> + Send + 'a>>;
type GiveUp = for<'a> fn(
    &'a Arc<Core>,
    &'a Claim,
    &'a str,
) -> Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>>;

/// How a kind of job is run, its type forgotten.
pub(crate) struct Runner {
    pub(crate) advance: Advance,
    pub(crate) give_up: GiveUp,
}

impl Runner {
    const fn of<J: Job>() -> Self {
        Self {
            advance: |core, claim| Box::pin(settling::advance::<J>(core, claim)),
            give_up: |core, claim, reason| Box::pin(settling::give_up::<J>(core, claim, reason)),
        }
    }
}

/// The table of kinds.
pub(crate) const fn runner(kind: JobKind) -> Runner {
    match kind {
        JobKind::Initializing => Runner::of::<Initializing>(),
        JobKind::Decommissioning => Runner::of::<Decommissioning>(),
        JobKind::Allocating => Runner::of::<Allocating>(),
        JobKind::Deallocating => Runner::of::<Deallocating>(),
        JobKind::Changing => Runner::of::<Changing>(),
        JobKind::Attesting => Runner::of::<Attesting>(),
        JobKind::Repairing => Runner::of::<Repairing>(),
    }
}

/// A job to be enqueued.
pub(crate) fn new_job<J: Job>(first: &J, scope: JobScope, world: &World) -> NewJob {
    NewJob {
        id: world.job_id(),
        kind: J::KIND,
        state: state(first),
        scope,
        created_at: world.now(),
    }
}

/// A step as the store keeps it.
fn state<J: Job>(job: &J) -> JobState {
    JobState {
        step: job.step().to_owned(),
        json: serde_json::to_string(job).expect("a job is plain data"),
    }
}
