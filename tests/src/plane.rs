//! A control plane in this process, over HTTP, on a port and with data of its own.

use std::{path::Path, sync::Arc, time::Duration};

use kloigos_control::{Control, FirstContact, Settings, World, transport::Transport};
use kloigos_server::{Access, App, Config, Fleet, HttpCourier, Server};
use kloigos_store::Store;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::oneshot};

use crate::{client::Client, place::Place};

/// A running control plane; ends with the value.
pub struct Plane {
    client: Client,
    app: App,
    stop: Option<oneshot::Sender<()>>,
    runtime: Option<Runtime>,
    _dir: TempDir,
}

impl Plane {
    /// With so many simulated servers, as `serve --simulated` makes it.
    pub fn simulated(servers: u32) -> Self {
        Self::waiting(servers, Duration::from_mins(2))
    }

    /// The same, whose calls wait so long at most.
    pub fn waiting(servers: u32, allocate_wait: Duration) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            data_dir: dir.path().to_owned(),
            postgres: None,
            migrate: true,
            lease: Settings::default().lease,
            servers_at_once: Settings::default().servers_at_once,
            visit_every: Settings::default().visit_every,
            secret_key: None,
            access: Access::Tokens,
            allocate_wait,
            first_contact: FirstContact::Trust,
            known_hosts: Vec::new(),
            hooks: None,
            fleet: Fleet::Simulated(servers),
        };
        let runtime = Runtime::new().expect("a runtime");
        let server = runtime
            .block_on(Server::start(&config))
            .expect("a control plane");
        Self::run(runtime, server, dir)
    }

    /// Over servers that the test has in its own hand.
    pub fn over(transport: Arc<dyn Transport>, settings: Settings, wait: Duration) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let runtime = Runtime::new().expect("a runtime");
        let server = runtime.block_on(async {
            let store = Store::open(dir.path()).await.expect("a database");
            let control = Control::start(store, transport, World::system(), settings);
            let courier = HttpCourier::open(&dir.path().join("secret.key")).expect("a key");
            let app = App::new(control, courier, Access::Tokens, wait);
            Server::over(app, ([127, 0, 0, 1], 0).into()).await
        });
        Self::run(runtime, server.expect("a control plane"), dir)
    }

    /// Over a database that outlives it, and servers that the test has in its own hand. No call
    /// needs a token.
    pub fn on(
        place: &Place,
        secret_key: &Path,
        transport: Arc<dyn Transport>,
        settings: Settings,
    ) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let courier = HttpCourier::open(secret_key).expect("a key");
        let server = runtime.block_on(async {
            let store = place.open().await;
            let control = Control::start(store, transport, World::system(), settings);
            let app = App::new(control, courier, Access::Open, Duration::from_mins(2));
            Server::over(app, ([127, 0, 0, 1], 0).into()).await
        });
        let server = server.expect("a control plane");
        let client = Client::new(server.address(), None);
        let dir = tempfile::tempdir().expect("a folder");
        Self::serve(runtime, server, client, dir)
    }

    /// Ends it where it is, and returns when nothing of it is left.
    pub fn kill(mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_mins(1));
        }
    }

    fn run(runtime: Runtime, server: Server, dir: TempDir) -> Self {
        let token = runtime.block_on(server.app().first_token());
        let token = token
            .expect("a token is stored")
            .expect("it is the first start");
        let client = Client::new(server.address(), Some(token));
        Self::serve(runtime, server, client, dir)
    }

    fn serve(runtime: Runtime, server: Server, client: Client, dir: TempDir) -> Self {
        let app = server.app().clone();
        let (stop, stopped) = oneshot::channel();
        runtime.spawn(server.run(async move {
            // An error means that the sender is gone, which is a stop as well.
            let _ = stopped.await;
        }));
        Self {
            client,
            app,
            stop: Some(stop),
            runtime: Some(runtime),
            _dir: dir,
        }
    }

    /// Its administrator.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Asks it to stop; calls in flight end while the value lives.
    #[must_use]
    pub fn stop(mut self) -> Self {
        drop(self.stop.take());
        self
    }

    /// Cuts the simulated server of this number into units and waits until that is done.
    #[track_caller]
    pub fn init(&self, number: u8, ranges: &[&str]) {
        self.client
            .post("/api/admin/init_server", &init_body(number, ranges))
            .expect(200);
        let path = format!("/api/servers/host{number}");
        let server = self
            .client
            .await_get(&path, |server| server["status"] != "initializing");
        assert_eq!(server["status"], "ready", "{server:#}");
    }

    /// Forgets all but so many of the newest events.
    pub fn prune_events(&self, kept: u64) {
        let control = self.app.control().clone();
        let runtime = self.runtime.as_ref().expect("it runs");
        runtime
            .block_on(control.prune_events(kept))
            .expect("the events are forgotten");
    }

    /// Waits until no job is unfinished.
    #[track_caller]
    pub fn await_rest(&self) {
        self.client.await_get("/api/jobs?limit=1000", |jobs| {
            let mut jobs = jobs.as_array().into_iter().flatten();
            jobs.all(|job| {
                ["succeeded", "failed", "cancelled"]
                    .iter()
                    .any(|over| job["status"] == *over)
            })
        });
    }

    /// Units, servers and jobs, as they are listed.
    #[track_caller]
    pub fn everything(&self) -> Value {
        let units = self.client.get("/api/compute_units/").expect(200);
        let servers = self.client.get("/api/servers").expect(200);
        let jobs = self.client.get("/api/jobs?limit=1000").expect(200);
        json!({ "units": units, "servers": servers, "jobs": jobs })
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The body of an init of the simulated server of this number, named `host1` and so on.
pub fn init_body(number: u8, ranges: &[&str]) -> Value {
    json!({
        "ip": format!("127.64.0.{number}"),
        "region": "eu",
        "zone": "a",
        "hostname": format!("host{number}"),
        "cpu_ranges": ranges,
    })
}
