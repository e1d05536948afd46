//! A look at a server before it is anybody's.

use kloigos_model::{host::Request, ssh::PublicKey};
use kloigos_store::{Operation, Tx};

use super::Control;
use crate::{
    ops::{Probe, Probed},
    refusal::Refusal,
    reply::Reply,
    target,
    transport::{Target, TransportError},
};

impl Control {
    /// Looks at a server. Nothing is changed on it, nothing is kept.
    pub async fn probe(&self, op: Probe) -> Result<Probed, Refusal> {
        let pinned = self.core.store.view(&Pinned(&op)).await?;
        let (given, settings) = (op.host_key.as_ref(), &self.core.settings);
        let target = Target {
            ip: op.ip,
            port: op.ssh_port,
            user: op.ssh_user.clone(),
            trusted: target::trusted(op.ip, op.ssh_port, given, pinned.as_ref(), settings),
            first_contact: settings.first_contact,
        };
        let transport = &self.core.transport;
        let result = transport.call(&target, &Request::Facts, &mut |_| {}).await;
        if result == Err(TransportError::HostBinaryMissing) {
            return Err(Refusal::NoHostBinary);
        }
        probed(Reply::of(result, &target, settings))
    }
}

fn probed(reply: Reply) -> Result<Probed, Refusal> {
    let reason = match reply {
        Reply::Settled(answer) => match answer.report.facts {
            Some(facts) => {
                return Ok(Probed {
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
