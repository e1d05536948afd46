//! The one loop: lock, fence, inspect and plan, keep the intention, apply, and verify by a second
//! plan that must be empty.

use kloigos_model::host::{Change, Desired, Outcome, Progress, ScopeName, ScopeReport};

use crate::{
    fault::Trouble,
    paths,
    resource::{AnyResource, Finding},
    resources::{self, Look, Presence, Resources, Setting},
    state::{self, Record},
    sys::{Host, Lock, Share},
};

mod fence;
mod inspect;
mod stop;

pub use stop::Stop;

/// How often, a moment apart, to look again at what differs after everything was applied.
const PATIENCE: u32 = 200;

/// The work on one request's scopes.
pub struct Work<'a> {
    host: &'a mut dyn Host,
    tell: &'a mut dyn FnMut(Progress),
    boot: bool,
    /// What was done, scope by scope.
    pub reports: Vec<ScopeReport>,
    /// Whether anything was changed.
    pub changed: bool,
    done: u32,
    of: u32,
}

impl<'a> Work<'a> {
    /// Work that tells its progress.
    pub fn new(host: &'a mut dyn Host, tell: &'a mut dyn FnMut(Progress), boot: bool) -> Self {
        Self {
            host,
            tell,
            boot,
            reports: Vec::new(),
            changed: false,
            done: 0,
            of: 0,
        }
    }

    /// Brings scopes to their desired state, one after the other.
    pub fn apply(&mut self, scopes: &[Desired]) -> Result<(), Stop> {
        self.count(scopes, Presence::Present);
        scopes
            .iter()
            .try_for_each(|desired| self.converge(desired, Presence::Present))
    }

    /// Brings scopes to absence, one after the other.
    pub fn remove(&mut self, scopes: &[Desired]) -> Result<(), Stop> {
        self.count(scopes, Presence::Absent);
        scopes
            .iter()
            .try_for_each(|desired| self.converge(desired, Presence::Absent))
    }

    /// Opens the report of a scope.
    fn begin(&mut self, desired: &Desired) {
        self.reports.push(ScopeReport {
            scope: desired.scope(),
            generation: desired.generation,
            changes: Vec::new(),
            drift: Vec::new(),
            degraded: Vec::new(),
        });
    }

    /// How many resources there are, for the progress that is told.
    fn count(&mut self, scopes: &[Desired], presence: Presence) {
        let setting = self.setting(true, Look::Thorough);
        let of = |desired: &Desired| resources::of(&desired.spec, presence, setting).len() as u32;
        self.of = scopes.iter().map(of).sum();
    }

    fn setting(&self, recorded: bool, look: Look) -> Setting {
        Setting {
            recorded,
            look,
            boot: self.boot,
        }
    }

    fn converge(&mut self, desired: &Desired, presence: Presence) -> Result<(), Stop> {
        let scope = desired.scope();
        let locks = self
            .lock(&scope)
            .map_err(|trouble| self.stop(&scope, &trouble))?;
        // A removal leaves nothing that could tell who is older: what waited for it is.
        if presence == Presence::Present && locks.iter().any(Lock::was_removed_meanwhile) {
            let message = "it was removed while this request waited for it; ask again".to_owned();
            return Err(self.stop_as(Outcome::Fault, &scope, message));
        }
        let record = self.fenced(desired, presence)?;
        let look = self.look(desired, record.as_ref(), presence)?;
        let setting = self.setting(record.is_some(), look);
        let resources = resources::of(&desired.spec, presence, setting);
        self.begin(desired);
        let intention = Record {
            desired: desired.clone(),
            removing: presence == Presence::Absent,
        };
        // Every refusal comes before the first change.
        let first = self.first_to_settle(&scope, &resources)?;
        let keep = record.is_some() || presence == Presence::Present;
        if keep && record.as_ref() != Some(&intention) {
            self.changed = true;
            state::save(self.host, &intention).map_err(|trouble| self.stop(&scope, &trouble))?;
        }
        // From here on what is there is ours.
        let recorded = setting.recorded || presence == Presence::Present;
        let resources = resources::of(&desired.spec, presence, self.setting(recorded, look));
        if let Some(first) = first {
            self.settle(&scope, &resources[first..])?;
        }
        self.verify(&scope, &resources)?;
        self.done += resources.len() as u32;
        let kept = match presence {
            Presence::Present => state::mark_settled(self.host, desired),
            Presence::Absent => state::forget(self.host, &scope),
        };
        kept.map_err(|trouble| self.stop(&scope, &trouble))
    }

    /// The server's part and a unit's are not worked on at once, for the server's part loads all
    /// units' rules; units are, among each other.
    fn lock(&mut self, scope: &ScopeName) -> Result<Vec<Lock>, Trouble> {
        state::place(self.host, paths::RUN_DIR)?;
        let (server, unit) = match scope {
            ScopeName::Server => (Share::Exclusive, None),
            ScopeName::Unit(_) => (Share::Shared, Some(paths::lock(scope))),
        };
        let mut locks = vec![self.host.lock(&paths::lock(&ScopeName::Server), server)?];
        if let Some(path) = unit {
            locks.push(self.host.lock(&path, Share::Exclusive)?);
        }
        Ok(locks)
    }

    fn fenced(&mut self, desired: &Desired, presence: Presence) -> Result<Option<Record>, Stop> {
        let scope = desired.scope();
        let record =
            state::load(self.host, &scope).map_err(|trouble| self.stop(&scope, &trouble))?;
        fence::check(record.as_ref(), desired, presence)
            .map_err(|stop| self.stop_as(stop.outcome, &scope, stop.to_string()))?;
        let same = record
            .as_ref()
            .is_some_and(|record| !record.removing && record.desired.spec == desired.spec);
        if !same || presence == Presence::Absent {
            fence::alone(self.host, desired, presence)
                .map_err(|trouble| self.stop(&scope, &trouble))?;
        }
        Ok(record)
    }

    /// An allocation of a slot that was settled in this boot is looked at swiftly. Asking for the
    /// same again is a repair, and looks thoroughly. At boot the server's part has just loaded the
    /// rules of all units, and nothing of a unit runs yet.
    fn look(
        &mut self,
        desired: &Desired,
        record: Option<&Record>,
        presence: Presence,
    ) -> Result<Look, Stop> {
        let scope = desired.scope();
        if scope == ScopeName::Server || presence == Presence::Absent {
            return Ok(Look::Thorough);
        }
        let settled = state::is_settled(self.host, desired);
        let settled = settled.map_err(|trouble| self.stop(&scope, &trouble))?;
        let newer = record.is_some_and(|record| {
            !record.removing && record.desired.generation != desired.generation
        });
        let swift = self.boot || (settled && newer);
        Ok(if swift { Look::Swift } else { Look::Thorough })
    }

    /// The first resource that is not as it should be.
    fn first_to_settle(
        &mut self,
        scope: &ScopeName,
        resources: &Resources,
    ) -> Result<Option<usize>, Stop> {
        let mut first = None;
        for (index, resource) in resources.iter().enumerate() {
            let finding = resource
                .find(self.host)
                .map_err(|fault| self.stop_at(scope, &fault))?;
            if first.is_none() && !finding.changes.is_empty() {
                first = Some(index);
            }
        }
        Ok(first)
    }

    fn settle(
        &mut self,
        scope: &ScopeName,
        resources: &[Box<dyn AnyResource>],
    ) -> Result<(), Stop> {
        for (resource, done) in resources.iter().zip(self.done..) {
            (self.tell)(Progress {
                scope: scope.clone(),
                resource: resource.name().to_owned(),
                done,
                of: self.of,
            });
            let mut changes = Vec::new();
            let settled = resource.settle(self.host, &mut |change| changes.push(change));
            self.changed |= !changes.is_empty();
            let changes = changes
                .into_iter()
                .map(|change| described(resource.name(), change));
            if let Some(report) = self.reports.last_mut() {
                report.changes.extend(changes);
            }
            settled.map_err(|fault| self.stop_at(scope, &fault))?;
        }
        Ok(())
    }

    /// Settled means that a second plan is empty. systemd writes what a start was asked of after
    /// it has answered (seen: a slice's limits, a moment after `start --no-block`), so a resource
    /// that differs is looked at again before it is called drifted.
    fn verify(&mut self, scope: &ScopeName, resources: &Resources) -> Result<(), Stop> {
        let mut settled = true;
        for resource in resources {
            let finding = self.find_settled(scope, resource.as_ref())?;
            settled &= finding.changes.is_empty();
            self.note(resource.name(), finding);
        }
        if settled {
            Ok(())
        } else {
            Err(Stop {
                outcome: Outcome::Drifted,
                fault: None,
            })
        }
    }

    fn find_settled(
        &mut self,
        scope: &ScopeName,
        resource: &dyn AnyResource,
    ) -> Result<Finding, Stop> {
        let mut looks = 0;
        loop {
            let finding = resource.find(self.host);
            let finding = finding.map_err(|fault| self.stop_at(scope, &fault))?;
            looks += 1;
            if finding.changes.is_empty() || looks > PATIENCE {
                return Ok(finding);
            }
            let waited = self.host.pause();
            waited.map_err(|error| self.stop(scope, &Trouble::from(error)))?;
        }
    }

    /// What a resource was found to be, into the report of the scope in work.
    fn note(&mut self, resource: &str, finding: Finding) {
        if let Some(report) = self.reports.last_mut() {
            let changes = finding.changes.into_iter();
            report
                .drift
                .extend(changes.map(|change| described(resource, change)));
            report.degraded.extend(finding.degraded);
        }
    }
}

fn described(resource: &str, change: String) -> Change {
    Change {
        resource: resource.to_owned(),
        change,
    }
}
