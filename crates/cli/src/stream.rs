//! Server-sent events, taken up again where they broke off.

use std::{
    io::{BufRead, BufReader, Read},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    api::{Api, Call},
    failure::{Failure, Kind},
};

/// Before it is tried again, and how often in a row.
const PAUSE: Duration = Duration::from_secs(1);
const TRIES: u32 = 30;
/// No message is longer.
const MAX_LINE: u64 = 1 << 20;

/// One message of a stream (HTML, 9.2.6), as far as we need it.
#[derive(Debug, Default)]
pub(crate) struct Message {
    /// What kind it is.
    pub(crate) event: String,
    /// What it says.
    pub(crate) data: Value,
}

/// Gives every message to `take`, until that has what it waits for. Nothing when it is `end` before
/// that.
pub(crate) fn follow<T>(
    api: &Api,
    call: &Call,
    end: Option<Instant>,
    mut take: impl FnMut(Message) -> Result<Option<T>, Failure>,
) -> Result<Option<T>, Failure> {
    let mut place: Option<String> = None;
    let mut tries = 0;
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Ok(None);
        }
        match api.stream(&call.clone().after(place.as_deref()), left) {
            Ok(body) => {
                tries = 0;
                let mut lines = BufReader::new(body);
                while let Some(raw) = next(&mut lines) {
                    place = raw.id.clone().or(place);
                    if raw.data.is_empty() {
                        continue;
                    }
                    if let Some(had) = take(raw.read()?)? {
                        return Ok(Some(had));
                    }
                }
            }
            Err(lost) if lost.kind() == Kind::Unreachable && tries < TRIES && place.is_some() => {
                tries += 1;
            }
            Err(other) => return Err(other),
        }
        thread::sleep(left.map_or(PAUSE, |left| left.min(PAUSE)));
    }
}

/// A message as it is written.
#[derive(Debug, Default, PartialEq, Eq)]
struct Raw {
    id: Option<String>,
    event: String,
    data: String,
}

impl Raw {
    fn read(self) -> Result<Message, Failure> {
        let odd = |error| Failure::new(Kind::Unreachable, format!("an event is no JSON: {error}"));
        Ok(Message {
            event: self.event,
            data: serde_json::from_str(&self.data).map_err(odd)?,
        })
    }
}

/// The next message; none when the stream is over or broken.
fn next(lines: &mut impl BufRead) -> Option<Raw> {
    let mut message = Raw::default();
    loop {
        let mut line = String::new();
        let length = lines.take(MAX_LINE).read_line(&mut line).ok()?;
        if length == 0 || !line.ends_with('\n') {
            return None;
        }
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            return Some(message);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => message.id = Some(value.to_owned()),
            "event" => value.clone_into(&mut message.event),
            "data" if message.data.is_empty() => value.clone_into(&mut message.data),
            "data" => message.data = format!("{}\n{value}", message.data),
            // Comments are signs of life.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_the_standard_says() {
        let text = "id: 7\nretry: 1000\n\n: alive\n\nevent: x\nid: 8\ndata: {\"a\":\r\ndata:1}\r\n\r\nid: 9\ndata: cut";
        let mut lines = text.as_bytes();
        let mut all = Vec::new();
        while let Some(message) = next(&mut lines) {
            all.push((message.id, message.event, message.data));
        }
        let some = |id: &str| Some(id.to_owned());
        let want = [
            (some("7"), String::new(), String::new()),
            (None, String::new(), String::new()),
            (some("8"), "x".to_owned(), "{\"a\":\n1}".to_owned()),
        ];
        assert_eq!(all, want);
    }
}
