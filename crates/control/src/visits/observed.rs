//! What follows from a visit, in one transaction.
//!
//! What was worked on meanwhile is passed over: the rows that it was compared with were on their
//! way to something else.

use std::sync::Arc;

use jiff::Timestamp;
use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    event::EventKind,
    host::{Change, Facts, Generation, ScopeName, ScopeReport},
    server::{DriftMode, Health, ServerStatus},
};
use kloigos_store::{
    DriftScope, Error, JobKind, JobScope, NewEvent, Operation, ServerRecord, Tx, UnitRecord,
};

use super::look::{Incomparable, Looked, Seen};
use crate::{
    core::Core,
    jobs::{Attesting, Fault, Repairing, Scene, new_job, pin, set_health},
    reply,
};

/// Why a unit is in quarantine that nobody has by these rows.
const OVERTAKEN: &str = "the server has seen a newer state of this unit than this database, which \
    was restored from a backup or is not the only one; somebody may have the unit: look, and \
    deallocate it to empty it";

/// A visit that is over.
pub(super) struct Observed<'a> {
    pub(super) core: &'a Arc<Core>,
    pub(super) scene: &'a Scene,
    pub(super) looked: &'a Looked,
}

/// A scope that was looked at and not worked on meanwhile.
struct Compared<'a> {
    name: &'a ScopeName,
    unit: Option<&'a UnitRecord>,
    /// What differs.
    drift: Vec<Change>,
    standing: Standing,
}

/// How what differs can be put right.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// By an apply of the same.
    Repairable,
    /// Not by us.
    Faulty,
    /// The server is ahead of the rows.
    Overtaken,
}

impl Operation for Observed<'_> {
    type Output = ();
    type Refusal = Fault;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        let server = tx.load_server(self.scene.server.id).await?;
        let server = server.ok_or(Fault::Gone("the server"))?;
        if server.status != self.scene.server.status {
            return Ok(());
        }
        match self.looked {
            Looked::Lost(why) => {
                set_health(tx, self.core, &server, Health::Unreachable, Some(why)).await?;
            }
            Looked::Refused(why) => {
                set_health(tx, self.core, &server, Health::Degraded, Some(why)).await?;
            }
            Looked::Seen(seen) => self.note(&server, seen, tx).await?,
        }
        Ok(())
    }
}

impl Observed<'_> {
    fn now(&self) -> Timestamp {
        self.core.world.now()
    }

    async fn note(&self, server: &ServerRecord, seen: &Seen, tx: &mut Tx<'_>) -> Result<(), Error> {
        pin(tx, self.core, server, &seen.key).await?;
        self.facts(server, seen.facts.as_deref(), tx).await?;
        let mut compared = Vec::new();
        for (name, result) in &seen.scopes {
            if let Some(scope) = self.compared(server, name, result, tx).await? {
                compared.push(scope);
            }
        }
        if server.mode != DriftMode::Off {
            for scope in &compared {
                self.drift(server, scope, tx).await?;
            }
        }
        self.trust(server, &compared, tx).await?;
        self.distrust(&compared, tx).await?;
        self.attest(seen, &compared, tx).await?;
        self.health(server, seen, &compared, tx).await?;
        tx.set_visited(server.id, self.now()).await
    }

    /// What was found of a scope; `None` when it was worked on meanwhile.
    async fn compared<'s>(
        &'s self,
        server: &ServerRecord,
        name: &'s ScopeName,
        result: &Result<ScopeReport, Incomparable>,
        tx: &mut Tx<'_>,
    ) -> Result<Option<Compared<'s>>, Error> {
        let mut units = self.scene.units.iter().map(|(unit, _)| unit);
        let unit = units.find(|unit| ScopeName::Unit(unit.user.clone()) == *name);
        let (before, now): (Generation, Generation) = match unit {
            Some(unit) => {
                let now = tx.load_unit(unit.key).await?;
                let same = now.filter(|now| now.status == unit.status);
                let Some(now) = same else { return Ok(None) };
                (unit.generation, now.generation)
            }
            None => (self.scene.server.generation, server.generation),
        };
        let scope = JobScope {
            server: server.id,
            unit: unit.map(|unit| unit.key),
        };
        if before != now || tx.is_worked_on_since(scope, self.scene.seen).await? {
            return Ok(None);
        }
        let unknown = |why: &String| {
            let resource = "state".to_owned();
            let change = why.clone();
            vec![Change { resource, change }]
        };
        let (drift, standing) = match result {
            Ok(report) => (report.drift.clone(), Standing::Repairable),
            Err(Incomparable::Faulty(why)) => (unknown(why), Standing::Faulty),
            Err(Incomparable::Overtaken(why)) => (unknown(why), Standing::Overtaken),
        };
        Ok(Some(Compared {
            name,
            unit,
            drift,
            standing,
        }))
    }

    async fn drift(
        &self,
        server: &ServerRecord,
        scope: &Compared<'_>,
        tx: &mut Tx<'_>,
    ) -> Result<(), Error> {
        let unit = scope.unit.map(|unit| unit.key);
        let place = DriftScope {
            server: server.id,
            unit,
            name: scope.name,
        };
        tx.set_drift(place, &scope.drift, None, self.now()).await?;
        let repairable = scope.standing == Standing::Repairable;
        let repairs = server.mode == DriftMode::Repair && repairable;
        if !repairs || scope.drift.is_empty() {
            return Ok(());
        }
        let scope = JobScope {
            server: server.id,
            unit,
        };
        let now = self.now();
        let since = now.checked_sub(self.core.settings.repair_pause);
        let lately = (since.unwrap_or(Timestamp::MIN), now);
        if tx.failed_between(JobKind::Repairing, scope, lately).await? {
            return Ok(());
        }
        let first = Repairing::of(scope, None);
        tx.insert_job(&new_job(&first, scope, &self.core.world))
            .await
    }

    /// Units that were out of use while their server was lost are free again when they and its own
    /// part were compared and found as they should be.
    async fn trust(
        &self,
        server: &ServerRecord,
        compared: &[Compared<'_>],
        tx: &mut Tx<'_>,
    ) -> Result<(), Error> {
        let clean = |scope: &&Compared<'_>| scope.drift.is_empty();
        let own = compared.iter().filter(clean).any(|s| s.unit.is_none());
        if !own || server.status != ServerStatus::Ready {
            return Ok(());
        }
        for scope in compared.iter().filter(clean) {
            let unit = scope.unit;
            if let Some(unit) = unit.filter(|unit| unit.status == UnitStatus::Unavailable) {
                tx.move_unit(unit.key, UnitVerb::Restore, None, self.now())
                    .await?;
            }
        }
        Ok(())
    }

    /// A unit that these rows have as nobody's, while the server has seen newer ones of it, may be
    /// somebody's. Only an operator knows.
    async fn distrust(&self, compared: &[Compared<'_>], tx: &mut Tx<'_>) -> Result<(), Error> {
        let ahead = compared
            .iter()
            .filter(|s| s.standing == Standing::Overtaken);
        for unit in ahead.filter_map(|scope| scope.unit) {
            if matches!(unit.status, UnitStatus::Free | UnitStatus::Unavailable) {
                tx.move_unit(unit.key, UnitVerb::Spoil, Some(OVERTAKEN), self.now())
                    .await?;
            }
        }
        Ok(())
    }

    /// Where the kernel says something else than it said last, a job asks it and keeps the answer.
    async fn attest(
        &self,
        seen: &Seen,
        compared: &[Compared<'_>],
        tx: &mut Tx<'_>,
    ) -> Result<(), Error> {
        for scope in compared {
            let Some((unit, broken)) = scope.unit.zip(seen.broken.get(scope.name)) else {
                continue;
            };
            let known = unit.attestation.as_ref().map(|told| &told.broken);
            let Some(allocation) = unit.allocation.filter(|_| known != Some(broken)) else {
                continue;
            };
            // Drift that is being repaired breaks no promise a moment later.
            let place = JobScope {
                server: unit.server,
                unit: Some(unit.key),
            };
            if tx.unfinished_job(place).await?.is_none() {
                let (first, place) = Attesting::of_tenancy(unit.server, unit.key, allocation);
                tx.insert_job(&new_job(&first, place, &self.core.world))
                    .await?;
            }
        }
        Ok(())
    }

    async fn health(
        &self,
        server: &ServerRecord,
        seen: &Seen,
        compared: &[Compared<'_>],
        tx: &mut Tx<'_>,
    ) -> Result<(), Error> {
        let wanted = server.mode != DriftMode::Off;
        let differing = compared.iter().filter(|_| wanted);
        let drift = differing.flat_map(|scope| {
            let told = scope.drift.iter();
            told.map(|change| format!("{} differs: {}", scope.name, change.resource))
        });
        let degraded = seen.scopes.values().flatten();
        let degraded = degraded.flat_map(|report| report.degraded.iter().cloned());
        // What was worked on meanwhile is on its way to something else, promises and all.
        let broken = compared.iter().filter_map(|scope| {
            let told = seen.broken.get(scope.name)?.iter();
            Some(told.map(|check| format!("{} breaks {check}", scope.name)))
        });
        let broken = broken.flatten();
        let mut words: Vec<String> = drift.chain(degraded).chain(broken).collect();
        words.dedup();
        let reason = Some(reply::bounded(words.into_iter())).filter(|words| !words.is_empty());
        let health = match reason {
            None => Health::Healthy,
            Some(_) => Health::Degraded,
        };
        set_health(tx, self.core, server, health, reason.as_deref()).await
    }

    /// What a server is may change under us: another kernel, less memory.
    async fn facts(
        &self,
        server: &ServerRecord,
        facts: Option<&Facts>,
        tx: &mut Tx<'_>,
    ) -> Result<(), Error> {
        let (Some(now), Some(before)) = (facts, tx.load_facts(server.id).await?) else {
            return Ok(());
        };
        let changed = changed(&before, now);
        if changed.is_empty() {
            return Ok(());
        }
        tx.set_facts(server.id, now, server.housekeeping.as_ref())
            .await?;
        let event = NewEvent::of(EventKind::ServerFacts, self.now(), changed.join("; "));
        tx.tell(&event.on(server.id)).await
    }
}

/// The lasting facts that are others than before, in words.
fn changed(before: &Facts, now: &Facts) -> Vec<String> {
    let word = |name: &str, was: String, is: String| {
        (was != is).then(|| format!("{name}: {is} instead of {was}"))
    };
    let same = |name: &str, same: bool| (!same).then(|| format!("{name} changed"));
    [
        word("kernel", before.kernel.clone(), now.kernel.clone()),
        word("system", before.os.clone(), now.os.clone()),
        word(
            "systemd",
            before.systemd.to_string(),
            now.systemd.to_string(),
        ),
        word(
            "memory",
            before.memory_bytes.to_string(),
            now.memory_bytes.to_string(),
        ),
        word("machine", before.machine_id.clone(), now.machine_id.clone()),
        word("hostname", before.hostname.clone(), now.hostname.clone()),
        same("CPUs or memory nodes", before.topology == now.topology),
        same("disks", names(before) == names(now)),
        same("machinery", before.capabilities == now.capabilities),
        same("SSH daemon", before.sshd == now.sshd),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn names(facts: &Facts) -> Vec<&str> {
    facts.disks.iter().map(|disk| disk.name.as_str()).collect()
}
