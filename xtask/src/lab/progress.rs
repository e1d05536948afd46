//! Lines on standard error that say what goes on and since when.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

static BEGAN: OnceLock<Instant> = OnceLock::new();

/// Prints one line with the seconds since the first one.
pub(crate) fn say(line: &str) {
    let began = BEGAN.get_or_init(Instant::now);
    eprintln!("[{:6.1} s] {line}", began.elapsed().as_secs_f64());
}

/// A long step: says that it goes on when asked often enough.
pub(crate) struct Step {
    what: String,
    began: Instant,
    said: Instant,
}

impl Step {
    /// Says that the step begins.
    pub(crate) fn begin(what: &str) -> Self {
        say(what);
        Self::quietly(what)
    }

    /// Begins a step that is only worth a line when it takes long.
    pub(crate) fn quietly(what: &str) -> Self {
        let now = Instant::now();
        Self {
            what: what.to_owned(),
            began: now,
            said: now,
        }
    }

    /// How long the step has taken.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Says that the step goes on, at most every ten seconds.
    pub(crate) fn goes_on(&mut self) {
        if self.said.elapsed() >= Duration::from_secs(10) {
            self.said = Instant::now();
            say(&format!(
                "… {} ({} s)",
                self.what,
                self.began.elapsed().as_secs()
            ));
        }
    }

    /// Says how long the step took.
    pub(crate) fn done(self) {
        say(&format!(
            "{}: {:.1} s",
            self.what,
            self.began.elapsed().as_secs_f64()
        ));
    }
}
