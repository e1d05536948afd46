//! The fleet as placement sees it.

use kloigos_model::{
    cpu::CpuSet,
    ids::ServerId,
    placement::{ServerOffer, UnitOffer, Wanted},
    server::Health,
};
use sqlx::{any::AnyRow, query};

use crate::{
    cells::{Cells, plain},
    error::Error,
    tx::Tx,
};

macro_rules! select_offers {
    ($rest:literal) => {
        concat!(
            "SELECT s.id AS server_id, s.hostname, s.region, s.zone, s.status AS server_status, \
             s.health, u.id, u.cpus, u.memory_nodes, u.status \
             FROM servers s LEFT JOIN units u ON u.server_id = s.id AND u.ended_at IS NULL \
             WHERE s.ended_at IS NULL ",
            $rest,
            " ORDER BY s.id"
        )
    };
}

impl Tx<'_> {
    /// The servers that may have a unit for the request, with all their units: enough to choose
    /// the best, and far fewer than all in a fleet that is well used.
    pub async fn offers(&mut self, wanted: &Wanted) -> Result<Vec<ServerOffer>, Error> {
        let statement = query(select_offers!(
            "AND s.status = 'ready' AND s.health <> 'unreachable' \
             AND (CAST($1 AS TEXT) IS NULL OR s.region = $1) \
             AND (CAST($2 AS TEXT) IS NULL OR s.zone = $2) \
             AND s.id IN (SELECT f.server_id FROM units f WHERE f.status = 'free' \
             AND f.ended_at IS NULL AND (CAST($3 AS BIGINT) IS NULL OR f.cpu_count = $3))"
        ))
        .bind(wanted.region.as_deref().map(plain))
        .bind(wanted.zone.as_deref().map(plain))
        .bind(wanted.cpu_count.map(i64::from));
        let rows = self.rows(statement).await?;
        gather(&rows)
    }

    /// Every living server with all its units: what a refusal names.
    pub async fn all_offers(&mut self) -> Result<Vec<ServerOffer>, Error> {
        let rows = self.rows(query(select_offers!(""))).await?;
        gather(&rows)
    }
}

/// Rows come server by server.
fn gather(rows: &[AnyRow]) -> Result<Vec<ServerOffer>, Error> {
    let mut servers: Vec<ServerOffer> = Vec::new();
    for row in rows {
        let cells = Cells::new("servers", row);
        let id: ServerId = cells.parse("server_id")?;
        if servers.last().is_none_or(|last| last.id != id) {
            servers.push(server(id, &cells)?);
        }
        if let Some(last) = servers.last_mut() {
            last.units.extend(unit(row)?);
        }
    }
    Ok(servers)
}

fn server(id: ServerId, cells: &Cells<'_>) -> Result<ServerOffer, Error> {
    Ok(ServerOffer {
        id,
        hostname: cells.parse("hostname")?,
        region: cells.parse("region")?,
        zone: cells.parse("zone")?,
        status: cells.parse("server_status")?,
        reachable: cells.parse::<Health>("health")? != Health::Unreachable,
        units: Vec::new(),
    })
}

fn unit(row: &AnyRow) -> Result<Option<UnitOffer>, Error> {
    let cells = Cells::new("units", row);
    let Some(key) = cells.maybe("id")? else {
        return Ok(None);
    };
    let node_zero = || CpuSet::of([0]).expect("0 is a node");
    Ok(Some(UnitOffer {
        key,
        cpus: cells.parse("cpus")?,
        memory_nodes: cells.maybe("memory_nodes")?.unwrap_or_else(node_zero),
        status: cells.parse("status")?,
    }))
}
