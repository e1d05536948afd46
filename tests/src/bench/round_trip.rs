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
        Activity, Desired, Generation, Measure, Outcome, Progress, Request, ServerSpec, Spec,
        Tenant, UnitSpec,
    },
    ids::AllocationId,
    limits::Limits,
    names::{DirName, UserName},
};
use tokio::runtime::Runtime;
use xtask::lab::Server;

use super::{Figures, RANGE, UID, floor};

/// One server, spoken to by the transport itself.
pub(super) struct Line<'s> {
    server: &'s Server,
    key: &'s str,
    runtime: Runtime,
    transport: SshTransport,
    target: Target,
    counter: u64,
    figures: Figures,
}

fn server_part() -> Result<Spec> {
    Ok(Spec::Server(ServerSpec {
        ports: vec!["2000-2200".parse()?],
        measures: Measure::ALL.iter().copied().collect(),
        housekeeping: None,
    }))
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
    /// Cuts the server, with one warm unit. What that took, step by step, is part of the first
    /// round.
    pub(super) fn open(server: &'s Server, key: &'s str) -> Result<Self> {
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
        let mut line = Self {
            server,
            key,
            runtime: Runtime::new()?,
            transport: SshTransport::new(settings, Some(binary)),
            target,
            counter: 0,
            figures: Figures::default(),
        };
        line.apply("init, the server", server_part()?)?;
        line.apply("init, a unit", unit(None)?)?;
        Ok(line)
    }

    /// `true`, one allocation and one deallocation of a warm unit.
    pub(super) fn round(&mut self) -> Result<Figures> {
        self.server.script(floor::AWAIT_WARM)?;
        let began = Instant::now();
        let beat = self.transport.beat(&self.target);
        self.runtime.block_on(beat)?;
        self.figures.add("one request", "true", began.elapsed());
        let tenant = Tenant {
            allocation: AllocationId::of(uuid::Uuid::from_u128(self.counter.into())),
            keys: self.key.parse()?,
            resets: 0,
            activity: Activity::Running,
        };
        let began = Instant::now();
        self.apply("allocate", unit(Some(tenant))?)?;
        self.figures.add("one request", "allocate", began.elapsed());
        self.apply("deallocate", unit(None)?)?;
        Ok(std::mem::take(&mut self.figures))
    }

    /// One request; each step lasts until the next is told of.
    fn apply(&mut self, what: &str, spec: Spec) -> Result<()> {
        self.counter += 1;
        let generation = Generation {
            epoch: 1,
            counter: self.counter,
        };
        let scopes = vec![Desired { generation, spec }];
        let request = Request::Apply { scopes };
        let mut step = ("the way there, and a look".to_owned(), Instant::now());
        let figures = &mut self.figures;
        let mut ended = |next: String| {
            let (name, began) = std::mem::replace(&mut step, (next, Instant::now()));
            figures.add(&format!("{what}: {name}"), "kloigos", began.elapsed());
        };
        let mut told = |progress: Progress| ended(progress.resource);
        let answer = self.transport.call(&self.target, &request, &mut told);
        let answer = self.runtime.block_on(answer);
        ended(String::new());
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
