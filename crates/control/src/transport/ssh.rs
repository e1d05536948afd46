//! Servers over SSH, in this process, on connections that are kept warm.

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use kloigos_model::{
    host::{Progress, Request},
    names::LoginName,
};

use super::{Answer, Target, Transport, TransportError};
use crate::settings::HostBinary;

/// How servers are logged in to.
#[derive(Debug, Clone)]
pub struct SshSettings {
    /// The login where a server names none.
    pub user: LoginName,
    /// Private keys without a passphrase, in the OpenSSH format; tried in this order.
    pub keys: Vec<PathBuf>,
    /// The socket of an ssh-agent(1), whose keys are tried after the files.
    pub agent: Option<PathBuf>,
    /// How long a connection may take to be made.
    pub connect: Duration,
    /// How long a connection is kept that nobody uses.
    pub idle: Duration,
    /// How often a silent connection is asked for a sign of life.
    pub keepalive: Duration,
    /// How long a server may work without a line.
    pub silence: Duration,
    /// Where host binaries lie on a server.
    pub base: String,
}

impl Default for SshSettings {
    fn default() -> Self {
        Self {
            user: "root".parse().expect("root is a login"),
            keys: Vec::new(),
            agent: None,
            connect: Duration::from_secs(10),
            idle: Duration::from_mins(10),
            keepalive: Duration::from_secs(15),
            silence: Duration::from_mins(5),
            base: "/usr/local/lib/kloigos".to_owned(),
        }
    }
}

/// The transport to real servers.
pub struct SshTransport {
    #[expect(dead_code, reason = "signatures first")]
    settings: Arc<SshSettings>,
    binary: Option<HostBinary>,
}

impl SshTransport {
    /// Opens nothing yet.
    pub fn new(settings: SshSettings, binary: Option<HostBinary>) -> Self {
        Self {
            settings: Arc::new(settings),
            binary,
        }
    }
}

#[async_trait]
impl Transport for SshTransport {
    async fn call(
        &self,
        _target: &Target,
        _request: &Request,
        _progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, TransportError> {
        if self.binary.is_none() {
            return Err(TransportError::HostBinaryMissing);
        }
        Err(TransportError::Unreachable("not built yet".to_owned()))
    }

    fn simulated(&self) -> bool {
        false
    }
}
