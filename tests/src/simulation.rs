//! The simulator: whole control planes over simulated servers, network and clocks, under one seed.
//!
//! A world runs on one thread. Everything in it that is random follows from its seed, its time goes
//! on only when nothing else can, and its database is carried out between two moments, so that the
//! same seed is the same world, line by line. Faults come as the `weather` has it; after every
//! change of the database and every call to a server it is checked that what must never be is not;
//! and in the end the weather clears and everything must settle.
//!
//! | file | what |
//! |---|---|
//! | `dice`, `time`, `clock`, `life` | chance, the world's time, wrong clocks, processes that die |
//! | `network`, `servers`, `planes` | what there is |
//! | `weather`, `faults` | what goes wrong |
//! | `caller`, `tenants`, `operators` | who calls |
//! | `rows`, `traces`, `checker`, `ending` | what must hold |
//! | `many` | many worlds, on all processors |

mod caller;
mod checker;
mod clock;
mod dice;
mod ending;
mod faults;
mod history;
mod life;
mod many;
mod network;
mod operators;
mod planes;
mod rows;
mod servers;
mod tenants;
mod time;
mod traces;
mod weather;

pub use self::many::{Failure, hunt, run_many, seed_to_replay, seeds};

use std::{path::PathBuf, sync::Arc};

use kloigos_sim::fleet::SimFleet;
use kloigos_store::Store;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use self::{
    caller::Caller, checker::Checker, dice::Dice, ending::Ending, faults::Faults, history::History,
    network::Network, operators::Operator, planes::Planes, servers::Servers, tenants::Tenant,
    time::Time, weather::Weather,
};

/// A place where worlds are run, one after the other.
pub struct Simulator {
    /// Where the database driver's threads live.
    threads: Runtime,
    dir: TempDir,
    /// A database with nothing in it.
    empty: PathBuf,
}

/// How a world went.
pub struct Outcome {
    /// What must never be and was; the first such thing.
    pub fault: Option<String>,
    /// Everything that happened.
    pub history: Vec<String>,
    /// The same for the same history.
    pub digest: String,
}

impl Simulator {
    /// In memory, where the machine has a file system in memory.
    pub fn new() -> Self {
        let threads = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let threads = threads.expect("a runtime");
        let memory = tempfile::tempdir_in("/dev/shm");
        let dir = memory.or_else(|_| tempfile::tempdir()).expect("a folder");
        let empty = dir.path().join("empty");
        threads.block_on(async {
            let store = Store::open(&empty).await.expect("a database");
            store.close().await;
        });
        Self {
            threads,
            dir,
            empty,
        }
    }

    /// Runs the world of a seed from its beginning to its end.
    pub fn run(&self, seed: u64) -> Outcome {
        let place = self.dir.path().join(seed.to_string());
        std::fs::create_dir(&place).expect("a folder");
        std::fs::copy(self.empty.join("kloigos.db"), place.join("kloigos.db")).expect("a copy");
        let store = self
            .threads
            .block_on(Store::open_as_it_is(&place))
            .expect("a database");
        let world = Builder::new_current_thread().event_interval(4096).build();
        let world = world.expect("a runtime");
        let time = Time::default();
        let history = History::new(time.clone());
        world.block_on(live(
            seed,
            store.at_once(self.threads.handle().clone()),
            &time,
            &history,
        ));
        drop(world);
        self.threads.block_on(store.close());
        std::fs::remove_dir_all(&place).expect("the folder is ours");
        Outcome {
            fault: history.first_fault(),
            history: history.lines(),
            digest: history.digest(),
        }
    }
}

impl Default for Simulator {
    fn default() -> Self {
        Self::new()
    }
}

/// Lets time go on until the story is over, or something was that must never be.
async fn live(seed: u64, store: Store, time: &Time, history: &History) {
    let dice = Dice::new(seed);
    let story = story(&dice, store, time.clone(), history.clone());
    let story = tokio::spawn(story);
    while !story.is_finished() && history.first_fault().is_none() {
        // Woken again when nothing else can be done.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        if !story.is_finished() && !time.go_on() {
            history.fault("nothing will ever happen again");
        }
    }
    if story.is_finished()
        && let Err(panic) = story.await
    {
        history.fault(format_args!("the story panicked: {panic}"));
    }
}

/// What happens in a world, from its beginning to its end.
fn story(
    dice: &Dice,
    store: Store,
    time: Time,
    history: History,
) -> impl Future<Output = ()> + Send + 'static {
    let weather = Arc::new(Weather::of(dice));
    let servers = 1 + dice.below(3);
    let planes = 1 + dice.below(3);
    let fleet = SimFleet::new(servers);
    let servers = Servers::new(fleet.clone(), servers, dice.more(), history.clone());
    let checker = Arc::new(Checker::new(
        store.clone(),
        servers.clone(),
        history.clone(),
    ));
    let network = Arc::new(Network {
        fleet,
        servers: servers.clone(),
        weather: weather.clone(),
        dice: dice.more(),
        time: time.clone(),
        history: history.clone(),
    });
    let (more, others) = (dice.more(), dice.more());
    async move {
        let planes = Planes::new(
            planes,
            store,
            network,
            checker.clone(),
            weather.clone(),
            more,
            history.clone(),
        );
        let faults = Faults {
            planes: planes.clone(),
            servers: servers.clone(),
            weather,
            dice: others.more(),
        };
        let caller = |name: String| Caller {
            name,
            planes: planes.clone(),
            dice: others.more(),
            time: time.clone(),
            history: history.clone(),
        };
        let operator = Operator {
            caller: caller("operator".to_owned()),
            checker: checker.clone(),
            servers: servers.count(),
        };
        let tenants = (0..=others.below(traces::TENANTS)).map(|number| Tenant {
            number,
            caller: caller(traces::tenant(number)),
            checker: checker.clone(),
            servers: servers.clone(),
            has: Vec::new(),
            calls: 0,
        });
        let mut people = tokio::task::JoinSet::new();
        for tenant in tenants {
            people.spawn(tenant.live(5 + others.below(12)));
        }
        people.spawn(operator.clone().work(5 + others.below(20)));
        tokio::spawn(faults.clone().go_on());
        while let Some(done) = people.join_next().await {
            if let Err(panic) = done {
                history.fault(format_args!("somebody panicked: {panic}"));
            }
        }
        faults.end();
        let ending = Ending {
            operator,
            checker,
            servers,
        };
        ending.see().await;
    }
}
