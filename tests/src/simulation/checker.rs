//! What must hold after every change of the database, whoever made it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    event::{EventId, EventKind},
    ids::{AllocationId, JobId},
    server::{Health, ServerStatus, ServerVerb},
};
use kloigos_store::{EventRecord, JobRecord, Store, UnitRecord};

use super::{
    history::History,
    rows::{Rows, Since},
    servers::Servers,
};

/// Looks at the database after each change.
pub(super) struct Checker {
    store: Store,
    servers: Arc<Servers>,
    history: History,
    known: Mutex<Known>,
}

/// What was known after the change before.
#[derive(Default)]
struct Known {
    seen: EventId,
    units: BTreeMap<String, UnitStatus>,
    servers: BTreeMap<String, ServerStatus>,
    /// How jobs ended.
    over: BTreeMap<JobId, EventKind>,
    /// Which process was given a job last.
    holders: BTreeMap<JobId, String>,
    /// Whose a tenancy is, as its tenant was told.
    hands: BTreeMap<AllocationId, String>,
    rows: Arc<Rows>,
}

impl Checker {
    /// `store` waits for nobody.
    pub(super) fn new(store: Store, servers: Arc<Servers>, history: History) -> Self {
        Self {
            store,
            servers,
            history,
            known: Mutex::default(),
        }
    }

    /// Something was committed, by this process.
    pub(super) async fn look(&self, by: &str) {
        let seen = self.known().seen;
        match self.store.view(&Since(seen)).await {
            Ok(Some((events, rows))) => self.check(by, &events, &Arc::new(rows)),
            Ok(None) => {}
            Err(error) => self.history.fault(format_args!("the checker: {error:?}")),
        }
    }

    /// The rows as they were last seen.
    pub(super) fn rows(&self) -> Arc<Rows> {
        self.known().rows.clone()
    }

    /// Whether a job ended without what it was for.
    pub(super) fn failed(&self, job: JobId) -> bool {
        let end = self.known().over.get(&job).copied();
        matches!(end, Some(EventKind::JobFailed | EventKind::JobCancelled))
    }

    /// A tenant was told that a tenancy is its own.
    pub(super) fn handed(&self, tenancy: AllocationId, to: &str) {
        let before = self.known().hands.insert(tenancy, to.to_owned());
        if let Some(other) = before.filter(|other| other != to) {
            self.history
                .fault(format_args!("{tenancy} was given to {other} and to {to}"));
        }
    }

    fn check(&self, by: &str, events: &[EventRecord], rows: &Arc<Rows>) {
        let mut wrong = Vec::new();
        {
            let mut known = self.known();
            for event in events {
                self.history.note("database", told(event));
                known.seen = event.id;
                wrong.extend(known.follow(event));
                wrong.extend(known.is_held(event, by));
            }
            wrong.extend(known.agree(rows));
            known.rows = rows.clone();
        }
        wrong.extend(rows.units.iter().flat_map(|unit| of_unit(unit, rows)));
        wrong.extend(apart(rows));
        wrong.extend(in_turn(&rows.running));
        for what in &wrong {
            self.history.fault(what);
        }
        let changed = (1..=self.servers.count()).filter(|number| {
            let name = format!("sim{number}");
            let units = events
                .iter()
                .filter(|event| event.kind == EventKind::UnitStatus);
            let mut hosts = units.filter_map(|event| event.hostname.as_ref());
            hosts.any(|host| host.to_string() == name)
        });
        self.servers.compare(rows, &changed.collect::<Vec<_>>());
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // What is known is whole after any panic.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An event in a few words.
fn told(event: &EventRecord) -> String {
    let whom = event.unit.as_ref().map(ToString::to_string);
    let whom = whom.or_else(|| event.hostname.as_ref().map(ToString::to_string));
    let job = event.job.map(|job| format!(" by {job}"));
    let moved = event.was.as_ref().zip(event.became.as_ref());
    let moved = moved.map(|(was, became)| format!(" {was} → {became}"));
    format!(
        "{} {}{}{} ({})",
        event.kind,
        whom.unwrap_or_default(),
        moved.unwrap_or_default(),
        job.unwrap_or_default(),
        event.detail
    )
}

impl Known {
    /// States change along their tables alone, and what is over stays so.
    fn follow(&mut self, event: &EventRecord) -> Option<String> {
        match event.kind {
            EventKind::UnitStatus => self.follow_unit(event),
            EventKind::ServerStatus => self.follow_server(event),
            EventKind::JobQueued
            | EventKind::JobStarted
            | EventKind::JobAdvanced
            | EventKind::JobWaiting
            | EventKind::JobCancelling
            | EventKind::JobSucceeded
            | EventKind::JobFailed
            | EventKind::JobCancelled => self.follow_job(event),
            EventKind::ServerHealth
            | EventKind::ServerFacts
            | EventKind::ServerMode
            | EventKind::HostKeyPinned
            | EventKind::UnitChanged
            | EventKind::PromiseBroken
            | EventKind::DriftFound
            | EventKind::DriftGone
            | EventKind::WebhookChanged
            | EventKind::DatabaseRestored => None,
        }
    }

    fn follow_unit(&mut self, event: &EventRecord) -> Option<String> {
        let name = event.unit.as_ref()?.to_string();
        let was: UnitStatus = event.was.as_ref()?.parse().ok()?;
        let became: UnitStatus = event.became.as_ref()?.parse().ok()?;
        let before = self.units.insert(name.clone(), became);
        let begins = before.is_none_or(|before| before == UnitStatus::Decommissioned);
        let follows = before == Some(was) || (begins && was == UnitStatus::Initializing);
        let known = UnitVerb::ALL
            .iter()
            .any(|&verb| was.after(verb) == Ok(became));
        (!follows || !known).then(|| format!("{name} went from {before:?}, {was}, to {became}"))
    }

    fn follow_server(&mut self, event: &EventRecord) -> Option<String> {
        let name = event.hostname.as_ref()?.to_string();
        let was: ServerStatus = event.was.as_ref()?.parse().ok()?;
        let became: ServerStatus = event.became.as_ref()?.parse().ok()?;
        let before = self.servers.insert(name.clone(), became);
        let begins = before.is_none_or(|before| before == ServerStatus::Decommissioned);
        let follows = before == Some(was) || (begins && was == ServerStatus::Initializing);
        let known = ServerVerb::ALL
            .iter()
            .any(|&verb| was.after(verb) == Ok(became));
        (!follows || !known).then(|| format!("{name} went from {before:?}, {was}, to {became}"))
    }

    fn follow_job(&mut self, event: &EventRecord) -> Option<String> {
        let job = event.job?;
        let over = matches!(
            event.kind,
            EventKind::JobSucceeded | EventKind::JobFailed | EventKind::JobCancelled
        );
        if event.detail.contains("went wrong; its log says what") {
            return Some(format!("a fault of kloigos itself in {job}"));
        }
        let was_over = self.over.contains_key(&job);
        if over {
            self.over.insert(job, event.kind);
        }
        was_over.then(|| format!("{job} was over, and then {}", event.kind))
    }

    /// What a job does is done by whoever was given it last: one that stood still past its lease
    /// writes nothing any more.
    fn is_held(&mut self, event: &EventRecord, by: &str) -> Option<String> {
        let job = event.job?;
        match event.kind {
            // Whoever asks for it.
            EventKind::JobQueued | EventKind::JobCancelling => return None,
            EventKind::JobStarted => {
                self.holders.insert(job, by.to_owned());
                return None;
            }
            _ => {}
        }
        let holder = self.holders.get(&job);
        let held = holder.is_some_and(|holder| holder == by);
        (!held).then(|| {
            let what = event.kind;
            format!("{by} wrote {what} for {job}, which was given to {holder:?}")
        })
    }

    /// The rows are what the events led to.
    fn agree(&self, rows: &Rows) -> Vec<String> {
        let units = rows.units.iter().filter_map(|unit| {
            let told = self.units.get(&unit.id.to_string());
            let begins = unit.status == UnitStatus::Initializing;
            let agrees = told == Some(&unit.status) || begins;
            (!agrees).then(|| format!("{} is {}, and events say {told:?}", unit.id, unit.status))
        });
        units.collect()
    }
}

/// What must be so of a unit beside its own row.
fn of_unit(unit: &UnitRecord, rows: &Rows) -> Vec<String> {
    let mut wrong = Vec::new();
    let tenancy = unit.allocation.is_some();
    match unit.status {
        UnitStatus::Free => {
            let server = rows.server_of(unit);
            let kept = server.is_none_or(|server| match server.status {
                ServerStatus::Ready => server.health == Health::Unreachable,
                // None of it is handed out any more.
                ServerStatus::Decommissioning | ServerStatus::DecommissionFail => false,
                ServerStatus::Cordoned
                | ServerStatus::Initializing
                | ServerStatus::InitFail
                | ServerStatus::Decommissioned => true,
            });
            if kept {
                let how = server.map(|server| (server.status, server.health));
                wrong.push(format!("{} is free, and its server is {how:?}", unit.id));
            }
            if tenancy {
                wrong.push(format!("{} is free, and has a tenancy", unit.id));
            }
        }
        UnitStatus::Allocating | UnitStatus::Allocated if !tenancy => {
            wrong.push(format!(
                "{} is {}, and has no tenancy",
                unit.id, unit.status
            ));
        }
        UnitStatus::Unavailable | UnitStatus::Initializing if tenancy => {
            wrong.push(format!("{} is {}, and has a tenancy", unit.id, unit.status));
        }
        _ => {}
    }
    if unit.status.is_quarantined() && unit.reason.is_none() {
        wrong.push(format!("{} is {} without a reason", unit.id, unit.status));
    }
    wrong
}

/// No two living units have anything in common.
fn apart(rows: &Rows) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, unit) in rows.units.iter().enumerate() {
        for other in &rows.units[..index] {
            let together = unit.server == other.server
                && (unit.uid == other.uid
                    || unit.ports.overlaps(other.ports)
                    || unit.cpus.intersection(&other.cpus).is_some());
            let same = unit.key == other.key || unit.id == other.id;
            let hand = unit.allocation.is_some() && unit.allocation == other.allocation;
            if together || same || hand {
                wrong.push(format!("{} and {} share something", unit.id, other.id));
            }
        }
    }
    wrong
}

/// One job at a time works on a unit, and on a server as a whole none beside it.
fn in_turn(running: &[JobRecord]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, job) in running.iter().enumerate() {
        for other in &running[..index] {
            let whole = job.unit_key.is_none() || other.unit_key.is_none();
            let same = job.server_key == other.server_key;
            if same && (whole || job.unit_key == other.unit_key) {
                wrong.push(format!("{} and {} work on the same", job.id, other.id));
            }
        }
    }
    wrong
}
