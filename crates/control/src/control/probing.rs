//! A look at a server: before it is anybody's, and while it is ours.

use kloigos_model::{
    host::{Facts, Request},
    layout::Slot,
    names::Hostname,
    preflight::{self, Finding},
    ssh::PublicKey,
};
use kloigos_store::{Operation, ServerDetail, Tx, UnitRecord};

use super::Control;
use crate::{
    ops::{Plan, Probe, Probed, WantedLayout},
    refusal::Refusal,
    reply::Reply,
    settings::Settings,
    target,
    transport::{Target, Transport, TransportError},
};

impl Control {
    /// Looks at a server. Nothing is changed on it, nothing is kept.
    pub async fn probe(&self, op: Probe) -> Result<Probed, Refusal> {
        let pinned = self.core.store.view(&Pinned(&op)).await?;
        let target = stranger(&op, pinned.as_ref(), &self.core.settings);
        let check = |facts: &Facts| laid_out(facts, op.layout.as_ref());
        look(&*self.core.transport, target, &self.core.settings, check).await
    }

    /// Looks at a server of ours, and holds what it is by now against what its units need.
    /// Nothing is changed on it.
    pub async fn examine(&self, hostname: &Hostname) -> Result<Probed, Refusal> {
        let detail: ServerDetail = self.server(hostname).await?;
        if detail.record.status.is_over() {
            return Err(Refusal::Conflict {
                reason: format!("server {hostname} is {}", detail.record.status),
            });
        }
        let settings = &self.core.settings;
        let target = target::of_server(&detail.record, settings);
        let units = &detail.units;
        look(&*self.core.transport, target, settings, |facts| {
            Ok((against(facts, units), None))
        })
        .await
    }
}

/// Looks at a server without a control plane, and without what one has pinned.
pub async fn examine(
    transport: &dyn Transport,
    settings: &Settings,
    op: &Probe,
) -> Result<Probed, Refusal> {
    let target = stranger(op, None, settings);
    let check = |facts: &Facts| laid_out(facts, op.layout.as_ref());
    look(transport, target, settings, check).await
}

/// A server that is nobody's yet.
fn stranger(op: &Probe, pinned: Option<&PublicKey>, settings: &Settings) -> Target {
    let given = op.host_key.as_ref();
    Target {
        ip: op.ip,
        port: op.ssh_port,
        user: op.ssh_user.clone(),
        trusted: target::trusted(op.ip, op.ssh_port, given, pinned, settings),
        first_contact: settings.first_contact,
    }
}

/// What is to say of a server, and of the layout that is thought of.
type Seen = (Vec<Finding>, Option<Plan>);

fn laid_out(facts: &Facts, wanted: Option<&WantedLayout>) -> Result<Seen, Refusal> {
    let plan = wanted.map(|wanted| wanted.plan(facts)).transpose()?;
    let slots = plan.as_ref().map(Plan::slots).unwrap_or_default();
    Ok((preflight::examine(facts, &slots), plan))
}

async fn look(
    transport: &dyn Transport,
    target: Target,
    settings: &Settings,
    check: impl FnOnce(&Facts) -> Result<Seen, Refusal>,
) -> Result<Probed, Refusal> {
    let result = transport.call(&target, &Request::Facts, &mut |_| {}).await;
    if result == Err(TransportError::HostBinaryMissing) {
        return Err(Refusal::NoHostBinary);
    }
    probed(Reply::of(result, &target, settings), check)
}

/// What a tenant listens on within its own ports is no finding.
fn against(facts: &Facts, units: &[UnitRecord]) -> Vec<Finding> {
    let mut facts = facts.clone();
    let tenants = |port: &u16| {
        let used = units.iter().filter(|unit| unit.status.is_in_use());
        used.into_iter().any(|unit| unit.ports.contains(*port))
    };
    facts.sockets.listening.retain(|port| !tenants(port));
    let slots: Vec<Slot> = units.iter().map(UnitRecord::slot).collect();
    preflight::examine(&facts, &slots)
}

fn probed(
    reply: Reply,
    check: impl FnOnce(&Facts) -> Result<Seen, Refusal>,
) -> Result<Probed, Refusal> {
    let reason = match reply {
        Reply::Settled(answer) => match answer.report.facts {
            Some(facts) => {
                let (findings, plan) = check(&facts)?;
                return Ok(Probed {
                    findings,
                    plan,
                    facts: *facts,
                    host_key: answer.host_key,
                });
            }
            None => "the server told nothing of itself".to_owned(),
        },
        Reply::Untouched(untouched) => untouched.reason,
        Reply::Unknown(why) | Reply::Half(why, _) | Reply::Overtaken(why, _) => why,
    };
    Err(Refusal::Conflict { reason })
}

struct Pinned<'a>(&'a Probe);

impl Operation for Pinned<'_> {
    type Output = Option<PublicKey>;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Refusal> {
        Ok(tx.host_key(self.0.ip, self.0.ssh_port).await?)
    }
}
