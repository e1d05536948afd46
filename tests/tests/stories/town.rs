//! A control plane over a simulated fleet, as the stories use it.

use std::{sync::Arc, time::Duration};

use kloigos_control::{
    Allocate, Attest, Begun, CancelJob, Change, ChangeUnit, Control, Deallocate,
    DecommissionServer, Idempotency, JobFilter, JobRecord, JobStatus, Patience, Promised, Refusal,
    RetryJob, Settings, Store, Tend, TendServer, UnitFilter, UnitRecord, World,
};
use kloigos_host::sys::Files;
use kloigos_model::{
    compute_unit::UnitStatus, ids::JobId, limits::LimitsWish, names::UnitId, placement::Wanted,
    ssh::AuthorizedKeys, tags::Tags,
};
use kloigos_sim::fleet::SimFleet;
use kloigos_store::Passage;
use kloigos_tests::place::Place;

pub(crate) use kloigos_tests::asks::{hostname, init};

pub(crate) const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB2AZu1bQ1Fkhd3kjTOIcCPsrO0q3P3nQ0jgAXvxcKJT tenant";
/// Long enough for a busy machine; nothing waits for it that goes well.
pub(crate) const AT_MOST: Duration = Duration::from_mins(1);

pub(crate) struct Town {
    place: Place,
    store: Store,
    settings: Settings,
    world: World,
    pub(crate) fleet: SimFleet,
    pub(crate) control: Control,
}

/// Settings under which what is tried again is tried at once.
pub(crate) fn swift() -> Settings {
    let patience = Patience {
        first: Duration::from_millis(1),
        most: Duration::from_millis(4),
        tries: 4,
    };
    Settings {
        repair: patience,
        contact: patience,
        poll: Duration::from_millis(20),
        revisit: Duration::from_hours(1),
        visit_every: Duration::from_hours(1),
        ..Settings::default()
    }
}

impl Town {
    pub(crate) async fn new(servers: u32) -> Self {
        Self::with(servers, swift(), World::system()).await
    }

    pub(crate) async fn with(servers: u32, settings: Settings, world: World) -> Self {
        let place = Place::new();
        let fleet = SimFleet::new(servers);
        let store = place.open().await;
        let control = Control::start(
            store.clone(),
            Arc::new(fleet.clone()),
            world.clone(),
            settings.clone(),
        );
        Self {
            place,
            store,
            settings,
            world,
            fleet,
            control,
        }
    }

    /// Another control plane on the same database, where the engine allows for one.
    pub(crate) async fn beside(&self) -> Option<Control> {
        if !Place::is_shared() {
            return None;
        }
        let control = Control::start(
            self.place.open().await,
            Arc::new(self.fleet.clone()),
            self.world.clone(),
            self.settings.clone(),
        );
        Some(control)
    }

    /// The control plane is stopped, and another one started with this between it and the
    /// database.
    pub(crate) async fn behind(mut self, passage: Arc<dyn Passage>) -> Self {
        self.control.stop(AT_MOST).await;
        self.control = Control::start(
            self.store.behind(passage),
            Arc::new(self.fleet.clone()),
            self.world.clone(),
            self.settings.clone(),
        );
        self
    }

    /// The control plane dies wherever it is, and another one starts on its database.
    pub(crate) async fn crash(self) -> Self {
        self.control.stop(Duration::ZERO).await;
        self.store.close().await;
        self.place.let_leases_end();
        let store = self.place.open().await;
        let control = Control::start(
            store.clone(),
            Arc::new(self.fleet.clone()),
            self.world.clone(),
            self.settings.clone(),
        );
        Self {
            store,
            control,
            ..self
        }
    }

    pub(crate) async fn begin_init(&self, number: u32, ranges: &[&str]) -> Result<Begun, Refusal> {
        self.control.init_server(init(number, ranges)).await
    }

    pub(crate) async fn init(&self, number: u32, ranges: &[&str]) -> JobRecord {
        let begun = self.begin_init(number, ranges).await.expect("an init");
        self.end_of(begun).await
    }

    /// Initialises a server that must become ready.
    pub(crate) async fn ready(&self, number: u32, ranges: &[&str]) {
        let job = self.init(number, ranges).await;
        assert_eq!(job.status, JobStatus::Succeeded, "{job:?}");
    }

    pub(crate) async fn allocate(&self, cpu_count: Option<u32>) -> Result<UnitRecord, Refusal> {
        self.allocate_as(allocate(cpu_count)).await
    }

    pub(crate) async fn allocate_as(&self, op: Allocate) -> Result<UnitRecord, Refusal> {
        let begun = self.control.allocate(op).await?;
        let unit = self.control.wait_for_unit(begun.job, AT_MOST).await?;
        Ok(unit.expect("ready in time"))
    }

    pub(crate) async fn begin_deallocate(&self, unit: &UnitId) -> Result<Begun, Refusal> {
        self.control.deallocate(deallocate(unit)).await
    }

    pub(crate) async fn deallocate(&self, unit: &UnitId) -> JobRecord {
        let begun = self.begin_deallocate(unit).await.expect("a deallocation");
        self.end_of(begun).await
    }

    /// Changes the unit that the stories' tenant has.
    pub(crate) async fn begin_change(&self, change: Change) -> Result<Begun, Refusal> {
        let op = ChangeUnit {
            unit: first_unit(),
            allocation: None,
            change,
            remark: None,
            idempotency: None,
        };
        self.control.change_unit(op).await
    }

    pub(crate) async fn change(&self, change: Change) -> JobRecord {
        let begun = self.begin_change(change).await.expect("a change");
        self.end_of(begun).await
    }

    /// Attests the unit that the stories' tenant has.
    pub(crate) async fn begin_attest(&self) -> Result<Begun, Refusal> {
        let op = Attest {
            of: Promised::Unit {
                id: first_unit(),
                allocation: None,
            },
            remark: None,
            idempotency: None,
        };
        self.control.attest(op).await
    }

    pub(crate) async fn begin_decommission(
        &self,
        number: u32,
        force: bool,
    ) -> Result<Begun, Refusal> {
        let op = DecommissionServer {
            hostname: hostname(number),
            force,
            idempotency: None,
        };
        self.control.decommission_server(op).await
    }

    pub(crate) async fn decommission(&self, number: u32, force: bool) -> JobRecord {
        let begun = self.begin_decommission(number, force).await;
        self.end_of(begun.expect("a decommission")).await
    }

    pub(crate) async fn end_of(&self, begun: Begun) -> JobRecord {
        let job = self.control.wait(begun.job, AT_MOST).await;
        let job = job.expect("the job is there");
        assert!(job.status.is_over(), "still going on: {job:?}");
        job
    }

    /// Does something about the first server as a whole.
    pub(crate) async fn tend(&self, what: Tend) -> Result<Vec<JobId>, Refusal> {
        let op = TendServer {
            hostname: hostname(1),
            what,
            remark: None,
        };
        self.control.tend_server(op).await
    }

    /// Somebody on the first server takes something away behind our back.
    pub(crate) fn damage(&self, path: &str) {
        self.fleet.on_machine(1, |machine| {
            machine.remove_tree(path).expect("it is there");
        });
    }

    /// Returns when units are as the condition says; tells what they last were otherwise.
    pub(crate) async fn until_units(&self, what: impl Fn(&[UnitRecord]) -> bool) {
        let end = std::time::Instant::now() + AT_MOST;
        while std::time::Instant::now() < end {
            if what(&self.units().await) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!(
            "it never came to that; last seen {:?}",
            self.standing().await
        );
    }

    /// Asks for a job to be taken back, and for its end.
    pub(crate) async fn cancel(&self, begun: Begun) -> Result<JobRecord, Refusal> {
        let op = CancelJob {
            job: begun.job,
            remark: Some("a mistake".parse().expect("a remark")),
        };
        self.control.cancel_job(op).await?;
        Ok(self.end_of(begun).await)
    }

    /// Tries a job again by hand.
    pub(crate) async fn retry(&self, job: &JobRecord) -> Result<Begun, Refusal> {
        let op = RetryJob {
            job: job.id,
            remark: None,
        };
        self.control.retry_job(op).await
    }

    /// Returns when no job is unfinished.
    pub(crate) async fn rest(&self) {
        let all = JobFilter {
            limit: Some(1000),
            ..JobFilter::default()
        };
        loop {
            let jobs = self.control.list_jobs(&all).await.expect("jobs");
            let Some(job) = jobs.iter().find(|job| !job.status.is_over()) else {
                return;
            };
            let job = self.control.wait(job.id, AT_MOST).await.expect("a job");
            assert!(job.status.is_over(), "still going on: {job:?}");
        }
    }

    /// Whether the key of the stories' tenant is anywhere on a machine.
    pub(crate) fn has_tenant(&self, number: u32) -> bool {
        !self.tenant_places(number).is_empty()
    }

    /// Where on a machine the key of the stories' tenant is.
    pub(crate) fn tenant_places(&self, number: u32) -> Vec<String> {
        let blob = KEY.split(' ').nth(1).expect("a key");
        let machine = self.fleet.snapshot(number).into_iter();
        let there = machine.filter(|(_, content)| content.contains(blob));
        there.map(|(path, _)| path).collect()
    }

    /// Returns when a server is as the condition says; tells what it last was otherwise.
    pub(crate) async fn until_job(
        &self,
        begun: Begun,
        what: impl Fn(&JobRecord) -> bool,
    ) -> JobRecord {
        let mut last = None;
        let end = std::time::Instant::now() + AT_MOST;
        while std::time::Instant::now() < end {
            let job = self.control.job(begun.job).await.expect("a job").record;
            if what(&job) {
                return job;
            }
            last = Some(job);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("it never came to that; last seen {last:?}");
    }

    pub(crate) async fn units(&self) -> Vec<UnitRecord> {
        let all = UnitFilter::default();
        self.control.list_units(&all).await.expect("units")
    }

    pub(crate) async fn unit(&self, id: &UnitId) -> UnitRecord {
        let filter = UnitFilter {
            compute_id: Some(id.to_string()),
            ..UnitFilter::default()
        };
        let mut found = self.control.list_units(&filter).await.expect("units");
        assert_eq!(found.len(), 1, "one living unit {id}");
        found.remove(0)
    }

    /// Every unit with its status, as `sim1_0-15 free`.
    pub(crate) async fn standing(&self) -> Vec<String> {
        let units = self.units().await;
        units
            .iter()
            .map(|unit| format!("{} {}", unit.id, unit.status))
            .collect()
    }

    /// How many units are in this state.
    pub(crate) async fn count(&self, status: UnitStatus) -> usize {
        let units = self.units().await;
        units.iter().filter(|unit| unit.status == status).count()
    }
}

/// The first unit of a server that is cut in two, which the first tenant gets.
pub(crate) fn first_unit() -> UnitId {
    "sim1_0-31".parse().expect("a unit id")
}

pub(crate) fn allocate(cpu_count: Option<u32>) -> Allocate {
    let keys: AuthorizedKeys = KEY.parse().expect("a key");
    Allocate {
        wanted: Wanted {
            cpu_count,
            ..Wanted::default()
        },
        tags: Some(Tags::default()),
        keys,
        limits: LimitsWish::default(),
        idempotency: None,
        within: AT_MOST,
    }
}

pub(crate) fn deallocate(unit: &UnitId) -> Deallocate {
    Deallocate {
        unit: unit.clone(),
        allocation: None,
        idempotency: None,
    }
}

pub(crate) fn key(key: &str, body: &str) -> Idempotency {
    Idempotency {
        caller: "tester".to_owned(),
        key: key.to_owned(),
        scope: "POST /api/compute_units/allocate".to_owned(),
        fingerprint: body.to_owned(),
    }
}

pub(crate) fn tags(json: serde_json::Value) -> Tags {
    serde_json::from_value(json).expect("tags")
}
