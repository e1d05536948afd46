//! All work there is, of each kind of job and of each change: a town in which it is due, and the end
//! it comes to.

use std::{collections::BTreeMap, fmt};

use kloigos_control::{Begun, Change, JobKind, Refusal, Settings, Tend, World};
use kloigos_model::{
    limits::{LimitsWish, Wish},
    ssh::PublicKey,
};
use kloigos_tests::keys::public_key;

use super::town::{Town, allocate, first_unit, hostname, swift};

/// What a job does: its kind, and where that is to change a unit, how.
#[derive(Clone)]
pub(crate) struct Work {
    pub(crate) kind: JobKind,
    change: Change,
}

impl From<JobKind> for Work {
    /// Of all changes the greatest.
    fn from(kind: JobKind) -> Self {
        Self {
            kind,
            change: Change::Reset,
        }
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            JobKind::Changing => write!(f, "changing: {}", self.change),
            kind => write!(f, "{kind}"),
        }
    }
}

/// All there is.
pub(crate) fn works() -> impl Iterator<Item = Work> {
    let kinds = JobKind::ALL.iter().copied().map(Work::from);
    let others = kinds.filter(|work| work.kind != JobKind::Changing);
    others.chain(changes().map(|change| Work {
        kind: JobKind::Changing,
        change,
    }))
}

/// One of each.
fn changes() -> impl Iterator<Item = Change> {
    let key = public_key(7);
    let fingerprint = key.parse::<PublicKey>().expect("a key").fingerprint();
    let mut next = Some(Change::AddKeys(key.parse().expect("a key")));
    std::iter::from_fn(move || {
        let this = next.take()?;
        next = match &this {
            Change::AddKeys(_) => Some(Change::RemoveKey(fingerprint.clone())),
            Change::RemoveKey(_) => Some(Change::SetLimits(LimitsWish {
                memory_max: Wish::At(512 << 20),
                ..LimitsWish::default()
            })),
            Change::SetLimits(_) => Some(Change::Stop),
            Change::Stop => Some(Change::Freeze),
            Change::Freeze => Some(Change::Start),
            Change::Start => Some(Change::Reset),
            Change::Reset => None,
        };
        Some(this)
    })
}

/// Where a town stands: its units, and all that is on its one machine. Ids of tenancies differ
/// from run to run and are left out.
#[derive(PartialEq)]
pub(crate) struct End {
    units: Vec<String>,
    machine: BTreeMap<String, String>,
}

impl End {
    /// After a visit, which gives back what a lost server's units were kept from.
    pub(crate) async fn of(town: &Town) -> Self {
        // A server that is not ready is not visited.
        let _ = town.control.check_server(&hostname(1)).await;
        let machine = town.fleet.snapshot(1).into_iter();
        Self {
            units: town.standing().await,
            machine: machine.map(|(path, body)| (path, plain(&body))).collect(),
        }
    }
}

impl fmt::Debug for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.units)
    }
}

/// Says where two ends differ.
pub(crate) fn same(left: &End, right: &End, place: &str) {
    let all = left.machine.keys().chain(right.machine.keys());
    let differs = |path: &&String| left.machine.get(*path) != right.machine.get(*path);
    let differences: Vec<String> = all
        .filter(differs)
        .map(|path| {
            let (left, right) = (left.machine.get(path), right.machine.get(path));
            format!("{path}:\n  {left:?}\n  {right:?}")
        })
        .collect();
    assert!(
        left == right,
        "{place}: {left:?} is not {right:?}\n{}",
        differences.join("\n")
    );
}

/// The text without UUIDs, and without the generations that a detour may raise.
fn plain(text: &str) -> String {
    let of_a_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '.';
    let parts = text.split_inclusive(|letter| !of_a_word(letter));
    let plain = parts.map(|part| {
        let word = part.trim_end_matches(|letter| !of_a_word(letter));
        let is_id = word.len() == 36 && word.matches('-').count() == 4;
        let is_generation = word.split_once('.').is_some_and(|(epoch, counter)| {
            epoch.parse::<u64>().is_ok() && counter.parse::<u64>().is_ok()
        });
        if is_id || is_generation { "…" } else { part }
    });
    plain.collect()
}

/// A town in which this work is about to begin.
pub(crate) async fn before(work: impl Into<Work>) -> Town {
    before_in(work, swift()).await
}

/// The same, under these settings.
pub(crate) async fn before_in(work: impl Into<Work>, settings: Settings) -> Town {
    let Work { kind, change } = work.into();
    let town = Town::with(1, settings, World::system()).await;
    if kind != JobKind::Initializing {
        town.ready(1, &["0-31", "32-63"]).await;
    }
    if !matches!(kind, JobKind::Initializing | JobKind::Allocating) {
        town.allocate(None).await.expect("a unit");
        town.rest().await;
    }
    if kind == JobKind::Changing {
        let earlier = match change {
            Change::RemoveKey(_) => changes().next(),
            Change::Start => Some(Change::Stop),
            _ => None,
        };
        if let Some(earlier) = earlier {
            town.change(earlier).await;
        }
    }
    if kind == JobKind::Repairing {
        town.damage("/opt/c0-31");
        let checked = town.control.check_server(&hostname(1)).await;
        assert!(!checked.expect("a visit").drift.is_empty());
    }
    town
}

/// Begins it.
pub(crate) async fn begin(work: impl Into<Work>, town: &Town) -> Result<Begun, Refusal> {
    let Work { kind, change } = work.into();
    match kind {
        JobKind::Initializing => town.begin_init(1, &["0-31", "32-63"]).await,
        JobKind::Allocating => town.control.allocate(allocate(None)).await,
        JobKind::Deallocating => town.begin_deallocate(&first_unit()).await,
        JobKind::Decommissioning => town.begin_decommission(1, true).await,
        JobKind::Changing => town.begin_change(change).await,
        JobKind::Attesting => town.begin_attest().await,
        JobKind::Repairing => {
            let jobs = town.tend(Tend::Repair).await?;
            let job = *jobs.first().expect("something to repair");
            Ok(Begun {
                job,
                replayed: false,
            })
        }
    }
}

/// The end that it comes to when all goes well, how often it looks at the server, and how often
/// it changes something there.
pub(crate) async fn calm(work: impl Into<Work>) -> (End, usize) {
    let work = work.into();
    let town = before(work.clone()).await;
    let asked = town.fleet.asked(1);
    let begun = begin(work, &town).await.expect("a job");
    town.end_of(begun).await;
    town.rest().await;
    (End::of(&town).await, town.fleet.asked(1) - asked)
}
