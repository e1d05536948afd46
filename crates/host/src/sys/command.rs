//! The one way to run a program: an argument list, never a shell, with an environment of ours.

use std::{
    fmt, io,
    io::Write,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Child, ExitStatus, Stdio},
};

use super::{Sys, SysError};

/// Where programs are looked for; all are root's.
const PROGRAM_DIRS: [&str; 4] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// A program, its arguments and what it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The program's name and arguments.
    pub argv: Vec<String>,
    /// Its stdin.
    pub stdin: String,
}

/// How a program ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// Its exit status, or 128 and the number of the signal that ended it.
    pub code: i32,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl Command {
    /// A program with these arguments and nothing on stdin.
    pub fn new<'a>(argv: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            argv: argv.into_iter().map(str::to_owned).collect(),
            stdin: String::new(),
        }
    }

    /// The same program reading this.
    #[must_use]
    pub fn reading(self, stdin: impl Into<String>) -> Self {
        Self {
            stdin: stdin.into(),
            ..self
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.argv.join(" "))
    }
}

/// A program that was started.
pub struct Started(Box<dyn FnOnce() -> Sys<Output>>);

impl Started {
    /// One whose end `wait` awaits.
    pub fn awaited_by(wait: impl FnOnce() -> Sys<Output> + 'static) -> Self {
        Self(Box::new(wait))
    }

    /// Waits for its end.
    pub fn wait(self) -> Sys<Output> {
        (self.0)()
    }
}

/// Runs a program of the system to its end.
pub(super) fn run(command: &Command) -> Sys<Output> {
    start(command)?.wait()
}

/// Starts a program of the system.
pub(super) fn start(command: &Command) -> Sys<Started> {
    let command = command.clone();
    let text = command.to_string();
    let failed = move |source| SysError::Spawn {
        command: text.clone(),
        source,
    };
    let (name, arguments) = command
        .argv
        .split_first()
        .ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
    // sshd(8) insists on being run by its absolute path.
    let program = locate(name).ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
    let child = feed(&program, arguments, &command.stdin).map_err(&failed)?;
    Ok(Started::awaited_by(move || {
        let output = child.wait_with_output().map_err(failed)?;
        Ok(Output {
            code: code(output.status),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }))
}

fn locate(name: &str) -> Option<String> {
    let candidates = PROGRAM_DIRS.iter().map(|dir| format!("{dir}/{name}"));
    candidates
        .into_iter()
        .find(|candidate| Path::new(candidate).exists())
}

#[expect(clippy::disallowed_methods, reason = "this is the command door")]
fn feed(program: &str, arguments: &[String], stdin: &str) -> io::Result<Child> {
    let mut child = std::process::Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", PROGRAM_DIRS.join(":"))
        .env("LC_ALL", "C")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut pipe = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    match pipe.write_all(stdin.as_bytes()) {
        // A program that ends without reading says why on stderr.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
        _ => drop(pipe),
    }
    Ok(child)
}

fn code(status: ExitStatus) -> i32 {
    let signal = status.signal().map(|signal| 128 + signal);
    status.code().or(signal).unwrap_or(-1)
}
