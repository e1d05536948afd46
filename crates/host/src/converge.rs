//! The one loop: lock, fence, inspect and plan, keep the intention, apply, and verify by a second
//! plan that must be empty.

use kloigos_model::host::{
    Change, Desired, FaultReport, Outcome, Progress, ScopeName, ScopeReport,
};

use crate::{
    fault::{Trouble, chain},
    paths,
    resource::{Fault, Finding},
    resources::{self, Look, Presence, Resources, Setting},
    state::{self, Record},
    sys::{Access, Host, Lock, Share},
};

mod fence;

/// Why work ended before all scopes were settled.
#[derive(Debug)]
pub struct Stop {
    /// How the request ends.
    pub outcome: Outcome,
    /// What to tell.
    pub fault: Option<FaultReport>,
}

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

    /// Compares scopes with the server; all of them, whatever the first is like.
    pub fn inspect(&mut self, scopes: &[Desired]) -> Result<(), Stop> {
        scopes
            .iter()
            .try_for_each(|desired| self.look_at(desired))?;
        if self.reports.iter().all(|report| report.drift.is_empty()) {
            Ok(())
        } else {
            Err(Stop {
                outcome: Outcome::Drifted,
                fault: None,
            })
        }
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
        let _locks = self
            .lock(&scope)
            .map_err(|trouble| self.stop(&scope, &trouble))?;
        let record = self.fenced(desired, presence)?;
        let look = self.look(desired, record.as_ref(), presence)?;
        let setting = self.setting(record.is_some(), look);
        let resources = resources::of(&desired.spec, presence, setting);
        self.reports.push(ScopeReport {
            scope: scope.clone(),
            generation: desired.generation,
            changes: Vec::new(),
            drift: Vec::new(),
            degraded: Vec::new(),
        });
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
        self.host.make_dir(paths::RUN_DIR, Access::root(0o700))?;
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
        fence::check(record.as_ref(), desired, presence).map_err(|stop| Stop {
            outcome: stop.outcome,
            fault: Some(self.fault(Some(&scope), None, stop.to_string())),
        })?;
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
        resources: &[Box<dyn crate::resource::AnyResource>],
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

    /// Settled means that a second plan is empty.
    fn verify(&mut self, scope: &ScopeName, resources: &Resources) -> Result<(), Stop> {
        let mut settled = true;
        for resource in resources {
            let finding = resource.find(self.host);
            let finding = finding.map_err(|fault| self.stop_at(scope, &fault))?;
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

    fn look_at(&mut self, desired: &Desired) -> Result<(), Stop> {
        let scope = desired.scope();
        let _locks = self
            .lock_if_ours(&scope)
            .map_err(|trouble| self.stop(&scope, &trouble))?;
        let record =
            state::load(self.host, &scope).map_err(|trouble| self.stop(&scope, &trouble))?;
        if let Some(newer) = record
            .as_ref()
            .filter(|record| record.desired.generation > desired.generation)
        {
            let message = fence::older(desired.generation, newer.desired.generation);
            return Err(Stop {
                outcome: Outcome::Stale,
                fault: Some(self.fault(Some(&scope), None, message)),
            });
        }
        let setting = self.setting(record.is_some(), Look::Thorough);
        let resources = resources::of(&desired.spec, Presence::Present, setting);
        self.reports.push(ScopeReport {
            scope: scope.clone(),
            generation: desired.generation,
            changes: Vec::new(),
            drift: Vec::new(),
            degraded: Vec::new(),
        });
        for resource in &resources {
            let finding = match resource.find(self.host) {
                Ok(finding) => finding,
                // What an apply would refuse is something that is not as it should be.
                Err(fault) if matches!(fault.source, Trouble::Refused(_)) => Finding {
                    changes: vec![fault.line()],
                    degraded: Vec::new(),
                },
                Err(fault) => return Err(self.stop_at(&scope, &fault)),
            };
            self.note(resource.name(), finding);
        }
        Ok(())
    }

    /// Leaves nothing of ours on a server that has no record of ours, such as one that refused.
    pub fn leave(&mut self) -> Result<(), Trouble> {
        let is_ours = |host: &mut dyn Host| host.stat(paths::STATE_DIR).map(|stat| stat.is_some());
        if self.host.stat(paths::RUN_DIR)?.is_none() || is_ours(self.host)? {
            return Ok(());
        }
        let _lock = self.lock(&ScopeName::Server)?;
        if !is_ours(self.host)? {
            self.host.remove_tree(paths::RUN_DIR)?;
        }
        Ok(())
    }

    /// Looking makes no lock file.
    fn lock_if_ours(&mut self, scope: &ScopeName) -> Result<Vec<Lock>, Trouble> {
        if self.host.stat(&paths::lock(scope))?.is_some() {
            self.lock(scope)
        } else {
            Ok(Vec::new())
        }
    }

    fn stop(&self, scope: &ScopeName, trouble: &Trouble) -> Stop {
        let message = match trouble {
            Trouble::Refused(refusal) => refusal.to_string(),
            _ => chain(trouble),
        };
        Stop {
            outcome: outcome(trouble),
            fault: Some(self.fault(Some(scope), None, message)),
        }
    }

    fn stop_at(&self, scope: &ScopeName, fault: &Fault) -> Stop {
        // A refusal after something was changed is no longer one that left the server alone.
        let outcome = match outcome(&fault.source) {
            Outcome::Refused if self.changed => Outcome::Fault,
            outcome => outcome,
        };
        Stop {
            outcome,
            fault: Some(self.fault(Some(scope), Some(fault.resource), fault.line())),
        }
    }

    fn fault(
        &self,
        scope: Option<&ScopeName>,
        resource: Option<&str>,
        message: String,
    ) -> FaultReport {
        FaultReport {
            scope: scope.cloned(),
            resource: resource.map(str::to_owned),
            message,
            changed: self.changed,
        }
    }
}

fn outcome(trouble: &Trouble) -> Outcome {
    match trouble {
        Trouble::Refused(_) => Outcome::Refused,
        Trouble::Sys(_) | Trouble::Text { .. } => Outcome::Fault,
    }
}

fn described(resource: &str, change: String) -> Change {
    Change {
        resource: resource.to_owned(),
        change,
    }
}
