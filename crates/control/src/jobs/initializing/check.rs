//! What a server's facts mean for its init: whether it can be cut, and what its units may use.

use kloigos_model::{
    cpu::CpuSet,
    host::Facts,
    layout::{Slot, default_limits, memory_of_nodes},
    limits::{LimitsWish, Wish},
    preflight,
    ssh::PublicKey,
};
use kloigos_store::{AllocationRecord, Error, ServerRecord, Shares, Tx, UnitRecord};

use crate::{
    jobs::{Context, context::Scene, visit},
    reply::Reply,
};

/// Tells in the job's log which key the server has, where it was not pinned before.
pub(super) fn say_key(reply: &Reply, server: &ServerRecord, cx: &Context<'_>) {
    if let Reply::Settled(answer) = reply {
        let before = server.host_key.as_ref().map(PublicKey::without_comment);
        let seen = answer.host_key.without_comment();
        if before.as_ref() != Some(&seen) {
            cx.say(visit::pinned_text(server, &seen, before.as_ref()));
        }
    }
}

/// All that keeps the server from being cut, in one text.
pub(super) fn check(facts: &Facts, scene: &Scene) -> Result<(), String> {
    let slots: Vec<Slot> = scene.units.iter().map(|(unit, _)| unit.slot()).collect();
    let mut findings: Vec<String> = preflight::check(facts, &slots)
        .iter()
        .map(ToString::to_string)
        .collect();
    if facts.initialised && !scene.server.touched {
        findings.push(
            "the server carries a state of Kloigos that this database does not know; decommission \
             it from the control plane that made it"
                .to_owned(),
        );
    }
    findings.extend(asked_too_much(facts, scene));
    if findings.is_empty() {
        return Ok(());
    }
    Err(findings.join("\n"))
}

/// What the init asked for that this server does not have.
fn asked_too_much(facts: &Facts, scene: &Scene) -> Vec<String> {
    let server = &scene.server;
    let units = scene.units.iter().map(|(unit, _)| &unit.cpus);
    let mut findings: Vec<String> = units
        .filter_map(|cpus| memory(facts, cpus, &server.limits))
        .collect();
    if server.confined && housekeeping(facts, &scene.units).is_none() {
        findings.push(
            "confine_host is asked for, and the units take every CPU of the server; leave some to \
             the host, or init it without confine_host"
                .to_owned(),
        );
    }
    findings
}

fn memory(facts: &Facts, cpus: &CpuSet, wish: &LimitsWish) -> Option<String> {
    let Wish::At(most) = wish.memory_max else {
        return None;
    };
    let all = memory_of_nodes(&facts.topology, cpus).filter(|&all| most > all)?;
    Some(format!(
        "a memory_max of {most} bytes is asked for, and the memory nodes of the CPUs {cpus} have \
         {all}; ask for less"
    ))
}

/// Keeps the facts and what follows from them, and that the server will be changed from here on.
pub(super) async fn keep(facts: &Facts, scene: &Scene, tx: &mut Tx<'_>) -> Result<(), Error> {
    let server = scene.server.id;
    let housekeeping = housekeeping(facts, &scene.units);
    tx.set_facts(server, facts, housekeeping.as_ref()).await?;
    tx.set_touched(server, true).await?;
    let all = scene.units.iter().map(|(unit, _)| unit.cpus.clone());
    let all: Vec<CpuSet> = all.collect();
    for (unit, _) in &scene.units {
        let usual = default_limits(facts, &unit.cpus, &all);
        let shares = Shares {
            memory_nodes: facts.topology.memory_nodes(&unit.cpus),
            memory_bytes: memory_of_nodes(&facts.topology, &unit.cpus),
            limits: scene.server.limits.over(&usual),
        };
        tx.set_shares(unit.key, &shares).await?;
    }
    Ok(())
}

/// The CPUs of no unit; `None` when there are none.
fn housekeeping(facts: &Facts, units: &[(UnitRecord, Option<AllocationRecord>)]) -> Option<CpuSet> {
    let mut cut = units.iter().map(|(unit, _)| &unit.cpus);
    cut.try_fold(facts.topology.cpu_set()?, |left, cpus| left.subtract(cpus))
}
