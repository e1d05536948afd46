//! What every handler is handed, and the only place where the control plane is put together.

use std::{future::Future, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use kloigos_control::{
    Control, Store, SystemEntropy, World,
    transport::{Transport, ssh::SshTransport},
};
use tokio::sync::watch;

use crate::{
    auth::{Access, Secret},
    config::{Config, Fleet},
    metrics::Calls,
    simulated::KeptFleet,
    webhooks::HttpCourier,
};

/// How far the clocks of two control planes may be apart. Leases are times of whoever takes them,
/// and are renewed long before their end; more than this would eat into that.
const CLOCKS: Duration = Duration::from_secs(5);

async fn open(config: &Config) -> Result<Store> {
    let database = config.database();
    let opened = if config.migrate {
        Store::open(database).await
    } else {
        Store::open_as_it_is(database).await
    };
    opened.context("failed to open the data directory or database")
}

/// Control planes that share a database compare their times by its clock.
async fn refuse_wrong_clock(store: &Store, world: &World) -> Result<()> {
    let Some(theirs) = store
        .clock()
        .await
        .context("failed to read the database's clock")?
    else {
        return Ok(());
    };
    let apart = world.now().duration_since(theirs).unsigned_abs();
    ensure!(
        apart <= CLOCKS,
        "the clock of this machine and the database's are {} seconds apart; set them by NTP, for \
         leases of jobs are times that all control planes must agree on",
        apart.as_secs()
    );
    Ok(())
}

/// The control plane as the API sees it. Clones are the same one.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    control: Control,
    courier: Arc<HttpCourier>,
    access: Access,
    patience: Duration,
    calls: Calls,
    stop: watch::Sender<bool>,
}

impl App {
    /// An API over this control plane, whose calls wait so long at most, and whose webhooks are told
    /// of events by this courier from now on.
    pub fn new(
        control: Control,
        courier: Arc<HttpCourier>,
        access: Access,
        patience: Duration,
    ) -> Self {
        control.send_webhooks(courier.clone());
        Self {
            inner: Arc::new(Inner {
                control,
                courier,
                access,
                patience,
                calls: Calls::default(),
                stop: watch::Sender::new(false),
            }),
        }
    }

    /// Opens the data directory and starts the control plane that the configuration describes.
    pub async fn assemble(config: &Config) -> Result<Self> {
        let world = World::system();
        let store = open(config).await?;
        refuse_wrong_clock(&store, &world).await?;
        let settings = config.settings()?;
        let transport: Arc<dyn Transport> = match config.fleet.clone() {
            Fleet::Simulated(servers) => Arc::new(KeptFleet::open(&config.own_dir(), servers)?),
            Fleet::Ssh(ssh) => Arc::new(SshTransport::new(ssh, settings.host_binary.clone())),
        };
        let control = Control::start(store, transport, world, settings);
        let courier = config.courier()?;
        let patience = config.allocate_wait;
        Ok(Self::new(control, courier, config.access, patience))
    }

    /// The control plane itself.
    pub fn control(&self) -> &Control {
        &self.inner.control
    }

    /// Whoever carries messages to webhooks.
    pub(crate) fn courier(&self) -> &HttpCourier {
        &self.inner.courier
    }

    /// The secret of the first token, on the first start and never again.
    pub async fn first_token(&self) -> Result<Option<String>> {
        let token = Secret::draw(&SystemEntropy);
        let stored = self.control().ensure_first_token(&token.hash()).await;
        let stored = stored.context("failed to store the first token")?;
        Ok(stored.then(|| token.reveal().to_owned()))
    }

    /// How long a call waits for its job.
    pub(crate) fn patience(&self) -> Duration {
        self.inner.patience
    }

    /// Whether calls need a token.
    pub(crate) fn access(&self) -> Access {
        self.inner.access
    }

    /// What it answered since its start.
    pub(crate) fn calls(&self) -> &Calls {
        &self.inner.calls
    }

    /// Calls that wait are answered at once from now on.
    pub(crate) fn begin_stop(&self) {
        self.inner.stop.send_replace(true);
    }

    /// What comes out of this, or `None` when the control plane stops before.
    pub(crate) async fn unless_stopping<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut stop = self.inner.stop.subscribe();
        tokio::select! {
            biased;
            done = work => Some(done),
            _ = stop.wait_for(|stopping| *stopping) => None,
        }
    }
}
