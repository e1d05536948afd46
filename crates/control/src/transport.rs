//! How servers are reached: one request, one report, whatever carries them.

pub(crate) mod known_hosts;
pub mod ssh;

use std::net::IpAddr;

use async_trait::async_trait;
use kloigos_model::{
    host::{Progress, Report, Request},
    names::LoginName,
    ssh::PublicKey,
};

use crate::settings::FirstContact;

/// A server to speak to, and how it must prove itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its address.
    pub ip: IpAddr,
    /// The port of its SSH daemon.
    pub port: u16,
    /// The login; `None` is the transport's own setting.
    pub user: Option<LoginName>,
    /// Host keys that are trusted: given, pinned, or from a `known_hosts` file.
    pub trusted: Vec<PublicKey>,
    /// What is done when none is known.
    pub first_contact: FirstContact,
}

impl Target {
    /// Whether a server that shows this key is the one that is meant.
    ///
    /// A key that is not among known ones is always refused; without any known one it is as the
    /// setting for first contact says.
    pub fn judge(&self, seen: &PublicKey) -> Result<(), TransportError> {
        let seen = seen.without_comment();
        let known = |key: &PublicKey| key.without_comment() == seen;
        let trusting = self.trusted.is_empty() && self.first_contact == FirstContact::Trust;
        if trusting || self.trusted.iter().any(known) {
            return Ok(());
        }
        Err(TransportError::HostKey {
            expected: self.trusted.first().cloned().map(Box::new),
            seen: Box::new(seen),
        })
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The host binary's report.
    pub report: Report,
    /// The key that the server proved to have.
    pub host_key: PublicKey,
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The request cannot have reached the server.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// The request was sent and its outcome is not known; it may have been carried out.
    #[error("the connection was lost while the server worked: {0}")]
    Lost(String),
    /// The server is not, or not provably, the one that is meant.
    #[error("{}", host_key_text(expected.as_deref(), seen))]
    HostKey {
        /// What is trusted; `None` when nothing is known of it.
        expected: Option<Box<PublicKey>>,
        /// What it showed.
        seen: Box<PublicKey>,
    },
    /// It does not let us in, or not as root.
    #[error("the server refuses us: {0}")]
    Denied(String),
    /// It cannot be a server of ours.
    #[error("{0}")]
    Unsuitable(String),
    /// There is nothing to run on it.
    #[error("this kloigos was built without kloigos-host; build it with: cargo xtask dist")]
    HostBinaryMissing,
}

fn host_key_text(expected: Option<&PublicKey>, seen: &PublicKey) -> String {
    let shown = format!("{} {}", seen.algorithm(), seen.fingerprint());
    match expected {
        Some(expected) => format!(
            "the server shows another host key than the one that is trusted: {shown} instead of {} \
             {}",
            expected.algorithm(),
            expected.fingerprint()
        ),
        None => format!(
            "the server's host key is not known, and first contact is refused: it shows {shown}"
        ),
    }
}

/// Carries requests to servers.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Asks the host binary on a server. On repeat nothing new happens there: every request is
    /// one that may be asked again.
    async fn call(
        &self,
        target: &Target,
        request: &Request,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, TransportError>;

    /// Whether the servers are simulated ones.
    fn simulated(&self) -> bool;
}
