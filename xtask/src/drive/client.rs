//! HTTP/1.1 by hand: it sends exactly what a test says, follows nothing, and adds nothing but what
//! HTTP itself needs.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::chunks;

/// How long an answer may take: longer than any call waits.
const ANSWER: Duration = Duration::from_mins(10);
/// How long something is awaited.
const PATIENCE: Duration = Duration::from_secs(150);
/// How long between two looks at something that is awaited.
const PAUSE: Duration = Duration::from_millis(10);

/// A caller of one control plane.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    token: Option<String>,
}

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Its status code.
    pub status: u16,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

impl Call {
    /// A call without body.
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with this body, of no content type.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The same with this JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("Content-Type", "application/json")
            .body(body.to_string())
    }

    fn bytes(&self, address: SocketAddr, token: Option<&str>) -> Vec<u8> {
        let own = |name: &str| {
            let mut names = self.headers.iter().map(|(name, _)| name);
            names.any(|given| given.eq_ignore_ascii_case(name))
        };
        let usual = [
            ("Host", Some(address.to_string())),
            (
                "Authorization",
                token.map(|token| format!("Bearer {token}")),
            ),
            ("Content-Length", Some(self.body.len().to_string())),
            ("Connection", Some("close".to_owned())),
        ];
        let usual = usual.into_iter().filter(|(name, _)| !own(name));
        let usual = usual.filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let mut lines = vec![format!("{} {} HTTP/1.1", self.method, self.path)];
        for (name, value) in usual.chain(self.headers.iter().cloned()) {
            lines.push(format!("{name}: {value}"));
        }
        let head = lines.join("\r\n") + "\r\n\r\n";
        [head.as_bytes(), &self.body].concat()
    }
}

impl Reply {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// What `detail` says, where it is one sentence.
    pub fn detail(&self) -> String {
        self.json()["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The body, of an answer with this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.json()
    }
}

impl Client {
    /// A caller with or without a token.
    pub fn new(address: SocketAddr, token: Option<String>) -> Self {
        Self { address, token }
    }

    /// The same caller without a token.
    #[must_use]
    pub fn anonymous(&self) -> Self {
        Self::new(self.address, None)
    }

    /// The same caller with this token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self::new(self.address, Some(token.to_owned()))
    }

    /// The token it calls with.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Where it calls.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes the call, or says why there is no answer.
    pub fn try_send(&self, call: &Call) -> Result<Reply> {
        let answer = self.exchange(call);
        answer.with_context(|| format!("failed to {} {}", call.method, call.path))
    }

    fn exchange(&self, call: &Call) -> Result<Reply> {
        let mut stream = TcpStream::connect(self.address).context("failed to connect")?;
        stream.set_read_timeout(Some(ANSWER))?;
        let request = call.bytes(self.address, self.token.as_deref());
        // A server that refuses a body may stop reading it; its answer is what counts.
        if let Err(error) = stream.write_all(&request) {
            ensure!(is_cut(&error), "failed to send: {error}");
        }
        let mut reply = Vec::new();
        if let Err(error) = stream.read_to_end(&mut reply) {
            ensure!(
                is_cut(&error) && !reply.is_empty(),
                "failed to read the answer: {error}"
            );
        }
        parse(&reply)
    }

    /// Makes the call.
    #[track_caller]
    pub fn send(&self, call: &Call) -> Reply {
        self.try_send(call)
            .unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// `GET`.
    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.send(&Call::new("GET", path))
    }

    /// `DELETE`.
    #[track_caller]
    pub fn delete(&self, path: &str) -> Reply {
        self.send(&Call::new("DELETE", path))
    }

    /// `POST` of a JSON body.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(&Call::new("POST", path).json(body))
    }

    /// `PATCH` of a JSON body.
    #[track_caller]
    pub fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(&Call::new("PATCH", path).json(body))
    }

    /// Looks until it fits, and fails with what it saw last.
    #[track_caller]
    pub fn await_get(&self, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let seen = self.get(path).json();
            if fits(&seen) {
                return seen;
            }
            assert!(began.elapsed() < PATIENCE, "{path} stayed {seen:#}");
            std::thread::sleep(PAUSE);
        }
    }
}

fn is_cut(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
    )
}

/// An answer as it came over a connection that was closed after it; an error when it broke off
/// between two chunks or within one.
pub fn parse(reply: &[u8]) -> Result<Reply> {
    let end = reply.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let end = end.context("the answer has no end of headers")?;
    let head = str::from_utf8(&reply[..end]).context("the answer's head is not UTF-8")?;
    let body = &reply[end + 4..];
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status = status.context("the answer has no status")?.parse()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let in_chunks = headers.iter().any(|(name, _)| name == "transfer-encoding");
    let body = if in_chunks {
        chunks::joined(body)?
    } else {
        body.to_vec()
    };
    Ok(Reply {
        status,
        headers,
        body: String::from_utf8(body).context("the answer is not UTF-8")?,
    })
}
