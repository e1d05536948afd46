//! What a visit asks of a server: what it is, how it differs, and whether the kernel keeps what
//! tenants were promised.

use std::collections::BTreeMap;

use kloigos_model::{
    compute_unit::UnitStatus,
    host::{Desired, Facts, Outcome, Report, Request, ScopeName, ScopeReport},
    ssh::PublicKey,
};
use kloigos_store::UnitRecord;

use crate::{
    core::Core,
    desired,
    jobs::Scene,
    reply::Reply,
    target,
    transport::{Answer, Target},
};

/// What was seen.
pub(super) enum Looked {
    /// It did not answer, or not to the end.
    Lost(String),
    /// It answered, and could not be looked at.
    Refused(String),
    /// All of it.
    Seen(Box<Seen>),
}

/// All of a server at one moment.
pub(super) struct Seen {
    pub(super) facts: Option<Box<Facts>>,
    pub(super) key: PublicKey,
    /// How each scope differs, or why it could not be compared.
    pub(super) scopes: BTreeMap<ScopeName, Result<ScopeReport, Incomparable>>,
    /// The promises to tenants that are broken, as lists show them.
    pub(super) broken: BTreeMap<ScopeName, Vec<String>>,
}

/// Why a scope could not be compared.
pub(super) enum Incomparable {
    /// The server has seen a newer desired state of it than these rows: they are of a restored
    /// database, or not the only ones.
    Overtaken(String),
    /// Anything else.
    Faulty(String),
}

/// Whether a call was answered.
enum Asked {
    Answered(Box<Answer>),
    Lost(String),
    Refused(String),
}

/// Asks all of it.
pub(super) async fn look(core: &Core, scene: &Scene) -> Looked {
    match seen(core, scene).await {
        Ok(seen) => Looked::Seen(Box::new(seen)),
        Err(Asked::Lost(why)) => Looked::Lost(why),
        Err(Asked::Refused(why)) => Looked::Refused(why),
        Err(Asked::Answered(answer)) => Looked::Refused(told(&answer.report)),
    }
}

async fn seen(core: &Core, scene: &Scene) -> Result<Seen, Asked> {
    let target = target::of_server(&scene.server, &core.settings);
    let facts = answered(ask(core, &target, &Request::Facts).await)?;
    if facts.report.facts.is_none() {
        return Err(Asked::Answered(Box::new(facts)));
    }
    let scopes = compare(core, &target, scopes(scene)).await?;
    Ok(Seen {
        facts: facts.report.facts,
        key: facts.host_key,
        scopes,
        broken: attest(core, &target, scene).await?,
    })
}

/// The server's own part, and every unit that should be what its rows say.
fn scopes(scene: &Scene) -> Vec<Desired> {
    let units: Vec<UnitRecord> = scene.units.iter().map(|(unit, _)| unit.clone()).collect();
    let comparable = scene.units.iter();
    let comparable = comparable.filter(|(unit, _)| unit.status.is_comparable());
    let comparable = comparable.map(|(unit, open)| desired::unit(unit, open.as_ref()));
    [desired::server(&scene.server, &units)]
        .into_iter()
        .chain(comparable)
        .collect()
}

/// Compares all scopes in one call; where that ends at one of them, each by itself.
async fn compare(
    core: &Core,
    target: &Target,
    scopes: Vec<Desired>,
) -> Result<BTreeMap<ScopeName, Result<ScopeReport, Incomparable>>, Asked> {
    let all = Request::Inspect {
        scopes: scopes.clone(),
    };
    let answer = answered(ask(core, target, &all).await)?;
    if matches!(answer.report.outcome, Outcome::Settled | Outcome::Drifted) {
        let reports = answer.report.scopes.into_iter();
        return Ok(reports
            .map(|report| (report.scope.clone(), Ok(report)))
            .collect());
    }
    let mut compared = BTreeMap::new();
    for scope in scopes {
        let name = scope.scope();
        let one = Request::Inspect {
            scopes: vec![scope],
        };
        let report = answered(ask(core, target, &one).await)?.report;
        let found = match report.outcome {
            Outcome::Settled | Outcome::Drifted => report.scopes.into_iter().next(),
            Outcome::Stale => {
                compared.insert(name, Err(Incomparable::Overtaken(told(&report))));
                continue;
            }
            Outcome::Refused | Outcome::Fault => {
                compared.insert(name, Err(Incomparable::Faulty(told(&report))));
                continue;
            }
        };
        let nothing = || Incomparable::Faulty("the server told nothing of it".to_owned());
        compared.insert(name, found.ok_or_else(nothing));
    }
    Ok(compared)
}

/// Asks the kernel about the units that are somebody's.
async fn attest(
    core: &Core,
    target: &Target,
    scene: &Scene,
) -> Result<BTreeMap<ScopeName, Vec<String>>, Asked> {
    let tenants = scene.units.iter();
    let tenants = tenants.filter(|(unit, _)| unit.status == UnitStatus::Allocated);
    let scopes: Vec<Desired> = tenants
        .map(|(unit, open)| desired::unit(unit, open.as_ref()))
        .collect();
    if scopes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let request = Request::Attest { scopes };
    let answer = answered(ask(core, target, &request).await)?;
    let told = answer.report.attestations.iter().map(|told| {
        let broken = told.broken();
        let broken = broken.map(|check| format!("{}: {}", check.promise, check.check));
        (told.scope.clone(), broken.collect())
    });
    Ok(told.collect())
}

async fn ask(core: &Core, target: &Target, request: &Request) -> Asked {
    let result = core.transport.call(target, request, &mut |_| {}).await;
    match result {
        Ok(answer) => Asked::Answered(Box::new(answer)),
        Err(error) => match Reply::of(Err(error), target, &core.settings) {
            Reply::Untouched(untouched) => Asked::Lost(untouched.reason),
            Reply::Unknown(why) | Reply::Half(why, _) | Reply::Overtaken(why, _) => {
                Asked::Lost(why)
            }
            Reply::Settled(_) => Asked::Refused("the server told nothing".to_owned()),
        },
    }
}

fn answered(asked: Asked) -> Result<Answer, Asked> {
    match asked {
        Asked::Answered(answer) => Ok(*answer),
        other => Err(other),
    }
}

fn told(report: &Report) -> String {
    match &report.fault {
        Some(fault) => crate::reply::bounded([fault.message.clone()].into_iter()),
        None => format!("the server answered {} without a word more", report.outcome),
    }
}
