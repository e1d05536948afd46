//! What every visit to a server tells beside its purpose: how it is, and which key it has.

use kloigos_model::{event::EventKind, server::Health, ssh::PublicKey};
use kloigos_store::{Error, NewEvent, ServerRecord, Tx};

use crate::{
    core::Core,
    reply::{Reply, degraded},
};

/// Notes a server's health after a call, and pins its key where it is another than before (which
/// the transport lets through only when it was trusted).
pub(crate) async fn note(
    tx: &mut Tx<'_>,
    core: &Core,
    server: &ServerRecord,
    reply: &Reply,
) -> Result<(), Error> {
    let now = core.world.now();
    let (health, reason) = health(reply);
    tx.set_health(server.id, health, reason.as_deref(), now)
        .await?;
    match key(reply) {
        Some(key) => pin(tx, core, server, key).await,
        None => Ok(()),
    }
}

/// A server that answered anything at all is reachable. One that was lost in the middle is passed
/// over until a visit succeeds.
fn health(reply: &Reply) -> (Health, Option<String>) {
    match reply {
        Reply::Settled(answer) => match degraded(&answer.report) {
            None => (Health::Healthy, None),
            Some(reason) => (Health::Degraded, Some(reason)),
        },
        Reply::Untouched(untouched) if untouched.unreached => {
            (Health::Unreachable, Some(untouched.reason.clone()))
        }
        Reply::Untouched(untouched) => (Health::Degraded, Some(untouched.reason.clone())),
        Reply::Unknown(reason) => (Health::Unreachable, Some(reason.clone())),
        Reply::Half(reason, _) | Reply::Overtaken(reason, _) => {
            (Health::Degraded, Some(reason.clone()))
        }
    }
}

fn key(reply: &Reply) -> Option<&PublicKey> {
    match reply {
        Reply::Settled(answer) => Some(&answer.host_key),
        Reply::Untouched(untouched) => untouched.host_key.as_ref(),
        Reply::Half(_, key) | Reply::Overtaken(_, key) => Some(key),
        Reply::Unknown(_) => None,
    }
}

async fn pin(
    tx: &mut Tx<'_>,
    core: &Core,
    server: &ServerRecord,
    key: &PublicKey,
) -> Result<(), Error> {
    let seen = key.without_comment();
    let before = server.host_key.as_ref().map(PublicKey::without_comment);
    if before.as_ref() == Some(&seen) {
        return Ok(());
    }
    let now = core.world.now();
    tx.pin_host_key(server.ip, server.ssh_port, &seen, now)
        .await?;
    let detail = pinned_text(server, &seen, before.as_ref());
    let event = NewEvent::of(EventKind::HostKeyPinned, now, detail);
    tx.tell(&event.on(server.id)).await
}

/// One sentence on what was pinned.
pub(crate) fn pinned_text(
    server: &ServerRecord,
    key: &PublicKey,
    before: Option<&PublicKey>,
) -> String {
    let place = format!("{} port {}", server.ip, server.ssh_port);
    let shown = format!("{} {}", key.algorithm(), key.fingerprint());
    match before {
        None => format!("the host key of {place} is pinned: {shown}"),
        Some(before) => format!(
            "the host key of {place} is pinned anew: {shown} instead of {} {}",
            before.algorithm(),
            before.fingerprint()
        ),
    }
}
