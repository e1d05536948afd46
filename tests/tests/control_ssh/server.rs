//! An sshd for one test, and a wire to it that can be cut.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use kloigos_control::{
    FirstContact, HostBinary,
    transport::{
        Answer, Target, Transport, TransportError,
        ssh::{SshSettings, SshTransport},
    },
};
use kloigos_model::{host::Request, ssh::PublicKey};
use kloigos_tests::sshd;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

const AT_MOST: Duration = Duration::from_secs(20);
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

/// Reads the request and answers that all is well.
pub(crate) const SETTLED: &str = r#"#!/bin/sh
cat >/dev/null
echo '{"report":{"version":"0","outcome":"settled","facts":null,"scopes":[],"fault":null}}'
"#;

pub(crate) struct Server {
    dir: TempDir,
    sshd: Child,
    port: u16,
    pub(crate) wire: Wire,
}

impl Server {
    /// A running sshd that takes the key `id` of its directory.
    pub(crate) async fn start() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        // sshd wants every directory on the way to be safe, and its run directory to be there.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
        for name in ["host", "id", "other"] {
            make_key(&dir.path().join(name));
        }
        fs::copy(dir.path().join("id.pub"), dir.path().join("authorized")).expect("a copy");
        let port = sshd::free_port();
        let sshd = sshd::start(dir.path(), port, "authorized", "MaxStartups 100");
        let wire = Wire::lay(port).await;
        let server = Self {
            dir,
            sshd,
            port,
            wire,
        };
        server.answers().await;
        server
    }

    async fn answers(&self) {
        let end = Instant::now() + AT_MOST;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
            .await
            .is_err()
        {
            assert!(Instant::now() < end, "sshd does not answer");
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn base(&self) -> String {
        self.path("lib").to_str().expect("a plain path").to_owned()
    }

    pub(crate) fn host_key(&self) -> PublicKey {
        public_key(&self.path("host.pub"))
    }

    pub(crate) fn settings(&self) -> SshSettings {
        SshSettings {
            keys: vec![self.path("id")],
            base: self.base(),
            ..SshSettings::default()
        }
    }

    pub(crate) fn transport(&self, script: &str) -> SshTransport {
        SshTransport::new(self.settings(), Some(binary(script)))
    }

    /// This server through its wire, its key known.
    pub(crate) fn target(&self) -> Target {
        Target {
            ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: self.wire.port,
            user: None,
            trusted: vec![self.host_key()],
            first_contact: FirstContact::Refuse,
        }
    }

    /// Ends sshd and all its sessions.
    pub(crate) fn stop(&mut self) {
        let pid = self.sshd.id();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        self.sshd.kill().expect("sshd is ours");
        self.sshd.wait().expect("sshd is ours");
        for child in children.unwrap_or_default().split_whitespace() {
            let killed = Command::new("kill").args(["-9", child]).status();
            killed.expect("kill is there");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(crate) async fn facts(
    transport: &SshTransport,
    target: &Target,
) -> Result<Answer, TransportError> {
    transport.call(target, &Request::Facts, &mut |_| {}).await
}

pub(crate) fn binary(script: &str) -> HostBinary {
    let digest = Sha256::digest(script);
    let hex: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    HostBinary {
        bytes: script.as_bytes().into(),
        sha256: hex.concat(),
    }
}

/// Returns when the condition holds; says what it waited for otherwise.
pub(crate) async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let end = Instant::now() + AT_MOST;
    while !condition().await {
        assert!(Instant::now() < end, "it never came to be that {what}");
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

pub(crate) fn public_key(path: &Path) -> PublicKey {
    let line = fs::read_to_string(path).expect("a key file");
    line.trim().parse().expect("a public key")
}

fn make_key(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path)
        .status();
    assert!(made.expect("ssh-keygen is there").success());
}

/// Carries connections to a port until it is cut.
pub(crate) struct Wire {
    pub(crate) port: u16,
    laid: Arc<AtomicUsize>,
    cuts: watch::Sender<usize>,
}

impl Wire {
    async fn lay(to: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (laid, cuts) = (Arc::new(AtomicUsize::new(0)), watch::Sender::new(0));
        let (count, cut) = (laid.clone(), cuts.clone());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(carry(near, to, cut.subscribe()));
            }
        });
        Self { port, laid, cuts }
    }

    /// How many connections were made.
    pub(crate) fn laid(&self) -> usize {
        self.laid.load(Ordering::SeqCst)
    }

    /// Cuts what is there; new connections are carried.
    pub(crate) fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

async fn carry(mut near: TcpStream, to: u16, mut cut: watch::Receiver<usize>) {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, to));
    let Ok(mut far) = TcpStream::connect(address).await else {
        return;
    };
    near.set_nodelay(true).expect("a socket");
    far.set_nodelay(true).expect("a socket");
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
        _ = cut.changed() => {}
    }
}
