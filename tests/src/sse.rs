//! Server-sent events by hand, as a browser reads them.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

use crate::client::Client;

/// How long the next message may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// An open stream.
pub struct Stream {
    lines: BufReader<TcpStream>,
    /// The answer's headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The last id that was told, as a browser would send it when it comes back.
    pub last_id: Option<String>,
}

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// What it is.
    pub event: String,
    /// Its id.
    pub id: Option<String>,
    /// What it says.
    pub data: Value,
}

impl Stream {
    /// Opens it, from behind this id if any.
    #[track_caller]
    pub fn open(client: &Client, path: &str, last_id: Option<&str>) -> Self {
        let mut socket = TcpStream::connect(client.address()).expect("a connection");
        let patience = socket.set_read_timeout(Some(PATIENCE));
        patience.expect("a time limit");
        let token = client.token().unwrap_or_default();
        let last = last_id.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
        // HTTP/1.0: what is sent ends with the connection, and is not cut into chunks.
        let request = format!(
            "GET {path} HTTP/1.0\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n{last}\r\n",
            client.address()
        );
        socket.write_all(request.as_bytes()).expect("it is sent");
        let mut stream = Self {
            lines: BufReader::new(socket),
            headers: BTreeMap::new(),
            last_id: last_id.map(str::to_owned),
        };
        let status = stream.line().expect("an answer");
        assert!(status.contains(" 200 "), "{status}");
        while let Some(header) = stream.line().filter(|line| !line.is_empty()) {
            let (name, value) = header.split_once(": ").expect("a header");
            let name = name.to_ascii_lowercase();
            stream.headers.insert(name, value.to_owned());
        }
        stream
    }

    /// Reads where it begins, which is no message.
    #[track_caller]
    pub fn begin(&mut self) {
        while let Some(line) = self.line().filter(|line| !line.is_empty()) {
            if let Some(id) = line.strip_prefix("id:") {
                self.last_id = Some(id.trim().to_owned());
            }
        }
        assert!(self.last_id.is_some(), "it says where it begins");
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.lines.read_line(&mut line).expect("in time");
        (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
    }
}

/// Messages until the other side ends it.
impl Iterator for Stream {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        let (mut event, mut id, mut data) = (String::new(), None, String::new());
        loop {
            let line = self.line()?;
            match line.split_once(':').map(|(n, v)| (n, v.trim_start())) {
                Some(("event", value)) => value.clone_into(&mut event),
                Some(("id", value)) => {
                    self.last_id = Some(value.to_owned());
                    id = Some(value.to_owned());
                }
                Some(("data", value)) => data.push_str(value),
                // A message without data is none; its id counts.
                None if line.is_empty() && data.is_empty() => id = None,
                None if line.is_empty() => {
                    let data = serde_json::from_str(&data).expect("data is JSON");
                    return Some(Message { event, id, data });
                }
                Some(_) | None => {}
            }
        }
    }
}
