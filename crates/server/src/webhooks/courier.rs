//! Messages over HTTP.

use std::{
    io::Read,
    path::Path,
    sync::{Arc, OnceLock},
    time::Duration,
};

use anyhow::Result;
use async_trait::async_trait;
use jiff::Timestamp;
use kloigos_control::{
    SealedSecret, SystemEntropy,
    webhooks::{Courier, Letter, Message, Reply},
};
use kloigos_model::ids::WebhookId;
use serde_json::json;
use ureq::{
    Agent,
    http::Request,
    tls::{Certificate, RootCerts, TlsConfig, TlsProvider},
};

use super::{Secret, SecretKey, key};
use crate::api::view::EventView;

/// How long a receiver may take to let us in.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a receiver may take altogether.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is kept.
const ANSWER: u64 = 500;

/// Sends messages by HTTP, and seals what they are signed with.
pub struct HttpCourier {
    key: SecretKey,
    agent: OnceLock<Agent>,
}

impl HttpCourier {
    /// One whose key is in this file, which is made if it is not there.
    pub fn open(key: &Path) -> Result<Arc<Self>> {
        Ok(Self::of(key::read_or_make(key)?))
    }

    /// One whose key is in this file.
    pub(crate) fn with_key(key: &Path) -> Result<Arc<Self>> {
        Ok(Self::of(key::read(key)?))
    }

    fn of(key: SecretKey) -> Arc<Self> {
        Arc::new(Self {
            key,
            agent: OnceLock::new(),
        })
    }

    /// A secret that nobody had before: as the receiver is told it, and as it is kept.
    pub(crate) fn draw_secret(&self, webhook: WebhookId) -> (Secret, SealedSecret) {
        let secret = Secret::draw(&SystemEntropy);
        let sealed = secret.sealed(&self.key, webhook);
        (secret, sealed)
    }

    fn request(&self, letter: &Letter, at: Timestamp) -> Result<Request<String>, String> {
        let secret = Secret::open(&self.key, letter.webhook, &letter.secret);
        let secret = secret.ok_or(
            "the webhook's secret cannot be opened with this control plane's key; draw a new one",
        )?;
        Request::post(letter.url.as_str())
            .header("Content-Type", "application/json")
            .header("webhook-id", letter.id.to_string())
            .header("webhook-timestamp", at.as_second())
            .header(
                "webhook-signature",
                secret.sign(letter.id, at, &letter.body),
            )
            .body(letter.body.clone())
            .map_err(|error| format!("the webhook's URL cannot be called: {error}"))
    }

    /// Made when it is needed: the system's certificates take a while to read.
    fn agent(&self) -> &Agent {
        self.agent.get_or_init(agent)
    }
}

#[async_trait]
impl Courier for HttpCourier {
    fn key(&self) -> &str {
        self.key.name()
    }

    fn write(&self, message: Message<'_>, at: Timestamp) -> String {
        let body = match message {
            Message::Event(event) => {
                let data = EventView::from(event.clone());
                json!({ "type": event.kind.as_str(), "timestamp": data.at.clone(), "data": data })
            }
            Message::Gap(after) => {
                let data = json!({
                    "after": after.number(),
                    "detail": "events after this one were forgotten before they could be sent",
                });
                json!({ "type": "gap", "timestamp": at.to_string(), "data": data })
            }
            Message::Test(webhook) => {
                let data = json!({ "webhook": webhook.to_string() });
                json!({ "type": "test", "timestamp": at.to_string(), "data": data })
            }
        };
        body.to_string()
    }

    async fn send(&self, letter: &Letter, at: Timestamp) -> Reply {
        let request = match self.request(letter, at) {
            Ok(request) => request,
            Err(reason) => return failed(reason),
        };
        let agent = self.agent().clone();
        let sent = tokio::task::spawn_blocking(move || post(&agent, request)).await;
        sent.unwrap_or_else(|panic| {
            tracing::error!(%panic, "a message was not sent");
            failed("something in kloigos itself went wrong; its log says what".to_owned())
        })
    }
}

fn failed(reason: String) -> Reply {
    Reply {
        status_code: None,
        error: Some(reason),
        answer: None,
    }
}

/// Sends it, and reads the beginning of the answer.
fn post(agent: &Agent, request: Request<String>) -> Reply {
    let answer = match agent.run(request) {
        Ok(answer) => answer,
        Err(error) => return failed(format!("the receiver was not reached: {error}")),
    };
    let status = answer.status();
    let mut text = Vec::new();
    // An answer that breaks off has said how it went by its status.
    let _ = answer
        .into_body()
        .into_reader()
        .take(ANSWER)
        .read_to_end(&mut text);
    let text = String::from_utf8_lossy(&text).trim().to_owned();
    let error = if status.is_success() {
        None
    } else if status.is_redirection() {
        Some(format!(
            "the receiver answered {status}; redirects are not followed, give the webhook the new \
             URL"
        ))
    } else {
        Some(format!("the receiver answered {status}"))
    };
    Reply {
        status_code: Some(status.as_u16()),
        error,
        answer: (!text.is_empty()).then_some(text),
    }
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(Some(CONNECT))
        .timeout_global(Some(PATIENCE))
        .user_agent(concat!("kloigos/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls());
    config.build().new_agent()
}

/// Receivers are known by the certificates that this machine trusts.
fn tls() -> TlsConfig {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate of this machine is not used");
    }
    let certificates = found.certs.iter();
    let certificates = certificates.map(|one| Certificate::from_der(one).to_owned());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(provider)
        .root_certs(RootCerts::Specific(Arc::new(certificates.collect())))
        .build()
}
