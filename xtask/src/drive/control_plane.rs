//! `kloigos serve` as a process of its own, on a free port.

use std::{
    ffi::OsString,
    fs::File,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use super::Api;

/// How long a start may take on a busy machine.
const START: Duration = Duration::from_mins(1);
/// How long a graceful stop may take.
const STOP: Duration = Duration::from_secs(30);

/// How to start one.
#[derive(Debug, Clone, Default)]
pub struct Serve {
    /// Where its database and log go.
    pub data_dir: PathBuf,
    /// Further arguments.
    pub arguments: Vec<OsString>,
    /// The token of an earlier start on the same data; the first start prints its own.
    pub token: Option<String>,
}

/// A running control plane; ends with the value.
pub struct ControlPlane {
    child: Child,
    api: Api,
    log: PathBuf,
}

impl ControlPlane {
    /// Starts the executable of this workspace's development build and waits until it answers.
    pub fn start(serve: &Serve) -> Result<Self> {
        std::fs::create_dir_all(&serve.data_dir)?;
        let listen = free_address()?;
        let log = serve.data_dir.join("serve.log");
        let mut command = Command::new(executable());
        command
            .arg("serve")
            .arg("--listen")
            .arg(&listen)
            .arg("--data-dir")
            .arg(&serve.data_dir);
        command
            .args(&serve.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        command.stderr(File::create(&log).context("failed to make the log")?);
        let mut child = command
            .spawn()
            .context("failed to start kloigos; build it first")?;
        let lines = follow(&mut child)?;
        let mut plane = Self {
            child,
            api: Api::new(&format!("http://{listen}"), serve.token.clone()),
            log,
        };
        plane.await_answer(&lines)?;
        Ok(plane)
    }

    /// Its API, with its administrator's token.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it logged.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Ends it at once, as a crash would.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(mut self) -> Result<()> {
        self.terminate()
    }

    fn await_answer(&mut self, lines: &mpsc::Receiver<String>) -> Result<()> {
        let began = Instant::now();
        loop {
            if let Ok(line) = lines.recv_timeout(Duration::from_millis(50))
                && let Some(token) = token_in(&line)
            {
                self.api = Api::new(self.api.base(), Some(token));
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("kloigos ended with {status}: {}", self.said());
            }
            let knows = self.api.token().is_some();
            if knows
                && self
                    .api
                    .get("/api/health")
                    .is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            if began.elapsed() > START {
                bail!("kloigos did not answer within {START:?}: {}", self.said());
            }
        }
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn terminate(&mut self) -> Result<()> {
        let pid = i32::try_from(self.child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        let pid = pid.context("the process has no id")?;
        if self.child.try_wait()?.is_none() {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        }
        let began = Instant::now();
        while self.child.try_wait()?.is_none() {
            if began.elapsed() > STOP {
                self.child.kill()?;
                bail!("kloigos did not stop within {STOP:?}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        if let Err(error) = self.terminate() {
            eprintln!("failed to stop kloigos: {error:#}");
        }
    }
}

/// The development build of the executable.
fn executable() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.join(target).join("debug/kloigos")
}

/// A port that was free a moment ago.
fn free_address() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.to_string())
}

/// The child's lines of stdout, read to their end so that it never blocks on them.
fn follow(child: &mut Child) -> Result<mpsc::Receiver<String>> {
    let stdout = child.stdout.take().context("kloigos has no stdout")?;
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // Nobody listens any more once the token is known.
            let _ = send.send(line);
        }
    });
    Ok(receive)
}

/// The token that a first start prints once, on a line of its own.
fn token_in(line: &str) -> Option<String> {
    let (_, token) = line.split_once("administrator token: ")?;
    Some(token.trim().to_owned())
}
