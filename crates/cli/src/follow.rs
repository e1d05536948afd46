//! Work, followed to its end.

use std::{
    io::{Write, stderr},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    api::Call,
    failure::{Failure, Kind},
    safe,
    session::Session,
    terminal::Mood,
};

/// Between two looks: soon at first, since much work is short.
const FIRST: Duration = Duration::from_millis(50);
const LAST: Duration = Duration::from_secs(1);
/// How long a control plane may be away, such as for its restart, before that is told.
const AWAY: Duration = Duration::from_secs(30);

/// Waits until a job has succeeded and says what it then is. On a terminal its steps are shown as
/// they come.
pub(crate) fn to_end(session: &Session, job: &str, timeout: Option<u64>) -> Result<Value, Failure> {
    let began = Instant::now();
    let mut pause = FIRST;
    let mut seen = began;
    let mut shown = Shown::new(session);
    let call = Call::get(["jobs", job]);
    loop {
        match session.get(&call) {
            Ok(now) => {
                seen = Instant::now();
                shown.update(&now);
                if let Some(end) = ended(&now) {
                    shown.clear();
                    return end.map(|()| now);
                }
            }
            Err(lost) if lost.kind() == Kind::Unreachable && seen.elapsed() < AWAY => {}
            Err(other) => {
                shown.clear();
                return Err(other);
            }
        }
        if timeout.is_some_and(|limit| began.elapsed() >= Duration::from_secs(limit)) {
            shown.clear();
            let cause = format!("job {job} is not done yet; it goes on");
            return Err(
                Failure::new(Kind::TimedOut, cause).or_try(format!("kloigos job watch {job}"))
            );
        }
        thread::sleep(pause);
        pause = (pause * 3 / 2).min(LAST);
    }
}

/// How a job ended, where it has.
fn ended(job: &Value) -> Option<Result<(), Failure>> {
    match job["status"].as_str()? {
        "succeeded" => Some(Ok(())),
        "failed" => Some(Err(failure(job))),
        _ => None,
    }
}

fn failure(job: &Value) -> Failure {
    let id = job["id"].as_str().unwrap_or_default();
    let kind = job["kind"].as_str().unwrap_or("the work");
    let reason = job["reason"].as_str().unwrap_or("it says no reason");
    Failure::new(Kind::JobFailed, format!("{kind} failed: {reason}"))
        .or_try(format!("kloigos job show {id}, which has its log"))
}

/// What stands on the terminal: the log so far, and one line that changes.
struct Shown {
    live: bool,
    color: bool,
    lines: usize,
    now: String,
}

impl Shown {
    fn new(session: &Session) -> Self {
        Self {
            live: session.terminal.live,
            color: session.terminal.color,
            lines: 0,
            now: String::new(),
        }
    }

    fn update(&mut self, job: &Value) {
        if !self.live {
            return;
        }
        let log = job["log"].as_array().map(Vec::as_slice).unwrap_or_default();
        let fresh = log.get(self.lines..).unwrap_or_default();
        let now = state(job);
        if fresh.is_empty() && now == self.now {
            return;
        }
        self.clear();
        for line in fresh {
            write(&format!(
                "  {}\n",
                safe::line(line["line"].as_str().unwrap_or_default())
            ));
        }
        self.lines = log.len();
        if ended(job).is_none() {
            write(&if self.color {
                painted(job, &now)
            } else {
                now.clone()
            });
            self.now = now;
        }
    }

    /// Takes the line that changes away.
    fn clear(&mut self) {
        if !self.now.is_empty() {
            // Back to the line's begin, and erase to its end (ECMA-48 EL).
            write("\r\u{1b}[K");
            self.now.clear();
        }
    }
}

fn state(job: &Value) -> String {
    let word = |name: &str| safe::line(job[name].as_str().unwrap_or_default());
    let what = match job["compute_id"].as_str() {
        Some(_) => word("compute_id"),
        None => word("hostname"),
    };
    let why = match job["reason"].as_str() {
        Some(_) => format!(" ({})", word("reason")),
        None => String::new(),
    };
    format!(
        "{} {what}: {} {}{why}",
        word("kind"),
        word("status"),
        word("step")
    )
}

fn painted(job: &Value, text: &str) -> String {
    let mood = job["status"].as_str().and_then(Mood::of);
    mood.map_or_else(
        || text.to_owned(),
        |mood| format!("{}{text}{}", mood.style(), anstyle::Reset),
    )
}

fn write(text: &str) {
    let mut err = stderr().lock();
    // A terminal that went away while work is followed is no reason to stop following.
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}
