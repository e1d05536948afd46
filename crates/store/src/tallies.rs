//! How much there is of what, for those who watch a control plane.

use std::collections::BTreeMap;

use kloigos_model::{compute_unit::UnitStatus, ids::ServerId};
use sqlx::query;

use crate::{JobKind, JobStatus, ServerRecord, cells::Cells, error::Error, tx::Tx};

/// How much there is of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tallies {
    /// Living servers, by name.
    pub servers: Vec<ServerTally>,
    /// How many jobs are not over, by kind and status.
    pub jobs: BTreeMap<(JobKind, JobStatus), u64>,
    /// How many messages webhooks are still to be sent.
    pub messages_waiting: u64,
}

/// A server and what it is cut into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerTally {
    /// The server.
    pub record: ServerRecord,
    /// How many CPUs its units have, by their status.
    pub unit_cpus: BTreeMap<UnitStatus, u64>,
}

impl Tx<'_> {
    /// Counts everything. What is over is not counted: there is more of it every day.
    pub async fn tallies(&mut self) -> Result<Tallies, Error> {
        let servers = self.list_servers().await?;
        let mut cpus = self.unit_cpus().await?;
        let tally = |record: ServerRecord| ServerTally {
            unit_cpus: cpus.remove(&record.id).unwrap_or_default(),
            record,
        };
        Ok(Tallies {
            servers: servers.into_iter().map(tally).collect(),
            jobs: self.jobs_at_work().await?,
            messages_waiting: self.messages_waiting().await?,
        })
    }

    async fn unit_cpus(&mut self) -> Result<BTreeMap<ServerId, BTreeMap<UnitStatus, u64>>, Error> {
        let statement = query(
            "SELECT server_id, status, CAST(SUM(cpu_count) AS BIGINT) AS cpus FROM units \
             WHERE ended_at IS NULL GROUP BY server_id, status",
        );
        let mut all: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for row in self.rows(statement).await? {
            let cells = Cells::new("units", &row);
            let of = all.entry(cells.parse("server_id")?).or_default();
            of.insert(cells.parse("status")?, cells.number("cpus")?);
        }
        Ok(all)
    }

    async fn jobs_at_work(&mut self) -> Result<BTreeMap<(JobKind, JobStatus), u64>, Error> {
        let statement = query(
            "SELECT kind, status, COUNT(*) AS jobs FROM jobs \
             WHERE status IN ('queued', 'running') GROUP BY kind, status",
        );
        let rows = self.rows(statement).await?;
        let count = |row| {
            let cells = Cells::new("jobs", row);
            let of = (cells.parse("kind")?, cells.parse("status")?);
            Ok((of, cells.number("jobs")?))
        };
        rows.iter().map(count).collect()
    }

    async fn messages_waiting(&mut self) -> Result<u64, Error> {
        let statement =
            query("SELECT COUNT(*) AS messages FROM deliveries WHERE status = 'waiting'");
        let row = self.row(statement).await?;
        let row = row.ok_or(Error::Missed {
            table: "deliveries",
            rows: 0,
        })?;
        Cells::new("deliveries", &row).number("messages")
    }
}
