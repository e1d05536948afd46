//! What is asked of a server that is being cut.

use std::collections::BTreeMap;

use kloigos_model::{
    host::{Desired, Request, ScopeName},
    ids::ServerId,
};

use crate::{
    desired,
    jobs::{
        Context, Fault,
        context::{Scene, removal},
    },
};

/// Everything that earlier lives may have left: all their units, and then the server's own part.
/// Of a scope that several lives had, the youngest decides.
pub(super) async fn sweep(leftovers: &[ServerId], cx: &Context<'_>) -> Result<Request, Fault> {
    let mut scopes: BTreeMap<ScopeName, Desired> = BTreeMap::new();
    for &life in leftovers {
        let remains = removal(&cx.scene(life).await?);
        scopes.extend(remains.into_iter().map(|scope| (scope.scope(), scope)));
    }
    let server = scopes.remove(&ScopeName::Server);
    Ok(Request::Remove {
        scopes: scopes.into_values().chain(server).collect(),
    })
}

pub(super) fn prepare(scene: &Scene) -> Request {
    let units: Vec<_> = scene.units.iter().map(|(unit, _)| unit.clone()).collect();
    let mut scopes = vec![desired::server(&scene.server, &units)];
    scopes.extend(units.iter().map(|unit| desired::unit(unit, None)));
    Request::Apply { scopes }
}
