//! Work, followed to its end.

use std::{
    io::{Write, stderr},
    time::{Duration, Instant},
};

use serde_json::Value;
use unicode_width::UnicodeWidthChar;

use crate::{
    api::Call,
    failure::{Failure, Kind},
    safe,
    session::Session,
    stream,
    terminal::{Mood, Terminal},
};

/// Waits until a job has succeeded and says what it then is. On a terminal its log and its steps
/// are shown as they come.
pub(crate) fn to_success(
    session: &Session,
    job: &str,
    timeout: Option<u64>,
) -> Result<Value, Failure> {
    let over = to_end(session, job, timeout)?;
    match over["status"].as_str() {
        Some("succeeded") => Ok(over),
        _ => Err(failure(&over)),
    }
}

/// Waits until a job is over, however it ends.
pub(crate) fn to_end(session: &Session, job: &str, timeout: Option<u64>) -> Result<Value, Failure> {
    let end = timeout.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut shown = Shown::new(session);
    let call = Call::get(["jobs", job, "events"]);
    let over = stream::follow(&session.api, &call, end, |message| {
        match message.event.as_str() {
            "log" => shown.add(&message.data),
            "job" => shown.change(&message.data),
            "end" => return Ok(Some(message.data)),
            _ => {}
        }
        Ok(None)
    });
    shown.clear();
    over?.ok_or_else(|| {
        let cause = format!("job {job} is not done yet; it goes on");
        Failure::new(Kind::TimedOut, cause).or_try(format!("kloigos job watch {job}"))
    })
}

fn failure(job: &Value) -> Failure {
    let id = job["id"].as_str().unwrap_or_default();
    let kind = job["kind"].as_str().unwrap_or("the work");
    let status = job["status"].as_str().unwrap_or("not done");
    let cause = match job["reason"].as_str() {
        Some(reason) => format!("{kind} {status}: {reason}"),
        None => format!("{kind} {status}"),
    };
    let next = job["next_action"].as_str().map(str::to_owned);
    let log = || format!("kloigos job show {id}, which has its log");
    Failure::new(Kind::JobFailed, cause).or_try(next.unwrap_or_else(log))
}

/// What stands on the terminal: the log so far, and one line that changes.
struct Shown {
    live: bool,
    color: bool,
    /// The line that changes, whole and plain, and what it means; nothing where none is shown.
    now: Option<(String, Option<Mood>)>,
}

impl Shown {
    fn new(session: &Session) -> Self {
        Self {
            live: session.terminal.live,
            color: session.terminal.color,
            now: None,
        }
    }

    /// A line of the log, above the line that changes.
    fn add(&mut self, line: &Value) {
        if self.live {
            let said = safe::line(line["line"].as_str().unwrap_or_default());
            write(&format!("{ERASE}  {said}\n{}", self.now()));
        }
    }

    /// How the job stands.
    fn change(&mut self, job: &Value) {
        if self.live {
            let mood = job["status"].as_str().and_then(Mood::of);
            self.now = Some((state(job), mood.filter(|_| self.color)));
            write(&format!("{ERASE}{}", self.now()));
        }
    }

    /// Takes the line that changes away.
    fn clear(&mut self) {
        if self.now.take().is_some() {
            write(ERASE);
        }
    }

    /// The line that changes, on one row, since only that can be erased. The last column stays free:
    /// some terminals go on to the next row behind it.
    fn now(&self) -> String {
        let Some((text, mood)) = &self.now else {
            return String::new();
        };
        let text = match Terminal::columns() {
            Some(columns) => cut(text, columns.saturating_sub(1)),
            None => text,
        };
        match mood {
            Some(mood) => format!("{}{text}{}", mood.style(), anstyle::Reset),
            None => text.to_owned(),
        }
    }
}

/// As much of a text as so many columns hold.
fn cut(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    let too_wide = |(_, char): &(usize, char)| {
        taken += char.width().unwrap_or(0);
        taken > columns
    };
    let end = text.char_indices().find(too_wide);
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

/// Back to the line's begin, and erase to its end (ECMA-48, EL).
const ERASE: &str = "\r\u{1b}[K";

fn state(job: &Value) -> String {
    let word = |name: &str| safe::line(job[name].as_str().unwrap_or_default());
    let what = match job["compute_id"].as_str() {
        Some(_) => word("compute_id"),
        None => word("hostname"),
    };
    let far = match (
        &job["progress"]["percent"],
        job["progress"]["what"].as_str(),
    ) {
        (Value::Number(percent), Some(what)) => format!(" {percent} %, {}", safe::line(what)),
        _ => String::new(),
    };
    let why = match job["reason"].as_str() {
        Some(_) => format!(" ({})", word("reason")),
        None => String::new(),
    };
    let (kind, status, step) = (word("kind"), word("status"), word("step"));
    format!("{kind} {what}: {status} {step}{far}{why}")
}

fn write(text: &str) {
    let mut err = stderr().lock();
    // A terminal that went away while work is followed is no reason to stop following.
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}
