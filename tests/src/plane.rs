//! A control plane in this process, over HTTP, on a port and with data of its own.

use std::{sync::Arc, time::Duration};

use kloigos_control::{Control, FirstContact, Settings, World, transport::Transport};
use kloigos_server::{Access, App, Config, Fleet, HttpCourier, Server};
use kloigos_store::Store;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::oneshot};

use crate::client::Client;

/// A running control plane; ends with the value.
pub struct Plane {
    client: Client,
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

    fn run(runtime: Runtime, server: Server, dir: TempDir) -> Self {
        let token = runtime.block_on(server.app().first_token());
        let token = token
            .expect("a token is stored")
            .expect("it is the first start");
        let client = Client::new(server.address(), Some(token));
        let (stop, stopped) = oneshot::channel();
        runtime.spawn(server.run(async move {
            // An error means that the sender is gone, which is a stop as well.
            let _ = stopped.await;
        }));
        Self {
            client,
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
