//! Server-sent events, taken up again where they broke off.

use std::{
    io::{BufRead, BufReader, Read},
    thread,
    time::Duration,
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

/// Gives every event to `take`, until it says that it has had enough.
pub(crate) fn follow(
    api: &Api,
    call: &Call,
    mut take: impl FnMut(Value) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut place: Option<String> = None;
    let mut tries = 0;
    loop {
        match api.stream(&call.clone().after(place.as_deref())) {
            Ok(body) => {
                tries = 0;
                let mut lines = BufReader::new(body);
                while let Some(message) = message(&mut lines) {
                    place = message.id.or(place);
                    if !message.data.is_empty() && take(read(&message.data)?)? {
                        return Ok(());
                    }
                }
            }
            Err(lost) if lost.kind() == Kind::Unreachable && tries < TRIES && place.is_some() => {
                tries += 1;
            }
            Err(other) => return Err(other),
        }
        thread::sleep(PAUSE);
    }
}

fn read(data: &str) -> Result<Value, Failure> {
    let odd = |error| Failure::new(Kind::Unreachable, format!("an event is no JSON: {error}"));
    serde_json::from_str(data).map_err(odd)
}

/// One message of a stream (HTML, 9.2.6), as far as we need it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Message {
    id: Option<String>,
    data: String,
}

/// The next message; none when the stream is over or broken.
fn message(lines: &mut impl BufRead) -> Option<Message> {
    let mut message = Message::default();
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
            "data" if message.data.is_empty() => value.clone_into(&mut message.data),
            "data" => message.data = format!("{}\n{value}", message.data),
            // Comments are signs of life; the kind is in the data too.
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
        while let Some(message) = message(&mut lines) {
            all.push((message.id, message.data));
        }
        let some = |id: &str| Some(id.to_owned());
        let want = [
            (some("7"), String::new()),
            (None, String::new()),
            (some("8"), "{\"a\":\n1}".to_owned()),
        ];
        assert_eq!(all, want);
    }
}
