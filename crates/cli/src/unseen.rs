//! A secret that somebody types at the terminal, and nobody sees.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Write},
};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// The terminal that the process was started at, whatever its input and output are.
const TERMINAL: &str = "/dev/tty";

/// A terminal that shows nothing of what is typed, until it is dropped.
struct Silent<'t> {
    terminal: &'t File,
    before: Termios,
}

impl<'t> Silent<'t> {
    /// What was typed before is forgotten: it may have been seen.
    fn make(terminal: &'t File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        silent.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silent<'_> {
    fn drop(&mut self) {
        // A terminal that is gone shows nothing either.
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}

/// Asks for a line. The terminal is silent before the question is seen, so that not even who types
/// at once is seen.
pub(crate) fn ask(question: &str) -> io::Result<String> {
    let terminal = File::options().read(true).write(true).open(TERMINAL)?;
    let silent = Silent::make(&terminal)?;
    (&terminal).write_all(question.as_bytes())?;
    let mut line = String::new();
    BufReader::new(&terminal).read_line(&mut line)?;
    drop(silent);
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
