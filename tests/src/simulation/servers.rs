//! The servers of a world: whether they are on, and what is looked at on them after each call.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kloigos_host::sys::Files;
use kloigos_model::{
    compute_unit::UnitStatus,
    host::{Desired, Generation, Request, ScopeName},
};
use kloigos_sim::{
    fleet::SimFleet,
    host::{Meddling, SimHost},
};
use kloigos_store::UnitRecord;
use serde_json::Value;

use super::{dice::Dice, history::History, rows::Rows, traces};

/// The servers, and the rows that they were last compared with.
pub(super) struct Servers {
    fleet: SimFleet,
    pristine: Vec<SimHost>,
    dice: Arc<Dice>,
    history: History,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Nobody reaches these.
    cut: BTreeMap<u32, Cut>,
    rebooted: BTreeMap<u32, u32>,
    /// What is ours was changed by hand on these, since it was all removed last.
    meddled: BTreeSet<u32>,
    /// How often each was returned as it was.
    removals: BTreeMap<u32, u32>,
    /// On these a process ended in the middle of a request that was older than a removal.
    died_late: BTreeSet<u32>,
    /// The newest generation that each scope of a server was seen with.
    newest: BTreeMap<(u32, ScopeName), Generation>,
    rows: Arc<Rows>,
    /// What a unit has that was never anybody's.
    fresh: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Link,
    Power,
}

/// Where a server keeps what it needs until the next boot.
const RUN: &str = "/run/kloigos";
/// What is known from here alone: how new everything is, and which binary says so.
const KEPT: [&str; 2] = ["/var/lib/kloigos", "/usr/local"];

/// What a request is about, before it is carried out.
pub(super) struct Before(Vec<ScopeName>);

impl Before {
    pub(super) fn of(request: &Request) -> Self {
        let scopes = match request {
            Request::Apply { scopes } | Request::Remove { scopes } => scopes.as_slice(),
            Request::Facts | Request::Inspect { .. } | Request::Attest { .. } => &[],
        };
        Self(scopes.iter().map(Desired::scope).collect())
    }
}

impl Servers {
    pub(super) fn new(fleet: SimFleet, count: u32, dice: Arc<Dice>, history: History) -> Arc<Self> {
        let machine = |number| fleet.on_machine(number, |machine| machine.clone());
        Arc::new(Self {
            pristine: (1..=count).map(machine).collect(),
            fleet,
            dice,
            history,
            inner: Mutex::default(),
        })
    }

    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.pristine.len()).expect("a world is small")
    }

    pub(super) fn is_reached(&self, number: u32) -> bool {
        !self.inner().cut.contains_key(&number)
    }

    /// The link to it goes down, for a while.
    pub(super) fn cut(&self, number: u32) {
        self.history.note(format_args!("sim{number}"), "is cut off");
        self.inner().cut.insert(number, Cut::Link);
    }

    /// It loses power, for a while.
    pub(super) fn lose_power(&self, number: u32) {
        self.history
            .note(format_args!("sim{number}"), "loses power");
        self.inner().cut.insert(number, Cut::Power);
    }

    /// How often everything of ours was removed from it.
    pub(super) fn removals(&self, number: u32) -> u32 {
        self.inner()
            .removals
            .get(&number)
            .copied()
            .unwrap_or_default()
    }

    /// Everything was.
    pub(super) fn removed(&self, number: u32) {
        let mut inner = self.inner();
        inner.meddled.remove(&number);
        *inner.removals.entry(number).or_default() += 1;
    }

    /// Requests that come from here on were on the server before a removal, or were not.
    pub(super) fn let_wait(&self, number: u32, waited: bool) {
        self.fleet
            .on_machine(number, |machine| machine.set_waits_for_removal(waited));
    }

    /// The process of a request that was older than a removal ended in its middle, or could not
    /// take away its locks.
    pub(super) fn died_late(&self, number: u32) {
        self.inner().died_late.insert(number);
    }

    /// It is as it was, after a boot where it had no power.
    pub(super) fn come_back(&self, number: u32) {
        let cut = self.inner().cut.remove(&number);
        if cut == Some(Cut::Power) {
            self.fleet.on_machine(number, SimHost::reboot);
            *self.inner().rebooted.entry(number).or_default() += 1;
        }
        if cut.is_some() {
            self.history.note(format_args!("sim{number}"), "is back");
        }
    }

    pub(super) fn fill(&self, number: u32, full: bool) {
        let what = if full {
            "has a full disk"
        } else {
            "has room on its disk"
        };
        self.history.note(format_args!("sim{number}"), what);
        self.fleet
            .on_machine(number, |machine| machine.set_full(full));
    }

    /// Somebody takes away or spoils some of what is ours; never what says how new it is.
    pub(super) fn meddle(&self, number: u32) {
        let pristine = &self.pristine[number as usize - 1];
        let (dice, history) = (&self.dice, &self.history);
        self.fleet.on_machine(number, |machine| {
            *machine = machine.meddled(pristine, |path| {
                let kept = KEPT.iter().any(|kept| path.starts_with(kept)) || path == "/run/kloigos";
                if kept || !dice.chance(40) {
                    return Meddling::Keep;
                }
                let how = if dice.chance(500) {
                    Meddling::Undo
                } else {
                    Meddling::Spoil
                };
                history.note(
                    format_args!("sim{number}"),
                    format_args!("somebody: {how:?} {path}"),
                );
                how
            });
        });
        self.inner().meddled.insert(number);
    }

    /// A tenant that is let in makes itself at home; whether it was.
    pub(super) fn move_in(&self, number: u32, user: &str, uid: u32, dir: &str) -> bool {
        self.fleet.on_machine(number, |machine| {
            let lets_in = machine.lets_in(user, uid);
            if lets_in {
                machine.make_mess(user, uid, dir);
            }
            lets_in
        })
    }

    /// After each call: no scope is older than it was, and nothing of a tenant is where nobody
    /// lives.
    pub(super) fn after(&self, number: u32, before: &Before) {
        for scope in &before.0 {
            self.is_no_older(number, scope);
        }
        if !before.0.is_empty() {
            self.look(number);
        }
    }

    fn is_no_older(&self, number: u32, scope: &ScopeName) {
        let Some(now) = self.generation(number, scope) else {
            // A removal leaves nothing to tell by. One that was cut short is done again as a whole,
            // and what is left when it is over is looked for then.
            self.inner().newest.remove(&(number, scope.clone()));
            return;
        };
        let mut inner = self.inner();
        let newest = inner.newest.entry((number, scope.clone())).or_insert(now);
        if now < *newest {
            let was = *newest;
            drop(inner);
            self.history.fault(format_args!(
                "sim{number} went back to {scope} at {now}, which was at {was} already"
            ));
        } else {
            *newest = now;
        }
    }

    /// How new a scope is by the server's own record.
    fn generation(&self, number: u32, scope: &ScopeName) -> Option<Generation> {
        let path = match scope {
            ScopeName::Server => "/var/lib/kloigos/server.json".to_owned(),
            ScopeName::Unit(user) => format!("/var/lib/kloigos/units/{user}.json"),
        };
        let body = self.fleet.on_machine(number, |machine| machine.read(&path));
        let record: Value = serde_json::from_slice(&body.ok()??).ok()?;
        record["desired"]["generation"].as_str()?.parse().ok()
    }

    /// Compares a server with the rows as they were last seen.
    fn look(&self, number: u32) {
        let rows = self.inner().rows.clone();
        for unit in rows.units_of(number) {
            let fresh = self.inner().fresh.get(&kind(unit)).cloned();
            let found = self.fleet.on_machine(number, |machine| {
                traces::wrong(machine, unit, fresh.as_deref())
            });
            for what in found {
                self.history.fault(format_args!(
                    "on sim{number}, {} is {}: {what}",
                    unit.id, unit.status
                ));
            }
        }
    }

    /// The rows are others now: what they say of servers must be so.
    pub(super) fn compare(&self, rows: &Arc<Rows>, changed: &[u32]) {
        self.inner().rows = rows.clone();
        for &number in changed {
            // A unit that somebody took something from says nothing of what a new one has.
            let whole = !self.inner().meddled.contains(&number);
            for unit in rows
                .units_of(number)
                .filter(|unit| whole && unit.status == UnitStatus::Free)
            {
                let key = kind(unit);
                let traces = self
                    .fleet
                    .on_machine(number, |machine| machine.traces(unit.uid));
                self.inner().fresh.entry(key).or_insert(traces);
            }
            self.look(number);
        }
    }

    /// What is on a machine that was not there before we came, and what is not there any more.
    pub(super) fn left_behind(&self, number: u32) -> Vec<String> {
        let mut pristine = self.pristine[number as usize - 1].clone();
        if self.inner().rebooted.contains_key(&number) {
            pristine.reboot();
        }
        let now = self.fleet.snapshot(number);
        let differences = traces::differences(&pristine.snapshot(), &now).into_iter();
        // A request that came late found nothing to do, and brought the binary with it.
        let binary = |what: &String| what.starts_with("/usr/local/lib/kloigos");
        // Where its process ended before it found that, nobody knows of its locks; the next boot
        // takes them.
        let died_late = self.inner().died_late.contains(&number);
        let lock = |what: &String| {
            let path = what.split(": ").next().unwrap_or_default();
            let below = path.strip_prefix(RUN);
            died_late && below.is_some_and(|file| file.is_empty() || file.contains(".lock"))
        };
        let ours = |what: &String| !binary(what) && !lock(what);
        differences.filter(ours).collect()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // What is known is whole after any panic.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a unit without a tenant looks like depends on whether its user manager runs.
fn kind(unit: &UnitRecord) -> String {
    format!("{}, warm {}", unit.key, unit.warm)
}
