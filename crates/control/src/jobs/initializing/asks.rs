//! What is asked of a server that is being cut.

use kloigos_model::host::Request;

use crate::{desired, jobs::context::Scene};

pub(super) fn prepare(scene: &Scene) -> Request {
    let units: Vec<_> = scene.units.iter().map(|(unit, _)| unit.clone()).collect();
    let mut scopes = vec![desired::server(&scene.server, &units)];
    scopes.extend(units.iter().map(|unit| desired::unit(unit, None)));
    Request::Apply { scopes }
}
