//! A simulated fleet whose machines outlive the process, as real ones do, and are the same ones for
//! every process that shares their folder.
//!
//! What was settled on a machine is kept in a file of its own and settled again by whoever finds the
//! file changed. A call holds the machine's lock, and is answered only after it was kept, so that a
//! machine never holds less than a database was told. What people made on a machine by hand is in a
//! file beside that one, which they may change at any time.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File},
    net::IpAddr,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use kloigos_control::{
    FirstContact,
    transport::{Answer, Target, Transport, TransportError},
};
use kloigos_model::host::{Desired, HandCut, Outcome, Progress, Request, ScopeName};
use kloigos_sim::fleet::{SimFleet, address};
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

/// The name of the folder, which has a file for each machine.
const FOLDER: &str = "machines";

/// What is on a machine, scope by scope; the server's own part comes first.
type Machine = BTreeMap<ScopeName, Desired>;

/// A simulated fleet that is kept in a folder.
pub(crate) struct KeptFleet {
    fleet: SimFleet,
    servers: u32,
    folder: PathBuf,
    /// The machines as this process has them in memory.
    here: Mutex<BTreeMap<IpAddr, Machine>>,
    /// What people made on them by hand.
    by_hand: Mutex<BTreeMap<IpAddr, Vec<HandCut>>>,
}

impl KeptFleet {
    /// The fleet of this folder, with each machine as it was.
    pub(crate) fn open(dir: &Path, servers: u32) -> Result<Self> {
        let folder = dir.join(FOLDER);
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder);
        made.with_context(|| format!("failed to make {}", folder.display()))?;
        Ok(Self {
            fleet: SimFleet::new(servers),
            servers,
            folder,
            here: Mutex::default(),
            by_hand: Mutex::default(),
        })
    }

    /// Makes the machine of this process what its people made of it.
    async fn be_cut_by_hand(&self, ip: IpAddr) -> Result<()> {
        let cuts: Vec<HandCut> = read(&self.folder.join(format!("{ip}.by-hand.json")))?;
        let mut by_hand = self.by_hand.lock().await;
        let before = by_hand.insert(ip, cuts.clone()).unwrap_or_default();
        if before != cuts {
            let number = (1..=self.servers).find(|number| address(*number) == ip);
            let number = number.context("there is no such simulated server")?;
            self.fleet.on_machine(number, |machine| {
                for cut in &cuts {
                    machine.cut_by_hand(cut);
                }
            });
        }
        Ok(())
    }

    /// Makes the machine of this process what it became by others.
    async fn catch_up(&self, ip: IpAddr, now: &Machine) -> Result<(), TransportError> {
        let before = self.here.lock().await.get(&ip).cloned().unwrap_or_default();
        let gone = |(name, _): &(&ScopeName, &Desired)| !now.contains_key(*name);
        // The server's own part goes last.
        let gone: Vec<Desired> = before
            .iter()
            .rev()
            .filter(gone)
            .map(|(_, s)| s.clone())
            .collect();
        let newer = |(name, scope): &(&ScopeName, &Desired)| before.get(*name) != Some(*scope);
        let newer: Vec<Desired> = now.iter().filter(newer).map(|(_, s)| s.clone()).collect();
        for request in [
            Request::Remove { scopes: gone },
            Request::Apply { scopes: newer },
        ] {
            if !scopes(&request).is_empty() {
                self.fleet.call(&target(ip), &request, &mut |_| {}).await?;
            }
        }
        self.here.lock().await.insert(ip, now.clone());
        Ok(())
    }

    async fn call_locked(
        &self,
        target: &Target,
        request: &Request,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, TransportError> {
        let file = self.folder.join(format!("{}.json", target.ip));
        let _held = lock(file.with_extension("lock")).await.map_err(lost)?;
        let mut machine: Machine = read(&file).map_err(lost)?;
        self.be_cut_by_hand(target.ip).await.map_err(lost)?;
        self.catch_up(target.ip, &machine).await?;
        let answer = self.fleet.call(target, request, progress).await?;
        if answer.report.outcome == Outcome::Settled && change(&mut machine, request) {
            write(&file, &machine).map_err(lost)?;
            self.here.lock().await.insert(target.ip, machine);
        }
        Ok(answer)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn lost(error: anyhow::Error) -> TransportError {
    TransportError::Lost(format!("{error:#}"))
}

fn scopes(request: &Request) -> &[Desired] {
    match request {
        Request::Apply { scopes } | Request::Remove { scopes } => scopes,
        Request::Facts | Request::Inspect { .. } | Request::Attest { .. } => &[],
    }
}

/// What a request that was settled leaves; whether that is another than before.
fn change(machine: &mut Machine, request: &Request) -> bool {
    match request {
        Request::Apply { scopes } => {
            machine.extend(scopes.iter().map(|scope| (scope.scope(), scope.clone())));
        }
        Request::Remove { scopes } => {
            machine.retain(|name, _| !scopes.iter().any(|scope| scope.scope() == *name));
        }
        Request::Facts | Request::Inspect { .. } | Request::Attest { .. } => return false,
    }
    true
}

/// Held until the file is dropped, by one call of one process.
async fn lock(path: PathBuf) -> Result<File> {
    let wait = move || {
        let file =
            File::create(&path).with_context(|| format!("failed to make {}", path.display()))?;
        file.lock()
            .with_context(|| format!("failed to lock {}", path.display()))?;
        Ok(file)
    };
    tokio::task::spawn_blocking(wait)
        .await
        .context("the lock was not awaited")?
}

#[async_trait::async_trait]
impl Transport for KeptFleet {
    async fn call(
        &self,
        target: &Target,
        request: &Request,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, TransportError> {
        self.call_locked(target, request, progress).await
    }

    fn simulated(&self) -> bool {
        true
    }
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

fn read<T: DeserializeOwned + Default>(file: &Path) -> Result<T> {
    match fs::read(file) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(T::default()),
        Err(error) => Err(error.into()),
    }
}

/// As a whole or not at all.
fn write(file: &Path, machine: &Machine) -> Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, serde_json::to_vec(machine)?)?;
    Ok(fs::rename(&new, file)?)
}
