//! A program that shows a long answer a screen at a time, as git(1) uses one: `KLOIGOS_PAGER`, else
//! `PAGER`, else less(1). An empty value or `cat` is none.

use std::{
    env,
    io::{self, IsTerminal, Write, stdout},
    process::{Child, Command, Stdio},
};

use rustix::termios::tcgetwinsize;

use crate::{failure::Failure, output::print};

/// What less(1) is told where nobody told it anything: to end where all is seen at once, to keep
/// colours, to leave the text on the screen, and to end when it is interrupted, as we do.
const LESS: &str = "FRXK";

/// Prints an answer, through the pager where somebody looks and it is longer than the screen.
pub(crate) fn show(text: &str, wanted: bool) -> Result<(), Failure> {
    let pager = if wanted && is_long(text) {
        start()
    } else {
        None
    };
    let Some(mut pager) = pager else {
        return print(text);
    };
    if let Some(mut pipe) = pager.stdin.take() {
        match pipe.write_all(text.as_bytes()) {
            // Who has seen enough reads no further.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                return Err(Failure::fault("write to the pager", &error));
            }
            _ => {}
        }
    }
    pager
        .wait()
        .map(drop)
        .map_err(|error| Failure::fault("wait for the pager", &error))
}

/// Whether it is more than the terminal shows. A terminal that does not tell its size shows all.
fn is_long(text: &str) -> bool {
    let rows = if stdout().is_terminal() {
        tcgetwinsize(stdout()).map_or(0, |size| usize::from(size.ws_row))
    } else {
        0
    };
    rows > 0 && text.lines().count() >= rows
}

/// `None` where none is wanted or there.
fn start() -> Option<Child> {
    let named = ["KLOIGOS_PAGER", "PAGER"].into_iter().find_map(env::var_os);
    let line = named.map_or_else(|| "less".to_owned(), |name| name.to_string_lossy().into());
    let words = shlex::split(&line)?;
    let (program, arguments) = words.split_first()?;
    if program == "cat" {
        return None;
    }
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped());
    if env::var_os("LESS").is_none() {
        command.env("LESS", LESS);
    }
    command.spawn().ok()
}
