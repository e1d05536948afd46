//! Looking without changing: the same inspection and plan as an apply's.

use kloigos_model::host::{Desired, Outcome, ScopeName};

use super::{Stop, Work, fence};
use crate::{
    fault::Trouble,
    paths,
    resource::Finding,
    resources::{self, Look, Presence},
    state::{self, Record},
    sys::{Host, Lock},
};

impl Work<'_> {
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
            return Err(self.stop_as(Outcome::Stale, &scope, message));
        }
        let setting = self.setting(record.is_some(), Look::Thorough);
        let resources = resources::of(&desired.spec, Presence::Present, setting);
        self.begin(desired);
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
        let kept = self.kept(desired, record.as_ref());
        let kept = kept.map_err(|trouble| self.stop(&scope, &trouble))?;
        self.note("state", kept);
        Ok(())
    }

    /// What is kept of a scope for the next boot, and for the guard in this one.
    fn kept(&mut self, desired: &Desired, record: Option<&Record>) -> Result<Finding, Trouble> {
        let same = |record: &Record| !record.removing && record.desired.spec == desired.spec;
        let mut changes = Vec::new();
        if !record.is_some_and(same) {
            changes.push("keep the desired state for the next boot".to_owned());
        }
        if !state::is_settled(self.host, desired)? {
            changes.push("note that it is settled in this boot".to_owned());
        }
        Ok(Finding {
            changes,
            degraded: Vec::new(),
        })
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
}
