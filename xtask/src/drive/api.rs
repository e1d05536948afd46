//! The API over HTTP, as one who wants its answers, not its bytes.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::client::{Call, Client};

/// How long an init may take.
const INIT: Duration = Duration::from_mins(10);
/// How long between two looks at something that is awaited.
const PAUSE: Duration = Duration::from_millis(20);

/// One API, as one caller, whose calls fail with words.
#[derive(Debug, Clone)]
pub struct Api {
    client: Client,
}

/// A status, the headers that name a job, and a JSON body (`null` when there is none).
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The job the call began.
    pub job: Option<String>,
    /// The body.
    pub body: Value,
}

impl Answer {
    /// The body, when the call succeeded; what it said, otherwise.
    pub fn expect_ok(self, what: &str) -> Result<Value> {
        ensure!(
            self.status < 300,
            "{what} was answered {} {}",
            self.status,
            self.body
        );
        Ok(self.body)
    }
}

impl Api {
    /// The API that this client calls.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The client, for calls that are made by hand.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Where it answers, such as `http://127.0.0.1:8000`.
    pub fn base(&self) -> String {
        format!("http://{}", self.client.address())
    }

    /// The token it calls with.
    pub fn token(&self) -> Option<&str> {
        self.client.token()
    }

    /// `GET`, with `path` beginning `/api/`.
    pub fn get(&self, path: &str) -> Result<Answer> {
        self.call(&Call::new("GET", path))
    }

    /// `DELETE`.
    pub fn delete(&self, path: &str) -> Result<Answer> {
        self.call(&Call::new("DELETE", path))
    }

    /// `POST` of a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.call(&Call::new("POST", path).json(body))
    }

    /// Any other call.
    pub fn call(&self, call: &Call) -> Result<Answer> {
        let reply = self.client.try_send(call)?;
        Ok(Answer {
            status: reply.status,
            job: reply.header("kloigos-job").map(str::to_owned),
            body: serde_json::from_str(&reply.body).unwrap_or(match reply.body.as_str() {
                "" => Value::Null,
                _ => Value::String(reply.body),
            }),
        })
    }

    /// Cuts a server into units and waits until that is done.
    pub fn init_server(
        &self,
        hostname: &str,
        ip: &str,
        ranges: &[&str],
        more: &Value,
    ) -> Result<()> {
        let mut body = serde_json::json!({
            "ip": ip, "region": "lab", "zone": "a", "hostname": hostname, "cpu_ranges": ranges,
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        self.post("/api/admin/init_server", &body)?
            .expect_ok("init_server")?;
        let server = self.await_init(hostname)?;
        ensure!(
            server["status"] == "ready",
            "{hostname} is not ready: {server}"
        );
        Ok(())
    }

    /// A call waits two minutes at most; a busy machine's emulated server takes longer.
    fn await_init(&self, hostname: &str) -> Result<Value> {
        let began = Instant::now();
        loop {
            let server = self.get(&format!("/api/servers/{hostname}"))?;
            let server = server.expect_ok("the server")?;
            if server["status"] != "initializing" {
                return Ok(server);
            }
            if began.elapsed() > INIT {
                bail!("{hostname} is not cut within {INIT:?}: {server}");
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// A unit as the list shows it.
    pub fn unit(&self, compute_id: &str) -> Result<Value> {
        let listed = self.get(&format!("/api/compute_units/?compute_id={compute_id}"))?;
        let listed = listed.expect_ok("the list")?;
        listed
            .get(0)
            .cloned()
            .with_context(|| format!("no unit {compute_id} is listed"))
    }

    /// Waits until a unit has a status; fails with the last seen after `within`.
    pub fn await_status(&self, compute_id: &str, status: &str, within: Duration) -> Result<Value> {
        let began = Instant::now();
        loop {
            let unit = self.unit(compute_id)?;
            if unit["status"] == status {
                return Ok(unit);
            }
            if began.elapsed() > within {
                bail!("{compute_id} was to be {status} within {within:?} and is {unit}");
            }
            std::thread::sleep(PAUSE);
        }
    }
}
