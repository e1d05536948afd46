//! Control planes in this process, each with connections of its own, over one database and one
//! fleet.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use kloigos_control::{
    Begun, Control, JobRecord, Settings, Store, UnitFilter, UnitRecord, World, database::check,
};
use kloigos_sim::fleet::SimFleet;
use kloigos_tests::place::Place;

use super::{
    town::{AT_MOST, init, swift},
    watched::{Changes, Watched},
};

/// What the control planes share.
pub(super) struct Ground {
    pub(super) place: Place,
    pub(super) fleet: SimFleet,
    pub(super) changes: Arc<Mutex<Changes>>,
}

/// One of them.
pub(super) struct Plane {
    pub(super) control: Control,
    store: Store,
    asked: Arc<Mutex<usize>>,
}

/// A lease that is over soon, and yet long enough for a holder that lives to renew it.
pub(super) fn settings() -> Settings {
    Settings {
        lease: Duration::from_secs(5),
        ..swift()
    }
}

impl Ground {
    /// On `PostgreSQL`, whatever the run is for: nothing else is shared.
    pub(super) fn new(servers: u32) -> Self {
        Self {
            place: Place::postgres(),
            fleet: SimFleet::new(servers),
            changes: Arc::default(),
        }
    }

    pub(super) async fn plane(&self, settings: Settings) -> Plane {
        self.plane_in(World::system(), settings).await
    }

    pub(super) async fn plane_in(&self, world: World, settings: Settings) -> Plane {
        let store = self.place.open().await;
        let asked = Arc::default();
        let transport = Watched {
            fleet: self.fleet.clone(),
            changes: self.changes.clone(),
            asked: Arc::clone(&asked),
        };
        let control = Control::start(store.clone(), Arc::new(transport), world, settings);
        Plane {
            control,
            store,
            asked,
        }
    }

    /// Whether the rows are what they may be, and nothing was worked on by two at once.
    pub(super) async fn is_sound(&self) {
        let checked = check(&self.place.database()).await.expect("a check");
        assert_eq!(checked.faults, [""; 0]);
        assert_eq!(self.changes.lock().expect("nobody panicked").twice, []);
    }

    /// Cells of one row, by another client.
    pub(super) fn sql(&self, statement: &str) -> String {
        match &self.place {
            Place::Postgres(database) => database.sql(statement),
            Place::File(_) => unreachable!("it is on PostgreSQL"),
        }
    }
}

impl Plane {
    /// How many changes it asked servers for.
    pub(super) fn asked(&self) -> usize {
        *self.asked.lock().expect("nobody panicked")
    }

    /// Ends it wherever it is.
    pub(super) async fn die(self) {
        drop(self.control);
        self.store.close().await;
    }

    /// Makes units of these CPUs on a server.
    pub(super) async fn ready(&self, number: u32, ranges: &[String]) {
        let ranges: Vec<&str> = ranges.iter().map(String::as_str).collect();
        let begun = self.control.init_server(init(number, &ranges)).await;
        let job = self.end_of(begun.expect("an init")).await;
        assert_eq!(job.reason, None, "{job:?}");
    }

    pub(super) async fn end_of(&self, begun: Begun) -> JobRecord {
        let job = self
            .control
            .wait(begun.job, AT_MOST)
            .await
            .expect("the job is there");
        assert!(job.status.is_over(), "still going on: {job:?}");
        job
    }

    pub(super) async fn units(&self) -> Vec<UnitRecord> {
        let all = UnitFilter::default();
        self.control.list_units(&all).await.expect("units")
    }
}

/// The 64 CPUs of a simulated server as units of 4.
pub(super) fn sixteen() -> Vec<String> {
    (0..16)
        .map(|n| format!("{}-{}", n * 4, n * 4 + 3))
        .collect()
}
