//! The database within a simulated world: one thread, a time of its own, and the same history
//! whenever it is run again.
//!
//! The driver has threads, whose answers come when the machine likes. So an operation is carried
//! out as a whole while the world stands still, and whatever may happen around it (another control
//! plane is first, the process dies before or after the commit, the connection is lost) happens in
//! the world's own time, at a [`Passage`].

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use tokio::{runtime::Handle, task::coop::unconstrained};

use crate::error::Error;

/// The answer of a [`Passage`], when it comes.
pub type Passing<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// What lies between a control plane and its database.
pub trait Passage: Send + Sync {
    /// Passed before each operation, which may mean to `write`; what it refuses is not begun.
    fn before(&self, write: bool) -> Passing<'_>;

    /// Passed after each operation; what it refuses was done, and the control plane is told
    /// otherwise.
    fn after(&self, written: bool) -> Passing<'_>;

    /// Whether there is no other control plane, as with a file that one process has.
    fn is_alone(&self) -> bool;
}

/// What lies between a store's callers and the database: nothing, but in simulated worlds.
#[derive(Clone, Default)]
pub(crate) struct Door {
    pub(crate) passage: Option<Arc<dyn Passage>>,
    /// Where the driver's threads live, when operations are carried out as a whole.
    pub(crate) threads: Option<Handle>,
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Door").finish_non_exhaustive()
    }
}

impl Door {
    /// Carries an operation out, and what lies around it.
    pub(crate) async fn pass<T, E: From<Error>>(
        &self,
        write: bool,
        operation: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
        if let Some(passage) = &self.passage {
            passage.before(write).await?;
        }
        let output = match &self.threads {
            Some(threads) => at_once(threads, operation)?,
            None => operation.await?,
        };
        if let Some(passage) = &self.passage {
            passage.after(write).await?;
        }
        Ok(output)
    }

    pub(crate) fn is_alone(&self) -> bool {
        self.passage
            .as_ref()
            .is_none_or(|passage| passage.is_alone())
    }
}

/// Carries something out to its end, while nothing else happens on this thread.
fn at_once<T>(threads: &Handle, work: impl Future<Output = T>) -> T {
    let _inside = threads.enter();
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    // The turn that a task has among others says nothing here, where there are no others.
    let mut work = pin!(unconstrained(work));
    loop {
        match work.as_mut().poll(&mut context) {
            Poll::Ready(result) => return result,
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
