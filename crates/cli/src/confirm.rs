//! Asking whether what cannot be taken back is meant.

use std::io::{BufRead, Write, stderr, stdin};

use crate::{arguments::Sure, failure::Failure, safe, terminal::Terminal};

impl Sure {
    /// Goes on only where it is meant: `--yes`, or a person who says so. `what` begins with a verb
    /// in -ing.
    pub(crate) fn confirm(&self, what: &str) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !Terminal::can_ask() {
            let cause = format!("{what}, which cannot be taken back, and nobody can be asked");
            return Err(Failure::usage(cause).or_try("the same with --yes"));
        }
        let said = ask(what).map_err(|error| Failure::fault("ask", &error))?;
        match said.trim() {
            "y" | "Y" | "yes" => Ok(()),
            _ => Err(Failure::usage("not confirmed, nothing was done")),
        }
    }
}

fn ask(what: &str) -> std::io::Result<String> {
    let mut err = stderr().lock();
    write!(err, "{}: sure? [y/N] ", safe::line(what))?;
    err.flush()?;
    let mut line = String::new();
    stdin().lock().read_line(&mut line)?;
    Ok(line)
}
