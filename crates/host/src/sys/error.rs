//! What the machine would not do. Every error names its file, command or call.

use std::io;

use super::{Command, Output};

/// The most of a command's complaint that is repeated.
const COMPLAINT_MAX: usize = 600;

/// Something that the machine would not do.
#[derive(Debug, thiserror::Error)]
pub enum SysError {
    /// A file operation.
    #[error("failed to {verb} {path}")]
    File {
        /// Such as `read`.
        verb: &'static str,
        /// The file.
        path: String,
        /// The kernel's answer.
        source: io::Error,
    },
    /// A program that could not be started.
    #[error("failed to run {command}")]
    Spawn {
        /// Its command line.
        command: String,
        /// The kernel's answer.
        source: io::Error,
    },
    /// A program that failed.
    #[error("{command} ended with status {code}: {complaint}")]
    Command {
        /// Its command line.
        command: String,
        /// Its exit status; 128 and more is a signal.
        code: i32,
        /// What it wrote to stderr.
        complaint: String,
    },
    /// A system call.
    #[error("failed to {call}")]
    Kernel {
        /// What it was for.
        call: String,
        /// The kernel's answer.
        source: io::Error,
    },
    /// Something that did not happen in time.
    #[error("gave up waiting for {0}")]
    Waited(String),
}

impl SysError {
    /// A file operation that failed.
    pub fn file(verb: &'static str, path: &str, source: impl Into<io::Error>) -> Self {
        Self::File {
            verb,
            path: path.to_owned(),
            source: source.into(),
        }
    }

    /// A system call that failed.
    pub fn kernel(call: impl Into<String>, source: impl Into<io::Error>) -> Self {
        Self::Kernel {
            call: call.into(),
            source: source.into(),
        }
    }

    /// A program that ended with something else than 0.
    pub fn failed(command: &Command, output: &Output) -> Self {
        Self::Command {
            command: command.to_string(),
            code: output.code,
            complaint: output.stderr.trim().chars().take(COMPLAINT_MAX).collect(),
        }
    }

    /// Whether a program is not installed.
    pub fn is_missing_program(&self) -> bool {
        matches!(self, Self::Spawn { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}
