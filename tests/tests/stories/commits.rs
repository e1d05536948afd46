//! Death of the control plane before and after each commit, whatever job it works on: before a
//! commit the work of a step was done and is done again; after it nobody was told.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use kloigos_control::{JobFilter, JobKind, JobRecord, JobStatus};
use kloigos_store::{Passage, Passing};
use tokio::sync::Notify;

use super::{
    end::{End, Work, before, begin, calm, same, works},
    town::{AT_MOST, Town},
};

/// Where a control plane takes its last step.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// At which change of the database.
    change: usize,
    /// Whether that is committed.
    committed: bool,
}

/// It goes no further than a place.
struct Last {
    place: Place,
    changes: AtomicUsize,
    reached: Notify,
}

impl Last {
    async fn falls(&self) {
        self.reached.notify_one();
        std::future::pending::<()>().await;
    }
}

impl Passage for Last {
    fn before(&self, write: bool) -> Passing<'_> {
        Box::pin(async move {
            let earlier = self.changes.fetch_add(usize::from(write), Ordering::SeqCst);
            let falls = if self.place.committed {
                earlier > self.place.change
            } else {
                earlier >= self.place.change
            };
            if falls {
                self.falls().await;
            }
            Ok(())
        })
    }

    fn after(&self, written: bool) -> Passing<'_> {
        Box::pin(async move {
            let begun = self.changes.load(Ordering::SeqCst);
            if written && self.place.committed && begun > self.place.change {
                self.falls().await;
            }
            Ok(())
        })
    }

    fn is_alone(&self) -> bool {
        true
    }
}

/// Dies at a place, and is started again; `None` when it did not come there.
async fn die_at(place: Place, work: &Work) -> Option<Town> {
    let last = Arc::new(Last {
        place,
        changes: AtomicUsize::new(0),
        reached: Notify::new(),
    });
    let town = before(work.clone()).await.behind(last.clone()).await;
    let came = {
        let all = async {
            let begun = begin(work.clone(), &town).await.expect("a job");
            town.end_of(begun).await;
            town.rest().await;
        };
        tokio::select! {
            () = last.reached.notified() => true,
            () = all => false,
        }
    };
    if !came {
        return None;
    }
    let town = town.crash().await;
    town.rest().await;
    Some(town)
}

/// The job of this kind that was begun last, if one was.
async fn job_of(kind: JobKind, town: &Town) -> Option<JobRecord> {
    let filter = JobFilter {
        kinds: vec![kind],
        ..JobFilter::default()
    };
    let jobs = town.control.list_jobs(&filter).await.expect("jobs");
    jobs.into_iter().next()
}

/// How many jobs of its kind there are before it is begun.
async fn jobs_before(work: &Work) -> usize {
    let town = before(work.clone()).await;
    let filter = JobFilter {
        kinds: vec![work.kind],
        ..JobFilter::default()
    };
    town.control.list_jobs(&filter).await.expect("jobs").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_plane_that_dies_at_any_commit_of_any_job_comes_to_the_same_end() {
    for work in works() {
        let kind = work.kind;
        let (end, _) = calm(work.clone()).await;
        let earlier = jobs_before(&work).await;
        let mut places = 0;
        for change in 0.. {
            let mut came = false;
            for committed in [false, true] {
                let place = Place { change, committed };
                let Some(town) = die_at(place, &work).await else {
                    continue;
                };
                came = true;
                places += 1;
                let filter = JobFilter {
                    kinds: vec![kind],
                    ..JobFilter::default()
                };
                let now = town.control.list_jobs(&filter).await.expect("jobs").len();
                if now == earlier {
                    // Nothing was asked for: it is asked again.
                    let begun = begin(work.clone(), &town).await.expect("a job");
                    town.end_of(begun).await;
                    town.rest().await;
                }
                let job = job_of(kind, &town).await.expect("a job");
                let job = town.control.wait(job.id, AT_MOST).await.expect("its end");
                let place = format!("{work} at {place:?}");
                assert_eq!(job.status, JobStatus::Succeeded, "{place}: {job:?}");
                same(&End::of(&town).await, &end, &place);
            }
            if !came {
                break;
            }
        }
        assert!(places >= 6, "{work} has steps: {places} places");
    }
}
