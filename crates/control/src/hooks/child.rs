//! One child: begun, listened to, and ended with all that it began.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    io::{self, BufRead, BufReader, PipeReader, Read, Write},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::Folder;

/// How often a child is asked whether it is over.
const PAUSE: Duration = Duration::from_millis(20);
/// How long a child that was asked to end may take.
const GRACE: Duration = Duration::from_secs(5);
/// How long its last lines may take once it is over: something that it left may hold its output.
const LINGER: Duration = Duration::from_secs(1);
/// How much of its output is kept.
const MAX_LINES: usize = 2000;
const MAX_LINE: u64 = 1000;

/// What is to be run.
pub(super) struct Program {
    path: PathBuf,
    pub(super) arguments: Vec<OsString>,
    environment: BTreeMap<&'static str, OsString>,
    pub(super) dir: PathBuf,
    pub(super) stdin: Vec<u8>,
}

impl Program {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            dir: PathBuf::from("/"),
            stdin: Vec::new(),
        }
    }

    pub(super) fn set(&mut self, name: &'static str, value: impl AsRef<OsStr>) {
        self.environment.insert(name, value.as_ref().to_owned());
    }
}

/// How a hook ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It did what it is for.
    Well,
    /// It did not: one sentence.
    Badly(String),
}

/// A child that runs. Dropped, it is ended.
pub(crate) struct Running {
    /// What it writes, line by line.
    pub(crate) lines: UnboundedReceiver<String>,
    pub(crate) end: tokio::task::JoinHandle<Ended>,
    leave: Leave,
}

struct Leave(Arc<AtomicBool>);

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

impl Running {
    /// Its end; what it writes until then is handed on.
    pub(crate) async fn until_end(mut self, mut hear: impl FnMut(String)) -> Ended {
        while let Some(line) = self.lines.recv().await {
            hear(line);
        }
        let ended = self.end.await;
        drop(self.leave);
        ended.unwrap_or_else(|_| Ended::Badly("its supervisor panicked".to_owned()))
    }
}

/// Runs it beside, at most so long.
pub(super) fn begin(program: Program, limit: Duration, folder: Folder) -> Running {
    let (said, lines) = unbounded_channel();
    let left = Arc::new(AtomicBool::new(false));
    let leave = Leave(left.clone());
    let end = tokio::task::spawn_blocking(move || {
        let ended = run(program, limit, &said, &left);
        drop(folder);
        ended
    });
    Running { lines, end, leave }
}

fn run(
    program: Program,
    limit: Duration,
    said: &UnboundedSender<String>,
    left: &AtomicBool,
) -> Ended {
    let shown = program.path.display().to_string();
    match supervise(program, limit, said, left) {
        Ok(ended) => ended,
        Err(error) => Ended::Badly(format!("failed to run {shown}: {error}")),
    }
}

fn supervise(
    program: Program,
    limit: Duration,
    said: &UnboundedSender<String>,
    left: &AtomicBool,
) -> io::Result<Ended> {
    let (output, writer) = io::pipe()?;
    let mut child = spawn(&program, writer)?;
    feed(&mut child, program.stdin);
    let (over, heard) = std::sync::mpsc::channel();
    let said = said.clone();
    thread::spawn(move || {
        listen(output, &said);
        // Nobody waits any more when the child's supervisor is gone.
        let _ = over.send(());
    });
    let cut_short = watch(&child, limit, left)?;
    // Whatever it left behind in its group goes with it. It is not reaped yet, so that the group's
    // number is nobody else's.
    signal(&child, Signal::KILL);
    let status = child.wait()?;
    let _ = heard.recv_timeout(LINGER);
    Ok(cut_short.map_or_else(|| told(status), Ended::Badly))
}

#[expect(
    clippy::disallowed_methods,
    reason = "hooks are the programs that the control plane runs"
)]
fn spawn(program: &Program, writer: io::PipeWriter) -> io::Result<Child> {
    Command::new(&program.path)
        .args(&program.arguments)
        .env_clear()
        .envs(&program.environment)
        .current_dir(&program.dir)
        .stdin(Stdio::piped())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .process_group(0)
        .spawn()
}

/// A hook need not read what it is told.
fn feed(child: &mut Child, told: Vec<u8>) {
    if let Some(mut stdin) = child.stdin.take() {
        thread::spawn(move || {
            let _ = stdin.write_all(&told);
        });
    }
}

fn listen(output: PipeReader, said: &UnboundedSender<String>) {
    let mut output = BufReader::new(output);
    for number in 0.. {
        let mut line = Vec::new();
        match output.by_ref().take(MAX_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) if number < MAX_LINES => drop(said.send(shown(&line))),
            Ok(_) if number == MAX_LINES => {
                drop(said.send(format!(
                    "(what it writes after {MAX_LINES} lines is left out)"
                )));
            }
            Ok(_) => {}
        }
    }
}

/// A line as a text that any log can keep.
fn shown(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_end().chars();
    let visible = |char: char| if char.is_control() { '\u{fffd}' } else { char };
    text.map(|char| if char == '\t' { ' ' } else { visible(char) })
        .collect()
}

/// Waits for its end; why it is ended before that, if it is.
fn watch(child: &Child, limit: Duration, left: &AtomicBool) -> io::Result<Option<String>> {
    let end = Instant::now() + limit;
    while !is_over(child)? {
        let late = Instant::now() >= end;
        if late || left.load(Ordering::Acquire) {
            stop(child)?;
            return Ok(Some(if late {
                format!("it was ended after {} seconds", limit.as_secs())
            } else {
                "it was left off".to_owned()
            }));
        }
        thread::sleep(PAUSE);
    }
    Ok(None)
}

fn told(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        (Some(0), _) => Ended::Well,
        (Some(code), _) => Ended::Badly(format!("it ended with status {code}")),
        (None, signal) => Ended::Badly(format!(
            "it was ended by signal {}",
            signal.unwrap_or_default()
        )),
    }
}

/// Asks it and all that it began to end, and waits a little.
fn stop(child: &Child) -> io::Result<()> {
    signal(child, Signal::TERM);
    let end = Instant::now() + GRACE;
    while !is_over(child)? && Instant::now() < end {
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Whether it is over; it stays unreaped.
fn is_over(child: &Child) -> io::Result<bool> {
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    match group(child) {
        Some(pid) => Ok(waitid(WaitId::Pid(pid), look)?.is_some()),
        None => Ok(true),
    }
}

/// To its process group, which may be over.
fn signal(child: &Child, signal: Signal) {
    if let Some(group) = group(child) {
        let _ = kill_process_group(group, signal);
    }
}

/// Its process group, of which it is the first.
fn group(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}
