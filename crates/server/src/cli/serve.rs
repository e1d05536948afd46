//! `kloigos serve`.

use std::{
    io::{Write, stdout},
    net::SocketAddr,
    path::PathBuf,
    time::Duration,
};

use anyhow::{Context, Result};
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{database::DatabaseArgs, hooks::HookArgs, ssh::SshArgs};
use crate::{
    Access, Config, Fleet, Server,
    logs::{self, LogFormat},
};

/// How the control plane is started. Each flag has an environment variable; secrets have no flag.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Where to answer.
    #[arg(
        long,
        env = "KLOIGOS_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8000"
    )]
    listen: SocketAddr,
    #[command(flatten)]
    place: DatabaseArgs,
    /// Refuse a database whose schema is not up to date instead of bringing it there.
    #[arg(long, env = "KLOIGOS_NO_MIGRATE")]
    no_migrate: bool,
    /// How long the jobs of a control plane that died wait before another one takes them up.
    #[arg(
        long,
        env = "KLOIGOS_LEASE",
        value_name = "SECONDS",
        default_value_t = 60,
        value_parser = clap::value_parser!(u32).range(3..=3600)
    )]
    lease: u32,
    /// Let everybody on this machine do everything: no call needs a token. Only on a loopback
    /// address.
    #[arg(long)]
    insecure_no_auth: bool,
    /// Manage so many simulated servers, sim1 at 127.64.0.1 and so on, and no real one. Their data
    /// is kept apart, in DIR/simulated.
    #[arg(long, value_name = "SERVERS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    simulated: Option<u32>,
    /// Work on so many servers at once at most; all control planes of a database together.
    #[arg(
        long,
        env = "KLOIGOS_SERVERS_AT_ONCE",
        value_name = "SERVERS",
        default_value_t = 64,
        value_parser = clap::value_parser!(u32).range(1..=10_000)
    )]
    servers_at_once: u32,
    /// Look at each server as a whole so often, and compare it with what it should be.
    #[arg(
        long,
        env = "KLOIGOS_VISIT_EVERY",
        value_name = "SECONDS",
        default_value_t = 60,
        value_parser = clap::value_parser!(u32).range(1..=86_400)
    )]
    visit_every: u32,
    /// The file of the key that secrets of webhooks are sealed with: 32 bytes in base64. By default
    /// DIR/secret.key, which is made at the first start. Control planes that share a database need
    /// the same one.
    #[arg(long, env = "KLOIGOS_SECRET_KEY_FILE", value_name = "FILE")]
    secret_key_file: Option<PathBuf>,
    #[command(flatten)]
    ssh: SshArgs,
    #[command(flatten)]
    hooks: HookArgs,
    /// How long a call that waits for its work waits at most; the work goes on.
    #[arg(
        long,
        env = "KLOIGOS_ALLOCATE_WAIT",
        value_name = "SECONDS",
        default_value_t = 120
    )]
    allocate_wait: u32,
    /// How to write the log, which goes to stderr.
    #[arg(
        long,
        env = "KLOIGOS_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "text"
    )]
    log_format: LogFormat,
    /// What to log, such as `info` or `kloigos_control=debug,warn`.
    #[arg(
        long,
        env = "KLOIGOS_LOG",
        value_name = "FILTER",
        default_value = "info"
    )]
    log: String,
}

impl Serve {
    pub(super) fn run(self) -> Result<()> {
        logs::begin(self.log_format, &self.log)?;
        let config = Config::try_from(self)?;
        let runtime = tokio::runtime::Runtime::new().context("failed to start the runtime")?;
        let served = runtime.block_on(serve(&config));
        // A message to a webhook that is on its way is not waited for; it is sent again.
        runtime.shutdown_background();
        served
    }
}

impl TryFrom<Serve> for Config {
    type Error = anyhow::Error;

    fn try_from(serve: Serve) -> Result<Self> {
        let postgres = serve.place.address()?;
        let ssh = serve.ssh.settings();
        Ok(Self {
            listen: serve.listen,
            data_dir: serve.place.data_dir,
            postgres,
            migrate: !serve.no_migrate,
            lease: Duration::from_secs(serve.lease.into()),
            servers_at_once: serve.servers_at_once,
            visit_every: Duration::from_secs(serve.visit_every.into()),
            secret_key: serve.secret_key_file,
            access: if serve.insecure_no_auth {
                Access::Open
            } else {
                Access::Tokens
            },
            allocate_wait: Duration::from_secs(serve.allocate_wait.into()),
            first_contact: serve.ssh.first_contact(),
            known_hosts: serve.ssh.known_hosts,
            hooks: serve.hooks.config(),
            fleet: serve.simulated.map_or(Fleet::Ssh(ssh), Fleet::Simulated),
        })
    }
}

async fn serve(config: &Config) -> Result<()> {
    let server = Server::start(config).await?;
    if let Some(token) = first_token(&server, config.access).await? {
        show(&token).context("failed to show the token")?;
    }
    say_how(&server, config).await;
    // For systemd, where it waits for that: calls made from now on are answered.
    if let Err(error) = sd_notify::notify(&[sd_notify::NotifyState::Ready]) {
        tracing::warn!(%error, "the service manager is not told");
    }
    let mut terminate = signal(SignalKind::terminate()).context("failed to await signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("failed to await signals")?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    server.run(stop).await
}

/// Where calls need tokens, the first one; a start without tokens leaves it to the next.
async fn first_token(server: &Server, access: Access) -> Result<Option<String>> {
    match access {
        Access::Tokens => server.app().first_token().await,
        Access::Open => Ok(None),
    }
}

/// The one time that a token is seen; never in the log, which others keep.
fn show(token: &str) -> std::io::Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "administrator token: {token}")?;
    writeln!(
        out,
        "It is shown this once and kept only as a hash. Send it with every call, as the header\n\
         Authorization: Bearer TOKEN"
    )?;
    out.flush()
}

async fn say_how(server: &Server, config: &Config) {
    let standing = server.app().control().health().await;
    if let Fleet::Simulated(servers) = config.fleet {
        tracing::warn!(
            servers,
            simulated = true,
            "all servers are simulated; nothing real is touched"
        );
    }
    if !standing.host_binary {
        tracing::warn!(
            "this build has no kloigos-host, so it refuses to init servers; build it with: \
             cargo xtask dist"
        );
    }
    if config.access == Access::Open {
        tracing::warn!("no call needs a token: everybody on this machine is an administrator");
    }
    let database = config.database();
    tracing::info!(address = %server.address(), %database, simulated = standing.simulated, "listening");
}
