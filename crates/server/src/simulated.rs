//! A simulated fleet whose machines outlive the process, as real ones do.
//!
//! What was settled on each machine is kept in a file beside the database and settled again on a
//! new machine at the next start. A call is answered only after it was kept, so that a machine never
//! holds less than the database was told.

use std::{
    collections::BTreeMap,
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use kloigos_control::{
    FirstContact,
    transport::{Answer, Target, Transport, TransportError},
};
use kloigos_model::host::{Desired, Outcome, Progress, Request, ScopeName};
use kloigos_sim::fleet::SimFleet;
use tokio::sync::Mutex;

/// The name of the file.
const FILE: &str = "machines.json";

/// What is on each machine, scope by scope; the server's own part comes first.
type Machines = BTreeMap<IpAddr, BTreeMap<ScopeName, Desired>>;

/// A simulated fleet that is kept in a folder.
pub(crate) struct KeptFleet {
    fleet: SimFleet,
    file: PathBuf,
    machines: Mutex<Machines>,
}

impl KeptFleet {
    /// The fleet of this folder, with each machine as it was.
    pub(crate) async fn open(dir: &Path, servers: u32) -> Result<Self> {
        let file = dir.join(FILE);
        let machines = read(&file).with_context(|| format!("failed to read {}", file.display()))?;
        let fleet = SimFleet::new(servers);
        for (&ip, scopes) in &machines {
            let scopes = scopes.values().cloned().collect();
            let restored = call(&fleet, &target(ip), &Request::Apply { scopes }).await;
            // A machine that the fleet no longer has is unreachable from now on.
            if let Err(error) = restored {
                tracing::warn!(%ip, %error, "a simulated server is gone");
            }
        }
        Ok(Self {
            fleet,
            file,
            machines: Mutex::new(machines),
        })
    }

    async fn keep(&self, ip: IpAddr, request: &Request) -> Result<()> {
        let mut machines = self.machines.lock().await;
        let machine = machines.entry(ip).or_default();
        match request {
            Request::Apply { scopes } => {
                machine.extend(scopes.iter().map(|scope| (scope.scope(), scope.clone())));
            }
            Request::Remove { scopes } => {
                machine.retain(|name, _| !scopes.iter().any(|scope| scope.scope() == *name));
            }
            Request::Facts | Request::Inspect { .. } | Request::Attest { .. } => return Ok(()),
        }
        write(&self.file, &machines)
            .with_context(|| format!("failed to write {}", self.file.display()))
    }
}

#[async_trait::async_trait]
impl Transport for KeptFleet {
    async fn call(
        &self,
        target: &Target,
        request: &Request,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, TransportError> {
        let answer = self.fleet.call(target, request, progress).await?;
        if answer.report.outcome == Outcome::Settled {
            let kept = self.keep(target.ip, request).await;
            kept.map_err(|error| TransportError::Lost(format!("{error:#}")))?;
        }
        Ok(answer)
    }

    fn simulated(&self) -> bool {
        true
    }
}

async fn call(
    fleet: &SimFleet,
    target: &Target,
    request: &Request,
) -> Result<Answer, TransportError> {
    fleet.call(target, request, &mut |_| {}).await
}

fn target(ip: IpAddr) -> Target {
    Target {
        ip,
        port: 22,
        user: None,
        trusted: Vec::new(),
        first_contact: FirstContact::Trust,
    }
}

fn read(file: &Path) -> Result<Machines> {
    match fs::read(file) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Machines::new()),
        Err(error) => Err(error.into()),
    }
}

/// As a whole or not at all.
fn write(file: &Path, machines: &Machines) -> Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, serde_json::to_vec(machines)?)?;
    Ok(fs::rename(&new, file)?)
}
