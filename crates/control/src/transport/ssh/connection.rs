//! One connection to one server: made, proven to be the server that is meant, logged in.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use kloigos_model::{names::LoginName, ssh::PublicKey};
use russh::{
    Channel, Disconnect, Preferred,
    client::{self, Handle, Msg},
    keys::{Algorithm, EcdsaCurve, PublicKeyOrCertificate},
};
use tokio::net::TcpStream;

use super::{SshSettings, Target, TransportError, login};
use crate::transport::known_hosts;

/// An open, logged-in connection.
pub(super) struct Connection {
    handle: Handle<Client>,
    host_key: PublicKey,
    user: LoginName,
    settings: Arc<SshSettings>,
    /// Whether the host binary was seen on the server.
    prepared: tokio::sync::Mutex<bool>,
}

impl Connection {
    /// Makes one. Nothing of any request is sent.
    pub(super) async fn make(
        target: &Target,
        settings: &Arc<SshSettings>,
    ) -> Result<Self, TransportError> {
        let within = settings.connect;
        let made = tokio::time::timeout(within, Self::attempt(target, settings)).await;
        made.unwrap_or_else(|_| {
            Err(TransportError::Unreachable(format!(
                "no connection to {} port {} within {} s",
                target.ip,
                target.port,
                within.as_secs()
            )))
        })
    }

    async fn attempt(target: &Target, settings: &Arc<SshSettings>) -> Result<Self, TransportError> {
        let (mut handle, host_key) = meet(target, settings).await?;
        let user = target.user.clone().unwrap_or_else(|| settings.user.clone());
        login::log_in(&mut handle, &user, settings).await?;
        Ok(Self {
            handle,
            host_key,
            user,
            settings: settings.clone(),
            prepared: tokio::sync::Mutex::new(false),
        })
    }

    /// The key that the server proved to have.
    pub(super) fn host_key(&self) -> &PublicKey {
        &self.host_key
    }

    /// Whether the login has to become root first.
    pub(super) fn needs_sudo(&self) -> bool {
        self.user.as_str() != "root"
    }

    pub(super) fn user(&self) -> &LoginName {
        &self.user
    }

    pub(super) fn silence(&self) -> Duration {
        self.settings.silence
    }

    pub(super) fn patience(&self) -> Duration {
        self.settings.connect
    }

    /// Whether it has ended.
    pub(super) fn is_closed(&self) -> bool {
        self.handle.is_closed()
    }

    pub(super) async fn open_channel(&self) -> Result<Channel<Msg>, russh::Error> {
        self.handle.channel_open_session().await
    }

    /// Prepares the server on the first use of the connection; who comes meanwhile waits for that.
    pub(super) async fn prepare<'c, F, Fut>(&'c self, prepare: F) -> Result<(), TransportError>
    where
        F: FnOnce(&'c Self) -> Fut + Send,
        Fut: Future<Output = Result<(), TransportError>> + Send,
    {
        let mut prepared = self.prepared.lock().await;
        if !*prepared {
            prepare(self).await?;
            *prepared = true;
        }
        Ok(())
    }

    /// The next use prepares the server again.
    pub(super) async fn unprepare(&self) {
        *self.prepared.lock().await = false;
    }

    /// Says goodbye, as far as somebody listens.
    pub(super) async fn end(&self) {
        let goodbye = self.handle.disconnect(Disconnect::ByApplication, "", "");
        goodbye.await.ok();
    }
}

/// A connection to the server that is meant, nobody logged in yet, and its key.
async fn meet(
    target: &Target,
    settings: &SshSettings,
) -> Result<(Handle<Client>, PublicKey), TransportError> {
    let unreachable = |error: &dyn std::fmt::Display| {
        let place = format!("{} port {}", target.ip, target.port);
        TransportError::Unreachable(format!("{place}: {error}"))
    };
    let stream = TcpStream::connect((target.ip, target.port)).await;
    let stream = stream.map_err(|error| unreachable(&error))?;
    // A request is one small write that waits for its answer.
    let prompt = stream.set_nodelay(true);
    prompt.map_err(|error| unreachable(&error))?;
    let verdict = Verdict::default();
    let client = Client {
        target: target.clone(),
        verdict: verdict.clone(),
    };
    let config = Arc::new(config(target, settings));
    let handle = client::connect_stream(config, stream, client).await;
    match (handle, verdict.found()) {
        (_, (_, Some(refusal))) => Err(refusal),
        (Ok(handle), (Some(key), None)) => Ok((handle, key)),
        (Ok(_), (None, None)) => Err(unreachable(&"it showed no key")),
        (Err(russh::Error::NoCommonAlgo { ours, .. }), _) if is_host_keys(&ours) => {
            Err(no_host_key())
        }
        (Err(error), _) => Err(unreachable(&error)),
    }
}

/// Whether it was the types of host keys that had none in common.
fn is_host_keys(ours: &[String]) -> bool {
    ours.iter().any(|name| name == Algorithm::Ed25519.as_str())
}

fn no_host_key() -> TransportError {
    TransportError::Unsuitable(
        "the server has no Ed25519 or ECDSA host key; make one on it with: ssh-keygen -A"
            .to_owned(),
    )
}

fn config(target: &Target, settings: &SshSettings) -> client::Config {
    client::Config {
        keepalive_interval: Some(settings.keepalive),
        keepalive_max: 2,
        nodelay: true,
        preferred: Preferred {
            key: host_key_types(target).into(),
            ..Preferred::DEFAULT
        },
        ..client::Config::default()
    }
}

/// The types of host keys that are asked for, those of trusted keys first: a server that has several
/// keys then shows the one that is known.
fn host_key_types(target: &Target) -> Vec<Algorithm> {
    let curve = |curve| Algorithm::Ecdsa { curve };
    let mut types = vec![
        Algorithm::Ed25519,
        curve(EcdsaCurve::NistP256),
        curve(EcdsaCurve::NistP384),
        curve(EcdsaCurve::NistP521),
    ];
    let trusted = |kind: &Algorithm| {
        let named = |key: &PublicKey| key.algorithm() == kind.as_str();
        target.trusted.iter().any(named)
    };
    types.sort_by_key(|kind| !trusted(kind));
    types
}

/// What was found about the server's key while the connection was made.
#[derive(Clone, Default)]
struct Verdict(Arc<Mutex<(Option<PublicKey>, Option<TransportError>)>>);

impl Verdict {
    fn give(&self, key: Option<PublicKey>, refusal: Option<TransportError>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (key, refusal);
    }

    fn found(&self) -> (Option<PublicKey>, Option<TransportError>) {
        let verdict = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        verdict.clone()
    }
}

/// Our side of a connection: all it has to say is whether the server is the right one.
pub(super) struct Client {
    target: Target,
    verdict: Verdict,
}

impl client::Handler for Client {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        shown: &PublicKeyOrCertificate,
    ) -> Result<bool, russh::Error> {
        let key = match shown {
            PublicKeyOrCertificate::PublicKey { key, .. } => known_hosts::parse(key),
            // None is asked for.
            PublicKeyOrCertificate::Certificate(_) => None,
        };
        let refusal = match &key {
            Some(key) => self.target.judge(key).err(),
            None => Some(no_host_key()),
        };
        let trusted = refusal.is_none();
        self.verdict.give(key, refusal);
        Ok(trusted)
    }
}
