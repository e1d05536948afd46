//! Calls of the public API.
//!
//! A call is built here from its parts, so that nothing a person types can become another path. An
//! answer that is no success becomes a [`Failure`] that says what the control plane said.

mod call;
mod refusal;

use std::{fs, io::Read, sync::Arc, time::Duration};

use serde_json::Value;
use ureq::{
    Agent, Body,
    http::{Request, Response},
    tls::{PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem},
};

pub(crate) use call::{Call, Method, encoded};

use crate::{
    contexts::Place,
    failure::{Failure, Kind},
};

/// How long an answer may take, but for calls that wait for work, which are never made.
const PATIENCE: Duration = Duration::from_mins(1);
/// A stream that is silent for longer is broken.
const SILENCE: Duration = Duration::from_secs(45);
const CONNECT: Duration = Duration::from_secs(10);
/// The header that names the work a call began.
const JOB_HEADER: &str = "kloigos-job";
/// No answer is larger.
const MAX_ANSWER: u64 = 256 << 20;

/// A control plane.
pub(crate) struct Api {
    agent: Agent,
    place: Place,
}

/// A successful answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The work that the call began.
    pub(crate) job: Option<String>,
    /// Its body; null when there is none.
    pub(crate) body: Value,
}

impl Api {
    pub(crate) fn new(place: Place) -> Result<Self, Failure> {
        Self::patient(place, PATIENCE)
    }

    /// One whose calls take no longer.
    pub(crate) fn patient(place: Place, patience: Duration) -> Result<Self, Failure> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(CONNECT.min(patience)))
            .timeout_global(Some(patience))
            .user_agent(concat!("kloigos/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls(&place)?);
        // A proxy would read what is not encrypted, and be given what is meant for this machine.
        let config = if is_encrypted(&place.url) {
            config
        } else {
            config.proxy(None)
        };
        Ok(Self {
            agent: config.build().new_agent(),
            place,
        })
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Makes a call. One that can be repeated is made again where the answer was lost.
    pub(crate) fn send(&self, call: &Call) -> Result<Answer, Failure> {
        match self.once(call) {
            Err(lost) if lost.kind() == Kind::Unreachable && call.may_repeat() => self.once(call),
            answer => answer,
        }
    }

    /// Begins a stream, which ends when the control plane wants it to, when it gives no sign of life,
    /// or after so long.
    pub(crate) fn stream(
        &self,
        call: &Call,
        longest: Option<Duration>,
    ) -> Result<impl Read + use<>, Failure> {
        let request = self.request(call, "text/event-stream")?;
        let request = self
            .agent
            .configure_request(request)
            .timeout_global(longest)
            .timeout_per_read(Some(SILENCE))
            .build();
        let mut reply = self.agent.run(request).map_err(|e| self.unreachable(&e))?;
        match reply.status().as_u16() {
            200 => Ok(reply.into_body().into_reader()),
            status => Err(self.refusal(call, status, &self.text(&mut reply)?)),
        }
    }

    fn once(&self, call: &Call) -> Result<Answer, Failure> {
        let request = self.request(call, "application/json")?;
        let mut reply = self.agent.run(request).map_err(|e| self.unreachable(&e))?;
        let (status, job) = (reply.status().as_u16(), job_of(reply.headers()));
        let text = self.text(&mut reply)?;
        match status {
            200..=299 => Ok(Answer {
                job,
                body: self.json(&text)?,
            }),
            _ => Err(self.refusal(call, status, &text)),
        }
    }

    fn request(&self, call: &Call, accept: &str) -> Result<Request<String>, Failure> {
        let mut request = Request::builder()
            .method(call.method.as_str())
            .uri(format!("{}{}", self.place.url, call.target()))
            .header("Accept", accept);
        if let Some(token) = &self.place.token {
            request = request.header("Authorization", format!("Bearer {}", token.reveal()));
        }
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let body = call.body.as_ref().map(Value::to_string);
        if body.is_some() {
            request = request.header("Content-Type", "application/json");
        }
        request
            .body(body.unwrap_or_default())
            .map_err(|error| Failure::usage(format!("the call cannot be made: {error}")))
    }

    fn text(&self, reply: &mut Response<Body>) -> Result<String, Failure> {
        let text = reply.body_mut().with_config().limit(MAX_ANSWER);
        text.read_to_string().map_err(|e| self.unreachable(&e))
    }

    /// Some calls are answered with nothing, which is null; what is no JSON is of somebody else.
    fn json(&self, text: &str) -> Result<Value, Failure> {
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(text).map_err(|_| self.stranger())
    }

    /// Who answers is another program.
    pub(crate) fn stranger(&self) -> Failure {
        let cause = format!("{} is no Kloigos control plane", self.place.url);
        Failure::new(Kind::Unreachable, cause)
            .or_try("kloigos context list, which shows where it is looked for")
    }

    fn refusal(&self, call: &Call, status: u16, text: &str) -> Failure {
        let body = serde_json::from_str(text).unwrap_or(Value::Null);
        refusal::failure(call, status, &body, &self.place)
    }

    fn unreachable(&self, error: &ureq::Error) -> Failure {
        let cause = format!("{} does not answer: {error}", self.place.url);
        Failure::new(Kind::Unreachable, cause)
            .or_try("kloigos context list, which shows where it is looked for")
    }
}

fn is_encrypted(url: &str) -> bool {
    let scheme = url.split("://").next();
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

fn job_of(headers: &ureq::http::HeaderMap) -> Option<String> {
    let job = headers.get(JOB_HEADER)?.to_str().ok()?;
    Some(job.to_owned())
}

fn tls(place: &Place) -> Result<TlsConfig, Failure> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let roots = match &place.ca_file {
        None => RootCerts::WebPki,
        Some(file) => {
            let what = format!("read {}", file.display());
            let pem = fs::read(file).map_err(|error| Failure::fault(&what, &error))?;
            let mut certificates = Vec::new();
            for item in parse_pem(&pem) {
                if let PemItem::Certificate(one) =
                    item.map_err(|error| Failure::fault(&what, &error))?
                {
                    certificates.push(one);
                }
            }
            RootCerts::new_with_certs(&certificates)
        }
    };
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(provider)
        .root_certs(roots)
        .build())
}
