//! What is removed from a server: a life's own part, and what earlier lives of the server left there.

use std::collections::BTreeMap;

use kloigos_model::{
    host::{Desired, Request, ScopeName},
    ids::ServerId,
};
use kloigos_store::{Error, Operation, ServerRecord, Tx, UnitRecord};

use super::{Context, Fault, context::Scene};
use crate::desired;

/// What is to be removed from a server that is given back: this life's part, or what earlier lives
/// left where this one never came so far as to remove it. `None` when none of them ever changed the
/// server, which then need not answer.
pub(super) async fn remains(scene: &Scene, cx: &Context<'_>) -> Result<Option<Request>, Fault> {
    if scene.server.touched {
        let scopes = removal(scene);
        return Ok(Some(Request::Remove { scopes }));
    }
    let lives = cx.core.store.view(&Leftovers(&scene.server)).await?;
    if lives.is_empty() {
        return Ok(None);
    }
    sweep(&lives, cx).await.map(Some)
}

/// Keeps that they are removed.
pub(super) async fn removed(server: &ServerRecord, tx: &mut Tx<'_>) -> Result<(), Error> {
    if server.touched {
        return tx.set_touched(server.id, false).await;
    }
    for life in leftovers(server, tx).await? {
        tx.set_touched(life, false).await?;
    }
    Ok(())
}

/// Everything that earlier lives may have left: all their units, and then the server's own part.
/// Of a scope that several lives had, the youngest decides.
pub(super) async fn sweep(lives: &[ServerId], cx: &Context<'_>) -> Result<Request, Fault> {
    let mut scopes: BTreeMap<ScopeName, Desired> = BTreeMap::new();
    for &life in lives {
        let remains = removal(&cx.scene(life).await?);
        scopes.extend(remains.into_iter().map(|scope| (scope.scope(), scope)));
    }
    let server = scopes.remove(&ScopeName::Server);
    Ok(Request::Remove {
        scopes: scopes.into_values().chain(server).collect(),
    })
}

/// Everything of a server's life that may be on the server, in the order in which it is removed.
fn removal(scene: &Scene) -> Vec<Desired> {
    let units: Vec<UnitRecord> = scene.units.iter().map(|(unit, _)| unit.clone()).collect();
    let scopes = units.iter().map(|unit| desired::unit(unit, None));
    scopes
        .chain([desired::server(&scene.server, &units)])
        .collect()
}

/// The earlier lives of this server whose remains may still be on it.
struct Leftovers<'a>(&'a ServerRecord);

impl Operation for Leftovers<'_> {
    type Output = Vec<ServerId>;
    type Refusal = Fault;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<ServerId>, Fault> {
        Ok(leftovers(self.0, tx).await?)
    }
}

/// At this address alone: a life that was at another one is swept by the init that finds it there.
async fn leftovers(server: &ServerRecord, tx: &mut Tx<'_>) -> Result<Vec<ServerId>, Error> {
    let lives = tx
        .leftovers(&server.hostname, server.ip, server.ssh_port)
        .await?;
    let here = |life: &&ServerRecord| (life.ip, life.ssh_port) == (server.ip, server.ssh_port);
    Ok(lives.iter().filter(here).map(|life| life.id).collect())
}
