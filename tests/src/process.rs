//! The executable `kloigos` as a process of its own.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{
        OnceLock,
        mpsc::{Receiver, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::client::Client;

/// How long a start or stop may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long between two looks at something that is awaited.
const PAUSE: Duration = Duration::from_millis(20);

/// A running `kloigos serve`; killed with the value.
pub struct Process {
    child: Child,
    client: Client,
    stdout: Receiver<String>,
    stderr: Option<JoinHandle<String>>,
}

/// What a process that has ended leaves.
#[derive(Debug)]
pub struct Left {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it logged.
    pub stderr: String,
}

/// The executable, built first by the cargo that runs this test, once for each test program.
pub fn executable() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args([
                "build",
                "--quiet",
                "--package",
                "kloigos-server",
                "--bin",
                "kloigos",
            ])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo runs");
        assert!(built.success(), "cargo build: {built}");
        // This test is target/debug/deps/NAME.
        let test = std::env::current_exe().expect("this test's path");
        let folder = test
            .ancestors()
            .nth(2)
            .expect("a test lies two folders deep");
        folder.join("kloigos")
    })
}

/// Runs `kloigos` with these arguments to its end.
pub fn run(arguments: &[&str]) -> Output {
    let output = command(executable(), arguments).output();
    output.expect("kloigos runs")
}

fn command(executable: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(executable);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .env_remove("SSH_AUTH_SOCK");
    command
}

impl Process {
    /// Starts `kloigos serve` on a free port and waits until it answers.
    pub fn serve(data_dir: &Path, arguments: &[&str], token: Option<&str>) -> Self {
        Self::serve_with(executable(), data_dir, arguments, token)
    }

    /// The same with a copy of the executable.
    pub fn serve_with(
        executable: &Path,
        data_dir: &Path,
        arguments: &[&str],
        token: Option<&str>,
    ) -> Self {
        let listen = free_address();
        let data_dir = data_dir.to_str().expect("a path of text");
        let fixed = ["serve", "--listen", &listen, "--data-dir", data_dir];
        let mut child = command(executable, &[&fixed, arguments].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("kloigos starts");
        let stdout = lines(child.stdout.take().expect("stdout is piped"));
        let mut log = child.stderr.take().expect("stderr is piped");
        let stderr = std::thread::spawn(move || {
            let mut text = String::new();
            log.read_to_string(&mut text)
                .map(|_| text)
                .unwrap_or_default()
        });
        let address = listen.parse().expect("an address");
        let mut process = Self {
            child,
            client: Client::new(address, token.map(str::to_owned)),
            stdout,
            stderr: Some(stderr),
        };
        process.await_answer();
        process
    }

    /// Its caller, with the token that was given or that it printed.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The next line of stdout that holds this, with what follows it.
    pub fn said(&self, what: &str) -> Option<String> {
        let lines = std::iter::from_fn(|| self.stdout.recv_timeout(PATIENCE).ok());
        let mut after =
            lines.filter_map(|line| line.split_once(what).map(|(_, rest)| rest.to_owned()));
        after.next()
    }

    /// The same process called with this token.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.client = Client::new(self.client.address(), Some(token.to_owned()));
        self
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a process id"), signal).expect("the process is there");
    }

    /// Waits until it has ended.
    pub fn left(mut self) -> Left {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("the child can be awaited") {
                break status;
            }
            assert!(began.elapsed() < PATIENCE, "kloigos did not stop");
            std::thread::sleep(PAUSE);
        };
        let log = self.stderr.take().expect("the log is read once");
        Left {
            status,
            stdout: self
                .stdout
                .iter()
                .fold(String::new(), |text, line| text + &line + "\n"),
            stderr: log.join().expect("the log is read"),
        }
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(self) -> Left {
        self.signal(Signal::TERM);
        self.left()
    }

    fn await_answer(&mut self) {
        let began = Instant::now();
        let health = crate::client::Call::new("GET", "/api/health");
        while !self
            .client
            .try_send(&health)
            .is_ok_and(|reply| reply.status == 200)
        {
            let ended = self.child.try_wait().expect("the child can be awaited");
            assert!(ended.is_none(), "kloigos ended with {ended:?}");
            assert!(began.elapsed() < PATIENCE, "kloigos does not answer");
            std::thread::sleep(PAUSE);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that was free a moment ago.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

/// Lines as they come, read to their end so that the child never blocks on them.
fn lines(stdout: impl Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // A test that ended does not listen any more.
            let _ = send.send(line);
        }
    });
    receive
}
