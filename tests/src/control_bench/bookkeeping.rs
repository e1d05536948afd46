//! Tenancies by the control plane's own work: rows, jobs, events, attestations, idempotency keys,
//! with commits that are on the disk.
//!
//! Below HTTP, over servers that answer at once. The bare loop makes the same transactions one after
//! the other on one connection, and nothing else; that both leave as many rows is looked at.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use kloigos_control::{
    Allocate, Control, Deallocate, Idempotency, JobFilter, JobStatus, Settings, Store, World,
};
use kloigos_model::{limits::LimitsWish, names::UnitId, placement::Wanted, server::ServerStatus};
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use tempfile::TempDir;

use super::{
    Bench, bare_work, fleet,
    instant::Instant,
    median,
    report::{Limit, Line, Report},
};
use crate::{asks::init, keys::public_key};

/// Servers, and the units of each: as many units as twice the most clients.
const SERVERS: u32 = 16;
const RANGES: [&str; 8] = [
    "0-7", "8-15", "16-23", "24-31", "32-39", "40-47", "48-55", "56-63",
];
/// The most that anything is waited for.
const PATIENCE: Duration = Duration::from_mins(5);
/// How often each way is measured, in turn.
pub(super) const ROUNDS: usize = 3;
/// With how many clients how much of the bare loop's pace is kept.
const LIMIT: (u32, f64) = (64, 0.8);
/// The tables that tenancies leave rows in.
const TABLES: [&str; 6] = [
    "allocations",
    "attestations",
    "events",
    "idempotency",
    "job_log",
    "jobs",
];

impl Bench {
    /// Tenancies a second, with few and many clients.
    pub(super) fn bookkeeping(&self, report: &mut Report) -> Result<()> {
        let (office, bare) = self.runtime.block_on(async {
            let office = Office::open(&std::env::temp_dir()).await?;
            let said = office.learn().await?;
            let bare = Office::open(&std::env::temp_dir()).await?.close().await;
            anyhow::Ok((office, bare_work::Loop::open(bare, said).await?))
        })?;
        for &clients in self.size.clients {
            let (mut ours, mut floor) = (Vec::new(), Vec::new());
            for round in 0..ROUNDS {
                let tenancies = self.size.tenancies;
                let tag = format!("{clients}-{round}");
                let (worked, left) = self
                    .runtime
                    .block_on(office.measure(&tag, clients, tenancies))?;
                ours.push(worked);
                let (worked, bare_left) = self.runtime.block_on(bare.measure(&tag, tenancies))?;
                floor.push(worked);
                ensure!(
                    left == bare_left,
                    "the bare loop leaves other rows in {TABLES:?}: {bare_left:?} and not {left:?}"
                );
            }
            report.add(Line {
                what: format!("tenancies with {clients} clients"),
                unit: "/s",
                kloigos: median(&ours),
                against: "the same transactions in a bare loop".to_owned(),
                floor: Some(median(&floor)),
                limit: if clients == LIMIT.0 {
                    Limit::AtLeast(LIMIT.1)
                } else {
                    Limit::None
                },
            });
        }
        self.without_disk(&bare, report)
    }
}

/// A control plane without HTTP, over a fleet of free units.
pub(super) struct Office {
    dir: TempDir,
    store: Store,
    control: Control,
}

/// What the jobs of a tenancy say, job by job.
pub(super) type Said = Vec<Vec<String>>;

impl Office {
    pub(super) async fn open(parent: &Path) -> Result<Self> {
        let dir = tempfile::tempdir_in(parent)?;
        let folder = dir.path().join("simulated");
        std::fs::create_dir_all(&folder)?;
        let store = Store::open(&folder).await?;
        let settings = Settings {
            visit_every: Duration::from_hours(24),
            ..Settings::default()
        };
        let servers = Arc::new(Instant::new(SERVERS));
        let control = Control::start(store.clone(), servers, World::system(), settings);
        for number in 1..=SERVERS {
            let begun = control.init_server(init(number, &RANGES)).await?;
            control.wait(begun.job, PATIENCE).await?;
        }
        let servers = control.list_servers().await?;
        let ready = |status| status == ServerStatus::Ready;
        ensure!(
            servers.iter().all(|server| ready(server.status)),
            "a server is not ready"
        );
        Ok(Self {
            dir,
            store,
            control,
        })
    }

    /// Ends the control plane and leaves the database, for others to work on.
    pub(super) async fn close(self) -> TempDir {
        self.control.stop(PATIENCE).await;
        self.store.close().await;
        self.dir
    }

    /// One tenancy, for the servers to learn from and to know what jobs say.
    async fn learn(&self) -> Result<Said> {
        tenancy(&self.control, "learn").await?;
        self.rest().await?;
        let mut connection = self.connect().await?;
        let mut said = Vec::new();
        for kind in ["allocating", "attesting", "deallocating"] {
            let lines = sqlx::query(
                "SELECT l.line FROM job_log l JOIN jobs j ON j.id = l.job_id WHERE j.kind = $1 \
                 ORDER BY l.seq",
            );
            let lines = lines.bind(kind).fetch_all(&mut connection).await?;
            let lines = lines.iter().map(|row| row.try_get(0));
            said.push(lines.collect::<Result<_, sqlx::Error>>()?);
        }
        Ok(said)
    }

    async fn connect(&self) -> Result<SqliteConnection> {
        fleet::connect(&fleet::file(self.dir.path())).await
    }

    /// Tenancies a second, and what they leave together.
    async fn measure(&self, tag: &str, clients: u32, tenancies: u32) -> Result<(f64, Rows)> {
        let mut connection = self.connect().await?;
        let before = rows(&mut connection).await?;
        let began = std::time::Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for client in 0..clients {
            let control = self.control.clone();
            let own = tenancies / clients;
            let tag = format!("{tag}-{client}");
            tasks.spawn(async move {
                for number in 0..own {
                    tenancy(&control, &format!("{tag}-{number}")).await?;
                }
                anyhow::Ok(own)
            });
        }
        let mut done = 0;
        while let Some(own) = tasks.join_next().await {
            done += own??;
        }
        self.rest().await?;
        let seconds = began.elapsed().as_secs_f64();
        let left = since(&before, &rows(&mut connection).await?);
        connection.close().await?;
        Ok((f64::from(done) / seconds, left))
    }

    /// Waits until no job is left.
    async fn rest(&self) -> Result<()> {
        rest(&self.control, None).await
    }
}

/// Waits until no job is left, of a unit or at all.
async fn rest(control: &Control, unit: Option<&UnitId>) -> Result<()> {
    let filter = JobFilter {
        compute_id: unit.map(ToString::to_string),
        statuses: vec![JobStatus::Queued, JobStatus::Running],
        limit: Some(1),
        ..JobFilter::default()
    };
    while let Some(job) = control.list_jobs(&filter).await?.first() {
        control.wait(job.id, PATIENCE).await?;
    }
    Ok(())
}

/// A unit is taken, attested and given back by somebody who waits for all of it.
async fn tenancy(control: &Control, tag: &str) -> Result<()> {
    let begun = control.allocate(allocate(tag)).await?;
    let unit = control.wait_for_unit(begun.job, PATIENCE).await?;
    let unit = unit.context("the unit is not ready in time")?;
    // It is attested now; who gives it back before that is over leaves no attestation.
    rest(control, Some(&unit.id)).await?;
    let begun = control
        .deallocate(Deallocate {
            unit: unit.id,
            allocation: unit.allocation,
            idempotency: Some(once("deallocate", tag)),
        })
        .await?;
    let ended = control.wait(begun.job, PATIENCE).await?;
    ensure!(
        ended.status == JobStatus::Succeeded,
        "a deallocation {}: {:?}",
        ended.status,
        ended.reason
    );
    Ok(())
}

fn allocate(tag: &str) -> Allocate {
    Allocate {
        wanted: Wanted::default(),
        tags: Some(serde_json::from_str(TAGS).expect("tags")),
        keys: public_key(1).parse().expect("a key"),
        limits: LimitsWish::default(),
        idempotency: Some(once("allocate", tag)),
        within: PATIENCE,
    }
}

/// What tenants write on their units.
pub(super) const TAGS: &str = r#"{"deployment_id":"web-1","team":"storage"}"#;

/// A request that is made once, as clients say it.
pub(super) fn once(scope: &str, tag: &str) -> Idempotency {
    Idempotency {
        caller: "bench".to_owned(),
        key: tag.to_owned(),
        scope: scope.to_owned(),
        fingerprint: "0".repeat(64),
    }
}

/// How many rows each table has.
pub(super) type Rows = Vec<i64>;

/// How many rows there are in each table.
pub(super) async fn rows(connection: &mut SqliteConnection) -> Result<Rows> {
    let mut counts = Rows::new();
    for table in TABLES {
        let count = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let row = sqlx::query(count).fetch_one(&mut *connection).await?;
        counts.push(row.try_get(0)?);
    }
    Ok(counts)
}

/// How many have come.
pub(super) fn since(before: &Rows, after: &Rows) -> Rows {
    let both = before.iter().zip(after);
    both.map(|(before, after)| after - before).collect()
}
