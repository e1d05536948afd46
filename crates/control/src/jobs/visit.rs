//! What every visit to a server tells beside its purpose: how it is, and which key it has.

use jiff::Timestamp;
use kloigos_model::{
    compute_unit::{UnitStatus, UnitVerb},
    event::EventKind,
    ids::{ServerId, UnitKey},
    server::{Health, ServerStatus},
    ssh::PublicKey,
};
use kloigos_store::{Error, NewEvent, ServerRecord, Tx};

use crate::{
    core::Core,
    reply::{Reply, degraded},
};

/// Notes a server's health after a call, and pins its key where it is another than before (which
/// the transport lets through only when it was trusted). One call that went well says nothing of
/// what the last visit found.
pub(crate) async fn note(
    tx: &mut Tx<'_>,
    core: &Core,
    server: &ServerRecord,
    reply: &Reply,
) -> Result<(), Error> {
    let (health, reason) = health(reply);
    if health != Health::Healthy || tx.drift_of(server.id).await?.is_empty() {
        set_health(tx, core, server, health, reason.as_deref()).await?;
    }
    match key(reply) {
        Some(key) => pin(tx, core, server, key).await,
        None => Ok(()),
    }
}

/// Notes a server's health. What a lost server has free is nobody's to give until it was visited
/// and compared.
pub(crate) async fn set_health(
    tx: &mut Tx<'_>,
    core: &Core,
    server: &ServerRecord,
    health: Health,
    reason: Option<&str>,
) -> Result<(), Error> {
    let now = core.world.now();
    tx.set_health(server.id, health, reason, now).await?;
    if health != Health::Unreachable {
        return Ok(());
    }
    tx.visit_by(server.id, core.world.after(core.settings.revisit))
        .await?;
    let why = format!("server {} does not answer", server.hostname);
    withdraw(tx, server.id, &why, now).await
}

/// Takes the free units of a server out of use.
pub(crate) async fn withdraw(
    tx: &mut Tx<'_>,
    server: ServerId,
    why: &str,
    now: Timestamp,
) -> Result<(), Error> {
    for unit in tx.units_of(server).await? {
        if unit.status == UnitStatus::Free {
            tx.move_unit(unit.key, UnitVerb::Withdraw, Some(why), now)
                .await?;
        }
    }
    Ok(())
}

/// A unit that has just become free is out of use like the others where its server is.
pub(crate) async fn keep_from_use(
    tx: &mut Tx<'_>,
    unit: UnitKey,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(unit) = tx.load_unit(unit).await? else {
        return Ok(());
    };
    let server = tx.load_server(unit.server).await?;
    let Some(server) = server.filter(|_| unit.status == UnitStatus::Free) else {
        return Ok(());
    };
    let why = match (server.status, server.health) {
        (ServerStatus::Cordoned, _) => format!("server {} is cordoned", server.hostname),
        (ServerStatus::Ready, Health::Unreachable) => {
            format!("server {} does not answer", server.hostname)
        }
        _ => return Ok(()),
    };
    tx.move_unit(unit.key, UnitVerb::Withdraw, Some(&why), now)
        .await
        .map(drop)
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

/// Pins a key that is another than before.
pub(crate) async fn pin(
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
