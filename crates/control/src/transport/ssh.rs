//! Servers over SSH, in this process, on connections that are kept warm.
//!
//! What reaches a server's shell is constant text and the digest of the host binary, nothing else;
//! requests go to the binary's stdin. A call on a warm connection is one command; the binary was
//! looked at when the connection was made.

mod binary;
mod connection;
mod exec;
mod login;
mod pool;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use kloigos_model::{
    host::{Line, Progress, Report, Request},
    names::LoginName,
};

use self::{
    connection::Connection,
    exec::{Ended, Failure},
    pool::Pool,
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
    /// How long a connection may take to be made, and a command to be begun.
    pub connect: Duration,
    /// How long a connection is kept that nobody uses.
    pub idle: Duration,
    /// How often a silent connection is asked for a sign of life.
    pub keepalive: Duration,
    /// How long a server may work without a line.
    pub silence: Duration,
    /// Where host binaries lie on a server: an absolute path of letters, digits, dots, hyphens and
    /// underscores.
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
    settings: Arc<SshSettings>,
    binary: Option<HostBinary>,
    pool: Pool,
}

impl SshTransport {
    /// Opens nothing yet.
    pub fn new(settings: SshSettings, binary: Option<HostBinary>) -> Self {
        let settings = Arc::new(settings);
        Self {
            pool: Pool::new(settings.clone()),
            settings,
            binary,
        }
    }

    /// How many connections are open.
    pub async fn open_connections(&self) -> usize {
        self.pool.open().await
    }

    /// Runs `true(1)` over the warm connection: the least that a round trip can cost, to measure
    /// others by.
    pub async fn beat(&self, target: &Target) -> Result<(), TransportError> {
        let connection = self.pool.take(target).await?;
        let ended = exec::run(&connection, "true", Arc::default(), &mut |_| ()).await?;
        match ended.status {
            Some(0) => Ok(()),
            _ => Err(Failure::Lost(format!("true did not succeed{}", ended.said())).into()),
        }
    }

    /// A connection on which the binary is known to lie ready.
    async fn prepared(
        &self,
        target: &Target,
        binary: &HostBinary,
    ) -> Result<Arc<Connection>, TransportError> {
        let connection = self.pool.take(target).await?;
        connection
            .prepare(|connection| binary::ensure(connection, binary, &self.settings))
            .await?;
        Ok(connection)
    }

    /// Runs the host binary once.
    async fn ask(
        &self,
        connection: &Connection,
        binary: &HostBinary,
        request: &Request,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, Failure> {
        let mut report = None;
        let mut line = |line: &[u8]| match serde_json::from_slice(line) {
            Ok(Line::Progress(at)) => progress(at),
            Ok(Line::Report(told)) => report = Some(told),
            Err(error) => tracing::warn!(%error, "the host binary wrote a line that is none"),
        };
        let command = binary::command(binary, connection, &self.settings);
        let request = serde_json::to_vec(request).expect("a request is plain data");
        let ended = exec::run(connection, &command, request.into(), &mut line).await?;
        judged(report, &ended).map(|report| Answer {
            report,
            host_key: connection.host_key().clone(),
        })
    }
}

/// A report counts when the binary ended with the status that goes with it: one that was cut off
/// or followed by a death says nothing.
fn judged(report: Option<Box<Report>>, ended: &Ended) -> Result<Report, Failure> {
    const NOT_EXECUTABLE: u32 = 126;
    const NOT_FOUND: u32 = 127;
    match (report, ended.status) {
        (Some(report), Some(status)) if status == u32::from(report.outcome.exit_code()) => {
            Ok(*report)
        }
        (None, Some(NOT_FOUND | NOT_EXECUTABLE)) => Err(Failure::NoBinary),
        (_, Some(status)) => Err(Failure::Lost(format!(
            "the host binary ended with status {status}{}",
            ended.said()
        ))),
        (_, None) => Err(Failure::Lost(format!(
            "its channel closed without an exit status{}",
            ended.said()
        ))),
    }
}

/// How often a call begins anew because nothing of it had reached the server.
const BEGINNINGS: u32 = 2;

#[async_trait]
impl Transport for SshTransport {
    async fn call(
        &self,
        target: &Target,
        request: &Request,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, TransportError> {
        let binary = self.binary.as_ref();
        let binary = binary.ok_or(TransportError::HostBinaryMissing)?;
        let mut begun = 0;
        loop {
            begun += 1;
            let connection = self.prepared(target, binary).await?;
            match self.ask(&connection, binary, request, progress).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::NoBinary) => connection.unprepare().await,
                Err(Failure::NotSent(_)) if begun < BEGINNINGS => {
                    // A warm connection that died unnoticed; another one may be made.
                    self.pool.drop_connection(target, &connection).await;
                }
                Err(failure) => {
                    self.pool.drop_connection(target, &connection).await;
                    return Err(failure.into());
                }
            }
            if begun >= BEGINNINGS {
                return Err(Failure::NoBinary.into());
            }
        }
    }

    fn simulated(&self) -> bool {
        false
    }
}
