//! What a control plane is started with, checked as a whole before anything is opened.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use kloigos_control::{
    FirstContact, Hooks, Settings,
    database::{Database, PostgresAddress},
    transport::ssh::SshSettings,
};

use crate::{auth::Access, host_binary, webhooks::HttpCourier};

/// The folder of the data directory that a simulated fleet's database is in, so that it never
/// mixes with that of real servers.
const SIMULATED: &str = "simulated";
/// The file of the data directory with the key that secrets are sealed with.
const SECRET_KEY: &str = "secret.key";

/// What a control plane is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it answers; port 0 for any free one.
    pub listen: SocketAddr,
    /// Where it keeps its data.
    pub data_dir: PathBuf,
    /// The database that it shares with others; `None` for a file of its own in `data_dir`.
    pub postgres: Option<PostgresAddress>,
    /// Whether it brings the database up to date by itself.
    pub migrate: bool,
    /// How long a job may go on without a sign of life before another control plane takes it up.
    pub lease: Duration,
    /// How many servers are worked on at once, by all control planes of the database together.
    pub servers_at_once: u32,
    /// How often each server is looked at as a whole.
    pub visit_every: Duration,
    /// The file of the key that secrets in the database are sealed with; `None` for one in
    /// `data_dir`, which is made if it is not there.
    pub secret_key: Option<PathBuf>,
    /// Whether calls need a token.
    pub access: Access,
    /// How long a call waits for its job.
    pub allocate_wait: Duration,
    /// What it does with a server whose host key it does not know.
    pub first_contact: FirstContact,
    /// Files in the format of `known_hosts(5)`.
    pub known_hosts: Vec<PathBuf>,
    /// The operator's own programs, run at points of its work.
    pub hooks: Option<HookConfig>,
    /// Which servers it manages.
    pub fleet: Fleet,
}

/// The operator's own programs.
#[derive(Debug, Clone)]
pub struct HookConfig {
    /// The folder that they are in.
    pub dir: PathBuf,
    /// How long each may take.
    pub limit: Duration,
    /// The program that plays playbooks.
    pub ansible_playbook: PathBuf,
}

/// Which servers a control plane manages.
#[derive(Debug, Clone)]
pub enum Fleet {
    /// So many simulated ones, and never a real one.
    Simulated(u32),
    /// Real ones.
    Ssh(SshSettings),
}

impl Config {
    /// Whether this can be started at all.
    pub fn check(&self) -> Result<()> {
        ensure!(
            self.access == Access::Tokens || self.listen.ip().is_loopback(),
            "refusing --insecure-no-auth on {}: without tokens it may listen only on a loopback \
             address such as 127.0.0.1:8000",
            self.listen
        );
        let keys = match &self.fleet {
            Fleet::Simulated(_) => &[],
            Fleet::Ssh(settings) => settings.keys.as_slice(),
        };
        for path in keys.iter().chain(&self.known_hosts) {
            std::fs::File::open(path)
                .with_context(|| format!("failed to open {}", path.display()))?;
        }
        Ok(())
    }

    /// Where the rows are.
    pub(crate) fn database(&self) -> Database {
        let postgres = self.postgres.clone().map(Database::Postgres);
        postgres.unwrap_or_else(|| Database::from(&self.own_dir()))
    }

    /// The folder of this kind of fleet.
    pub(crate) fn own_dir(&self) -> PathBuf {
        match self.fleet {
            Fleet::Simulated(_) => self.data_dir.join(SIMULATED),
            Fleet::Ssh(_) => self.data_dir.clone(),
        }
    }

    /// Whoever carries messages to webhooks.
    pub(crate) fn courier(&self) -> Result<Arc<HttpCourier>> {
        match &self.secret_key {
            Some(path) => HttpCourier::with_key(path),
            None => HttpCourier::open(&self.own_dir().join(SECRET_KEY)),
        }
    }

    /// The settings of the control plane itself.
    pub(crate) fn settings(&self) -> Result<Settings> {
        Ok(Settings {
            host_binary: host_binary::find()?,
            first_contact: self.first_contact,
            known_hosts: self.known_hosts.clone(),
            lease: self.lease,
            servers_at_once: self.servers_at_once,
            visit_every: self.visit_every,
            hooks: self.hooks()?,
            ..Settings::default()
        })
    }

    /// The hooks; those that are not sound are told now, not only when their point comes.
    fn hooks(&self) -> Result<Option<Hooks>> {
        let Some(config) = &self.hooks else {
            return Ok(None);
        };
        let ssh = match &self.fleet {
            Fleet::Simulated(_) => SshSettings::default(),
            Fleet::Ssh(settings) => settings.clone(),
        };
        let scratch = self.own_dir().join("hooks");
        std::fs::create_dir_all(&scratch)
            .with_context(|| format!("failed to make {}", scratch.display()))?;
        let hooks = Hooks {
            dir: config.dir.canonicalize().with_context(|| {
                format!("failed to find the hooks' folder {}", config.dir.display())
            })?,
            scratch: scratch.canonicalize().context("failed to find a folder")?,
            limit: config.limit,
            ansible_playbook: config.ansible_playbook.clone(),
            ssh_user: ssh.user,
            ssh_keys: ssh.keys,
            ssh_agent: ssh.agent,
        };
        for file in hooks.files().map_err(anyhow::Error::msg)? {
            tracing::info!(hook = %file.display(), "a hook is run at its point");
        }
        Ok(Some(hooks))
    }
}
