//! What an allocation of a warm unit costs on an open connection, against `true` on the same one.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use kloigos_control::{
    FirstContact, HostBinary,
    transport::{
        Target, Transport,
        ssh::{SshSettings, SshTransport},
    },
};
use kloigos_model::{
    host::{
        Activity, Desired, Generation, Measure, Outcome, Request, ServerSpec, Spec, Tenant,
        UnitSpec,
    },
    ids::AllocationId,
    limits::Limits,
    names::{DirName, UserName},
};
use xtask::lab::Server;

use super::{Figures, RANGE, UID, floor};

/// One server, spoken to by the transport itself.
struct Line<'s> {
    server: &'s Server,
    transport: SshTransport,
    target: Target,
    counter: u64,
}

/// Allocates and deallocates a warm unit so many times by one request each, with `true` between.
pub(super) fn measure(server: &Server, rounds: usize, key: &str) -> Result<Figures> {
    let runtime = tokio::runtime::Runtime::new()?;
    let mut line = Line::open(server)?;
    let mut figures = Figures::default();
    runtime.block_on(line.apply(Spec::Server(ServerSpec {
        ports: vec!["2000-2200".parse()?],
        measures: Measure::ALL.iter().copied().collect(),
        housekeeping: None,
    })))?;
    runtime.block_on(line.apply(unit(None)?))?;
    for round in 0..rounds {
        server.script(floor::AWAIT_WARM)?;
        let began = Instant::now();
        runtime.block_on(line.transport.beat(&line.target))?;
        figures.add("one request", "true", began.elapsed());
        let tenant = Tenant {
            allocation: AllocationId::of(uuid::Uuid::from_u128(round as u128 + 1)),
            keys: key.parse()?,
            resets: 0,
            activity: Activity::Running,
        };
        let began = Instant::now();
        runtime.block_on(line.apply(unit(Some(tenant))?))?;
        figures.add("one request", "allocate", began.elapsed());
        runtime.block_on(line.apply(unit(None)?))?;
    }
    runtime.block_on(line.remove())?;
    Ok(figures)
}

fn unit(tenant: Option<Tenant>) -> Result<Spec> {
    let cpus = RANGE.parse()?;
    Ok(Spec::Unit(UnitSpec {
        user: UserName::of(&cpus),
        uid: UID,
        dir: DirName::of(&cpus),
        cpus,
        memory_nodes: "0".parse()?,
        limits: Limits {
            memory_max: Some(1 << 30),
            tasks_max: Some(4096),
            ..Limits::default()
        },
        ports: "2000-2200".parse()?,
        warm: true,
        volume: None,
        tenant,
    }))
}

impl<'s> Line<'s> {
    fn open(server: &'s Server) -> Result<Self> {
        let path = xtask::dist::build()?;
        let binary = HostBinary {
            sha256: xtask::dist::digest(&path)?,
            bytes: std::fs::read(&path)?.into(),
        };
        let settings = SshSettings {
            keys: vec![server.private_key_path().to_owned()],
            ..SshSettings::default()
        };
        let target = Target {
            ip: server.address().into(),
            port: 22,
            user: None,
            trusted: vec![server.host_key()?.parse()?],
            first_contact: FirstContact::Refuse,
        };
        Ok(Self {
            server,
            transport: SshTransport::new(settings, Some(binary)),
            target,
            counter: 0,
        })
    }

    async fn apply(&mut self, spec: Spec) -> Result<()> {
        self.counter += 1;
        let generation = Generation {
            epoch: 1,
            counter: self.counter,
        };
        let scopes = vec![Desired { generation, spec }];
        self.ask(&Request::Apply { scopes }).await
    }

    /// Leaves the server as it was.
    async fn remove(&mut self) -> Result<()> {
        self.counter += 1;
        let generation = Generation {
            epoch: 1,
            counter: self.counter,
        };
        let server = Spec::Server(ServerSpec {
            ports: vec!["2000-2200".parse()?],
            measures: Measure::ALL.iter().copied().collect(),
            housekeeping: None,
        });
        let scopes = [unit(None)?, server]
            .map(|spec| Desired { generation, spec })
            .to_vec();
        self.ask(&Request::Remove { scopes }).await
    }

    async fn ask(&self, request: &Request) -> Result<()> {
        let answer = self
            .transport
            .call(&self.target, request, &mut |_| ())
            .await;
        let report = answer
            .with_context(|| format!("failed to ask {}", self.server.address()))?
            .report;
        ensure!(
            report.outcome == Outcome::Settled,
            "the host answered {report:?}"
        );
        Ok(())
    }
}
