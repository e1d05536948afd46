//! A control plane that answers on an address, until it is asked to stop.

use std::{future::Future, net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use axum::serve::ListenerExt;
use tokio::{net::TcpListener, time::sleep};

use crate::{App, Config, api};

/// How long calls in flight may take once a stop is asked for.
const CALLS: Duration = Duration::from_secs(8);
/// How long running steps of jobs may take after that; the next start takes up what is left.
const STEPS: Duration = Duration::from_secs(12);

/// A control plane with its socket.
pub struct Server {
    app: App,
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Binds the address, then opens the data and starts the control plane.
    pub async fn start(config: &Config) -> Result<Self> {
        config.check()?;
        let listener = bind(config.listen).await?;
        Self::with(App::assemble(config).await?, listener)
    }

    /// Puts this control plane on an address.
    pub async fn over(app: App, listen: SocketAddr) -> Result<Self> {
        Self::with(app, bind(listen).await?)
    }

    fn with(app: App, listener: TcpListener) -> Result<Self> {
        let address = listener
            .local_addr()
            .context("failed to read the address")?;
        Ok(Self {
            app,
            listener,
            address,
        })
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it serves.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Answers until `stop` is; then takes no further call, lets those in flight and the running
    /// steps end within their time, and returns.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        let app = self.app;
        let asked = {
            let app = app.clone();
            async move {
                stop.await;
                tracing::info!("stopping");
                app.begin_stop();
            }
        };
        let listener = self.listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "a connection keeps its delay");
            }
        });
        let serving = axum::serve(listener, api::router(app.clone())).with_graceful_shutdown(asked);
        tokio::select! {
            served = serving.into_future() => served.context("failed to serve")?,
            () = out_of_time(&app) => tracing::warn!("calls in flight were left off"),
        }
        app.control().stop(STEPS).await;
        tracing::info!("stopped");
        Ok(())
    }
}

async fn bind(listen: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(listen)
        .await
        .with_context(|| format!("failed to listen on {listen}"))
}

async fn out_of_time(app: &App) {
    app.unless_stopping(std::future::pending::<()>()).await;
    sleep(CALLS).await;
}
