//! `kloigos serve` as a process of its own, on a free port.

use std::{
    ffi::OsString,
    io::Read,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::{Api, client::Client, executable};

/// How long a start or stop may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long between two looks at something that is awaited.
const PAUSE: Duration = Duration::from_millis(20);
/// What stands before the token that a first start prints once.
const TOKEN: &str = "administrator token: ";
/// What makes it ask for none.
const NO_TOKEN: &str = "--insecure-no-auth";

/// How to start one.
#[derive(Debug, Clone, Default)]
pub struct Serve {
    /// Where its database goes.
    pub data_dir: PathBuf,
    /// Further arguments.
    pub arguments: Vec<OsString>,
    /// The token of an earlier start on the same data; the first start prints its own.
    pub token: Option<String>,
}

/// A running control plane; killed with the value.
pub struct ControlPlane {
    child: Child,
    api: Api,
    stdout: Heard,
    stderr: Heard,
}

/// What one that has ended leaves.
#[derive(Debug)]
pub struct Left {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it logged.
    pub stderr: String,
}

impl ControlPlane {
    /// Starts the executable of this workspace's development build and waits until it answers.
    pub fn start(serve: &Serve) -> Result<Self> {
        Self::start_of(executable::executable()?, serve)
    }

    /// The same with a copy of the executable.
    pub fn start_of(executable: &Path, serve: &Serve) -> Result<Self> {
        let listen = free_address()?;
        let mut child = executable::command(executable)
            .args(["serve", "--listen", &listen.to_string(), "--data-dir"])
            .arg(&serve.data_dir)
            .args(&serve.arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("failed to start {}", executable.display()))?;
        let stdout = Heard::of(child.stdout.take().context("kloigos has no stdout")?);
        let stderr = Heard::of(child.stderr.take().context("kloigos has no stderr")?);
        let mut plane = Self {
            child,
            api: Api::new(Client::new(listen, serve.token.clone())),
            stdout,
            stderr,
        };
        let open = serve.arguments.iter().any(|argument| argument == NO_TOKEN);
        plane.await_answer(serve.token.is_none() && !open)?;
        Ok(plane)
    }

    /// Its API, with its administrator's token.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// The same, for calls that are made by hand.
    pub fn client(&self) -> &Client {
        self.api.client()
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let pid = pid.context("the process has no id")?;
        kill_process(pid, signal).context("failed to signal kloigos")
    }

    /// Ends it at once, as a crash would.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(self) -> Result<Left> {
        self.signal(Signal::TERM)?;
        self.left()
    }

    /// Waits until it has ended.
    pub fn left(mut self) -> Result<Left> {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if began.elapsed() > PATIENCE {
                bail!("kloigos did not stop: {}", self.stderr.so_far());
            }
            std::thread::sleep(PAUSE);
        };
        Ok(Left {
            status,
            stdout: self.stdout.await_end(),
            stderr: self.stderr.await_end(),
        })
    }

    fn await_answer(&mut self, prints_token: bool) -> Result<()> {
        let began = Instant::now();
        loop {
            let token = token_in(&self.stdout.so_far());
            let knows = token.is_some() || !prints_token;
            if knows && self.answers() {
                if let Some(token) = token {
                    self.api = Api::new(self.client().with_token(&token));
                }
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("kloigos ended with {status}: {}", self.stderr.so_far());
            }
            if began.elapsed() > PATIENCE {
                bail!("kloigos does not answer: {}", self.stderr.so_far());
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn answers(&self) -> bool {
        let health = self.api.get("/api/health");
        health.is_ok_and(|answer| answer.status == 200)
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came through a pipe, read as it comes so that nobody blocks on it.
struct Heard {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Heard {
    fn of(mut pipe: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let heard = bytes.clone();
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = pipe.read(&mut buffer) {
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                heard.extend_from_slice(&buffer[..length]);
            }
        });
        Self {
            bytes,
            reader: Some(reader),
        }
    }

    fn so_far(&self) -> String {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until the other side has closed the pipe.
    fn await_end(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            // It ends at the end of the pipe; whatever else, what came is there.
            let _ = reader.join();
        }
        self.so_far()
    }
}

/// A port that was free a moment ago.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?)
}

/// The token that a first start prints once, on a line of its own, once the line is whole.
fn token_in(stdout: &str) -> Option<String> {
    let (_, rest) = stdout.split_once(TOKEN)?;
    let (token, _) = rest.split_once('\n')?;
    Some(token.trim().to_owned())
}
