//! The control planes of a world: processes that die, stand still, and are started again.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use kloigos_control::{Control, Patience, Settings, Store, World};
use kloigos_store::{Error, Passage, Passing};

use super::{
    checker::Checker,
    clock::SimClock,
    dice::Dice,
    history::History,
    life::Life,
    network::{Network, Wire},
    time::Time,
    weather::Weather,
};

/// All of them, and what they share.
pub(super) struct Planes {
    pub(super) store: Store,
    pub(super) network: Arc<Network>,
    pub(super) checker: Arc<Checker>,
    pub(super) weather: Arc<Weather>,
    pub(super) dice: Arc<Dice>,
    pub(super) time: Time,
    pub(super) history: History,
    slots: Mutex<Vec<Slot>>,
}

/// A machine that a control plane runs on.
struct Slot {
    /// How wrong its clock is, in milliseconds.
    wrong: Arc<AtomicI64>,
    starts: u32,
    plane: Option<Plane>,
}

/// A process.
#[derive(Clone)]
pub(super) struct Plane {
    pub(super) name: String,
    pub(super) life: Arc<Life>,
    pub(super) control: Control,
}

/// What the planes of a world are set to: a world lasts minutes.
fn settings() -> Settings {
    let patience = |tries| Patience {
        first: Duration::from_secs(1),
        most: Duration::from_secs(10),
        tries,
    };
    Settings {
        lease: Duration::from_secs(20),
        repair: patience(6),
        contact: patience(3),
        visit_every: Duration::from_mins(1),
        revisit: Duration::from_secs(15),
        repair_pause: Duration::from_secs(30),
        poll: Duration::from_secs(5),
        ..Settings::default()
    }
}

impl Planes {
    pub(super) fn new(
        count: u32,
        store: Store,
        network: Arc<Network>,
        checker: Arc<Checker>,
        weather: Arc<Weather>,
        dice: Arc<Dice>,
        history: History,
    ) -> Arc<Self> {
        let slot = |_| Slot {
            wrong: Arc::default(),
            starts: 0,
            plane: None,
        };
        let planes = Arc::new(Self {
            time: network.time.clone(),
            slots: Mutex::new((0..count).map(slot).collect()),
            store,
            network,
            checker,
            weather,
            dice,
            history,
        });
        (0..planes.count()).for_each(|slot| planes.start(slot));
        planes
    }

    pub(super) fn count(&self) -> usize {
        self.slots().len()
    }

    /// Starts a process where none runs.
    pub(super) fn start(&self, slot: usize) {
        let alone = self.count() == 1;
        let mut slots = self.slots();
        let place = &mut slots[slot];
        if place.plane.is_some() {
            return;
        }
        place.starts += 1;
        let name = format!("plane{slot}.{}", place.starts);
        self.history.note(&name, "starts");
        let life = Arc::new(Life::default());
        let door = Door {
            name: name.clone(),
            alone,
            life: life.clone(),
            checker: self.checker.clone(),
            weather: self.weather.clone(),
            dice: self.dice.more(),
            time: self.time.clone(),
        };
        let clock = SimClock {
            time: self.time.clone(),
            life: life.clone(),
            wrong: place.wrong.clone(),
        };
        let wire = Wire {
            network: self.network.clone(),
            life: life.clone(),
            name: name.clone(),
        };
        let control = Control::start(
            self.store.behind(Arc::new(door)),
            Arc::new(wire),
            World::new(Arc::new(clock), self.dice.more()),
            settings(),
        );
        place.plane = Some(Plane {
            name,
            life,
            control,
        });
    }

    /// It dies where it is.
    pub(super) fn kill(&self, slot: usize) {
        let plane = self.slots()[slot].plane.take();
        if let Some(plane) = plane {
            self.history.note(&plane.name, "is killed");
            plane.life.kill();
        }
    }

    pub(super) fn freeze(&self, slot: usize) {
        if let Some(plane) = self.plane(slot) {
            self.history.note(&plane.name, "stands still");
            plane.life.freeze();
        }
    }

    pub(super) fn thaw(&self, slot: usize) {
        if let Some(plane) = self.plane(slot).filter(|plane| !plane.life.is_alive()) {
            self.history.note(&plane.name, "goes on");
            plane.life.thaw();
        }
    }

    /// Its clock is set.
    pub(super) fn set_clock(&self, slot: usize, millis: i64) {
        self.history.note(
            format_args!("plane{slot}"),
            format_args!("its clock is wrong by {millis} ms"),
        );
        self.slots()[slot].wrong.store(millis, Ordering::Relaxed);
    }

    /// One that answers, if there is one.
    pub(super) fn any(&self, dice: &Dice) -> Option<Plane> {
        let slots = self.slots();
        let planes = slots.iter().filter_map(|slot| slot.plane.clone());
        let alive: Vec<Plane> = planes.filter(|plane| plane.life.is_alive()).collect();
        dice.pick(&alive).cloned()
    }

    fn plane(&self, slot: usize) -> Option<Plane> {
        self.slots()[slot].plane.clone()
    }

    fn slots(&self) -> MutexGuard<'_, Vec<Slot>> {
        // A list of processes is whole after any panic.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What lies between one process and the database.
struct Door {
    name: String,
    alone: bool,
    life: Arc<Life>,
    checker: Arc<Checker>,
    weather: Arc<Weather>,
    dice: Arc<Dice>,
    time: Time,
}

impl Door {
    /// Others may be first.
    async fn pause(&self) {
        if self.dice.chance(200) {
            self.time.sleep(self.dice.while_of(0..20)).await;
        }
        self.life.goes_on().await;
    }

    /// A file is not lost while the process lives.
    fn is_lost(&self) -> bool {
        !self.alone && self.weather.brings(self.weather.database, &self.dice)
    }
}

impl Passage for Door {
    fn before(&self, _: bool) -> Passing<'_> {
        Box::pin(async {
            self.pause().await;
            if self.is_lost() {
                let why = "the server closed it".to_owned();
                return Err(Error::Lost { why });
            }
            Ok(())
        })
    }

    fn after(&self, written: bool) -> Passing<'_> {
        Box::pin(async move {
            if written {
                self.checker.look(&self.name).await;
            }
            self.pause().await;
            if written && self.is_lost() {
                return Err(Error::InDoubt);
            }
            Ok(())
        })
    }

    fn is_alone(&self) -> bool {
        self.alone
    }
}
