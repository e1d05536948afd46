//! What a server's facts mean for its init: whether it can be cut, and what its units may use.

use kloigos_model::{
    cpu::CpuSet,
    host::Facts,
    layout::{Slot, memory_share, tasks_share},
    preflight,
    ssh::PublicKey,
};
use kloigos_store::{Error, ServerRecord, Shares, Tx, UnitRecord};

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
    let slots: Vec<Slot> = scene.units.iter().map(|(unit, _)| slot(unit)).collect();
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
    if findings.is_empty() {
        return Ok(());
    }
    Err(findings.join("\n"))
}

fn slot(unit: &UnitRecord) -> Slot {
    Slot {
        cpus: unit.cpus.clone(),
        user: unit.user.clone(),
        uid: unit.uid,
        dir: unit.dir.clone(),
        ports: unit.ports,
    }
}

/// Keeps the facts and what follows from them, and that the server will be changed from here on.
pub(super) async fn keep(facts: &Facts, scene: &Scene, tx: &mut Tx<'_>) -> Result<(), Error> {
    let server = scene.server.id;
    let cut = scene.units.iter().map(|(unit, _)| unit.cpus.clone());
    let cut = cut.reduce(|all, cpus| all.union(&cpus));
    let housekeeping = housekeeping(facts, cut.as_ref());
    tx.set_facts(server, facts, housekeeping.as_ref()).await?;
    tx.set_touched(server, true).await?;
    for (unit, _) in &scene.units {
        tx.set_shares(unit.key, &shares(facts, &unit.cpus)).await?;
    }
    Ok(())
}

fn housekeeping(facts: &Facts, cut: Option<&CpuSet>) -> Option<CpuSet> {
    let all = facts.topology.cpu_set()?;
    match cut {
        Some(cut) => all.subtract(cut),
        None => Some(all),
    }
}

fn shares(facts: &Facts, cpus: &CpuSet) -> Shares {
    Shares {
        memory_nodes: facts.topology.memory_nodes(cpus),
        memory_max: Some(memory_share(&facts.topology, cpus)).filter(|&bytes| bytes > 0),
        tasks_max: Some(tasks_share(cpus)),
    }
}
