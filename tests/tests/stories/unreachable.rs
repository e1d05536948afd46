//! A server that is away at any request of any job: for one try, or from then on until somebody
//! does something about it. Either way the same end.

use kloigos_control::{JobFilter, JobKind, JobRecord, JobStatus};
use kloigos_model::compute_unit::UnitStatus;
use kloigos_sim::fleet::Mishap;

use super::{
    end::{End, Work, before, begin, calm, same, works},
    recourse::is_settled,
    town::{Town, hostname},
};

/// A request of a job, or of the visits beside it: which of those that look at the server, or of
/// those that change it.
#[derive(Debug, Clone, Copy)]
enum Place {
    Look(usize),
    Change(usize),
}

impl Place {
    /// All requests of this work, and of the jobs that follow from it.
    async fn all_of(work: &Work) -> Vec<Self> {
        let town = before(work.clone()).await;
        let (looked, asked) = (town.fleet.looked(1), town.fleet.asked(1));
        let begun = begin(work.clone(), &town).await.expect("a job");
        town.end_of(begun).await;
        town.rest().await;
        let looks = 0..town.fleet.looked(1) - looked;
        let changes = 0..town.fleet.asked(1) - asked;
        looks
            .map(Self::Look)
            .chain(changes.map(Self::Change))
            .collect()
    }

    /// This befalls the request.
    fn befalls(self, town: &Town, mishap: Mishap) {
        let (Self::Look(earlier) | Self::Change(earlier)) = self;
        let all = std::iter::repeat_n(Mishap::Nothing, earlier).chain([mishap]);
        match self {
            Self::Look(_) => all.for_each(|mishap| town.fleet.mishap_at_look(1, mishap)),
            Self::Change(_) => all.for_each(|mishap| town.fleet.mishap(1, mishap)),
        }
    }
}

/// Tries every job again by hand that failed, once its server is there again.
async fn put_right(town: &Town, failed: &[JobRecord], place: &str) {
    town.fleet.mend(1);
    // What was out of use is looked at before it is given to anybody; a server that is on its way
    // to something else is not visited.
    if town.control.check_server(&hostname(1)).await.is_ok() {
        let away = town.count(UnitStatus::Unavailable).await;
        assert_eq!(away, 0, "{place}: {:?}", town.standing().await);
    }
    for job in failed {
        let again = town.retry(job).await;
        let again = again.unwrap_or_else(|refusal| panic!("{place}: {job:?}: {refusal}"));
        let job = town.end_of(again).await;
        assert_eq!(job.status, JobStatus::Succeeded, "{place}: {job:?}");
    }
    town.rest().await;
}

/// Begins a job that meets this at a place, and sees to it that it comes to its end.
async fn meets(work: &Work, place: Place, mishap: Mishap) -> (Town, bool) {
    let at = format!("{work}, {mishap:?} at {place:?}");
    let town = before(work.clone()).await;
    let earlier = jobs(&town).await.len();
    place.befalls(&town, mishap);
    let begun = begin(work.clone(), &town).await.expect("a job");
    town.end_of(begun).await;
    town.rest().await;
    is_settled(&town, &at).await;
    let mut failed = jobs(&town).await;
    failed.truncate(failed.len() - earlier);
    failed.reverse();
    failed.retain(|job| job.status == JobStatus::Failed);
    put_right(&town, &failed, &at).await;
    (town, failed.is_empty())
}

/// All jobs, the newest first.
async fn jobs(town: &Town) -> Vec<JobRecord> {
    let all = JobFilter::default();
    let jobs = town.control.list_jobs(&all);
    jobs.await.expect("jobs")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_once_at_any_request_of_any_job_changes_nothing_of_its_end() {
    for work in works() {
        let (end, _) = calm(work.clone()).await;
        let places = Place::all_of(&work).await;
        assert!(!places.is_empty(), "{work} asks the server");
        for place in places {
            for mishap in [Mishap::Unreachable, Mishap::LostBefore, Mishap::LostAfter] {
                let at = format!("{work}, {mishap:?} at {place:?}");
                let untouched = matches!(mishap, Mishap::Unreachable);
                let (town, by_itself) = meets(&work, place, mishap).await;
                // The only server there is was passed over; whoever has a choice is not kept.
                let passed_over = work.kind == JobKind::Allocating && untouched;
                assert!(by_itself || passed_over, "{at}: somebody had to help");
                same(&End::of(&town).await, &end, &at);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_away_at_any_request_of_any_job_is_gone_on_with_when_it_is_back() {
    for work in works() {
        let (end, _) = calm(work.clone()).await;
        for place in Place::all_of(&work).await {
            let at = format!("{work}, gone at {place:?}");
            let (town, by_itself) = meets(&work, place, Mishap::Cut).await;
            let asked = matches!(place, Place::Change(_));
            assert!(!(asked && by_itself), "{at}: a job said that it could not");
            same(&End::of(&town).await, &end, &at);
        }
    }
}
