//! The head that steps on one unit, or on a server's own part, share: load the rows, ask the server,
//! note the visit.

use kloigos_model::{
    host::{Desired, Request},
    ids::{ServerId, UnitKey},
};
use kloigos_store::{AllocationRecord, Error, ServerRecord, Tx, UnitRecord};

use super::{Context, Fault, Scene, visit};
use crate::{desired, reply::Reply};

/// What one try on a unit came to.
pub(crate) struct Tried {
    pub(crate) server: ServerRecord,
    pub(crate) unit: UnitRecord,
    pub(crate) open: Option<AllocationRecord>,
    /// `None` when the rows said that there is nothing to ask.
    pub(crate) reply: Option<Reply>,
}

/// What one try on a server's own part came to.
pub(crate) struct TriedServer {
    pub(crate) server: ServerRecord,
    /// `None` when the server is on its way to something else.
    pub(crate) reply: Option<Reply>,
}

impl Context<'_> {
    /// Asks a server about its own part as its rows have it, if they are settled.
    pub(crate) async fn try_server(
        &self,
        server: ServerId,
        request: impl FnOnce(Vec<Desired>) -> Request,
    ) -> Result<TriedServer, Fault> {
        let Scene { server, units, .. } = self.scene(server).await?;
        let reply = if server.status.is_comparable() {
            let units: Vec<UnitRecord> = units.into_iter().map(|(unit, _)| unit).collect();
            let scopes = vec![desired::server(&server, &units)];
            Some(self.ask(&server, &request(scopes)).await)
        } else {
            None
        };
        Ok(TriedServer { server, reply })
    }

    /// Asks a unit's server about the unit as its rows have it, if they are as wanted.
    pub(crate) async fn try_unit(
        &self,
        unit: UnitKey,
        wanted: impl FnOnce(&UnitRecord, Option<&AllocationRecord>) -> bool,
        request: impl FnOnce(Vec<Desired>) -> Request,
    ) -> Result<Tried, Fault> {
        let (server, unit, open) = self.unit_scene(unit).await?;
        let reply = if wanted(&unit, open.as_ref()) {
            let scopes = vec![desired::unit(&unit, open.as_ref())];
            Some(self.ask(&server, &request(scopes)).await)
        } else {
            None
        };
        Ok(Tried {
            server,
            unit,
            open,
            reply,
        })
    }
}

impl Tried {
    /// What the server said, after the visit was noted.
    pub(crate) async fn noted(
        &self,
        tx: &mut Tx<'_>,
        cx: &Context<'_>,
    ) -> Result<Option<&Reply>, Error> {
        if let Some(reply) = &self.reply {
            visit::note(tx, cx.core, &self.server, reply).await?;
        }
        Ok(self.reply.as_ref())
    }
}

/// The request that brings scopes to their desired state.
pub(crate) fn apply(scopes: Vec<Desired>) -> Request {
    Request::Apply { scopes }
}
