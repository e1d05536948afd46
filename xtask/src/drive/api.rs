//! The API over HTTP, with the token in its header.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// How long between two looks at something that is awaited.
const PAUSE: Duration = Duration::from_millis(20);

/// One API, as one caller.
#[derive(Clone)]
pub struct Api {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
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
    /// The API at this base, such as `http://127.0.0.1:8000`.
    pub fn new(base: &str, token: Option<String>) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(10)))
            .build();
        Self {
            agent: config.into(),
            base: base.to_owned(),
            token,
        }
    }

    /// Where it answers.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The token it calls with.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// `GET`, with `path` beginning `/api/`.
    pub fn get(&self, path: &str) -> Result<Answer> {
        let request = self.authorized(self.agent.get(self.url(path)));
        answer(
            request
                .call()
                .with_context(|| format!("failed to GET {path}"))?,
        )
    }

    /// `DELETE`.
    pub fn delete(&self, path: &str) -> Result<Answer> {
        let request = self.authorized(self.agent.delete(self.url(path)));
        answer(
            request
                .call()
                .with_context(|| format!("failed to DELETE {path}"))?,
        )
    }

    /// `POST` of a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        let request = self.authorized(self.agent.post(self.url(path)));
        answer(
            request
                .send_json(body)
                .with_context(|| format!("failed to POST {path}"))?,
        )
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
        self.post("/api/admin/init_server?wait=true", &body)?
            .expect_ok("init_server")?;
        let server = self
            .get(&format!("/api/servers/{hostname}"))?
            .expect_ok("the server")?;
        ensure!(
            server["status"] == "ready",
            "{hostname} is not ready: {server}"
        );
        Ok(())
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

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn authorized<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        match &self.token {
            Some(token) => request.header("Authorization", format!("Bearer {token}")),
            None => request,
        }
    }
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Result<Answer> {
    let job = response
        .headers()
        .get("kloigos-job")
        .and_then(|value| value.to_str().ok());
    let job = job.map(str::to_owned);
    let status = response.status().as_u16();
    let text = response
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_to_string()?;
    let body = if text.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    };
    Ok(Answer { status, job, body })
}
