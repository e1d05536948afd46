//! A receiver of webhooks: a small HTTP server that verifies signatures by itself and answers as a
//! test tells it to.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// How long a message is awaited.
const PATIENCE: Duration = Duration::from_mins(2);

/// What is done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// An answer of this status.
    Status(u16),
    /// None, until the caller gives up.
    Hang,
    /// The connection is cut after the message.
    Cut,
    /// Success, with an answer that goes on and on.
    Long,
    /// A redirect to another receiver.
    Redirect(SocketAddr),
}

/// A message that came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its id.
    pub id: String,
    /// The time that it says it was sent.
    pub timestamp: i64,
    /// Its signature.
    pub signature: String,
    /// Its content type.
    pub content_type: String,
    /// Its body, word for word.
    pub body: String,
    /// What was done with it.
    pub answer: Answer,
}

/// A receiver on a port of its own; it ends with the value.
pub struct Receiver {
    shared: Arc<Shared>,
    address: SocketAddr,
    door: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    came: Condvar,
}

#[derive(Default)]
struct State {
    received: Vec<Received>,
    answers: VecDeque<Answer>,
    /// How many messages are being answered now, and the most there ever were.
    now: usize,
    most: usize,
    closed: bool,
}

impl Received {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a body is JSON")
    }

    /// Whether it was answered with success.
    pub fn arrived(&self) -> bool {
        self.answer == Answer::Status(200)
    }

    /// Whether the holder of this secret signed it, as the specification says.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = secret.strip_prefix("whsec_").expect("a secret");
        let key = BASE64_STANDARD.decode(key).expect("base64");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length will do");
        mac.update(format!("{}.{}.{}", self.id, self.timestamp, self.body).as_bytes());
        let signature = self.signature.strip_prefix("v1,").expect("version 1");
        let signature = BASE64_STANDARD.decode(signature).expect("base64");
        mac.verify_slice(&signature).is_ok()
    }
}

impl Receiver {
    /// On any free port.
    pub fn open() -> Self {
        Self::at(([127, 0, 0, 1], 0).into(), Arc::default())
    }

    fn at(address: SocketAddr, shared: Arc<Shared>) -> Self {
        let listener = listen(address);
        let address = listener.local_addr().expect("an address");
        let inside = shared.clone();
        let door = thread::spawn(move || let_in(&listener, &inside));
        let door = Some(door);
        Self {
            shared,
            address,
            door,
        }
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://{}/hook?of=kloigos", self.address)
    }

    /// The next messages are answered so, one after the other; those after them with 200.
    pub fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.state().answers.extend(answers);
    }

    /// Refuses connections from here on; what was received is kept.
    #[must_use]
    pub fn close(mut self) -> Closed {
        self.shut();
        Closed {
            shared: self.shared.clone(),
            address: self.address,
        }
    }

    fn shut(&mut self) {
        self.state().closed = true;
        // Whoever waits at the door is woken by a caller.
        drop(TcpStream::connect(self.address));
        if let Some(door) = self.door.take() {
            door.join().expect("the door does not panic");
        }
    }

    /// All that came, in its order.
    pub fn received(&self) -> Vec<Received> {
        self.state().received.clone()
    }

    /// The most messages that were being answered at once.
    pub fn most_at_once(&self) -> usize {
        self.state().most
    }

    /// Waits until this is true of what came.
    #[track_caller]
    pub fn until(&self, is_enough: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        let end = Instant::now() + PATIENCE;
        let mut state = self.state();
        while !is_enough(&state.received) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "it never came; got {:#?}", state.received);
            (state, _) = self
                .shared
                .came
                .wait_timeout(state, left)
                .expect("nobody panicked");
        }
        state.received.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().expect("nobody panicked")
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shut();
    }
}

/// A receiver that refuses connections.
pub struct Closed {
    shared: Arc<Shared>,
    address: SocketAddr,
}

impl Closed {
    /// Opens it again, on the same port.
    pub fn open(self) -> Receiver {
        self.shared.state.lock().expect("nobody panicked").closed = false;
        Receiver::at(self.address, self.shared)
    }
}

/// The port may still be held by connections that are being closed.
fn listen(address: SocketAddr) -> TcpListener {
    let end = Instant::now() + PATIENCE;
    loop {
        match TcpListener::bind(address) {
            Ok(listener) => return listener,
            Err(error) if error.kind() == ErrorKind::AddrInUse && Instant::now() < end => {
                thread::yield_now();
            }
            Err(error) => panic!("no port: {error}"),
        }
    }
}

fn let_in(listener: &TcpListener, shared: &Arc<Shared>) {
    for caller in listener.incoming() {
        if shared.state.lock().expect("nobody panicked").closed {
            return;
        }
        let (caller, shared) = (caller.expect("a connection"), shared.clone());
        thread::spawn(move || serve(&caller, &shared));
    }
}

/// One message a connection; a caller that breaks off is let go of.
fn serve(mut caller: &TcpStream, shared: &Shared) {
    let Some(mut message) = read(caller) else {
        return;
    };
    let mut state = shared.state.lock().expect("nobody panicked");
    message.answer = state.answers.pop_front().unwrap_or(Answer::Status(200));
    let answer = message.answer;
    state.received.push(message);
    state.now += 1;
    state.most = state.most.max(state.now);
    drop(state);
    shared.came.notify_all();
    let said = if answer == Answer::Long {
        "x".repeat(100_000)
    } else {
        "heard".to_owned()
    };
    let length = said.len();
    let head = match answer {
        Answer::Long => format!("200 OK\r\nContent-Length: {length}\r\n"),
        Answer::Status(status) => format!("{status} Said\r\nContent-Length: {length}\r\n"),
        Answer::Redirect(to) => {
            format!("307 Moved\r\nLocation: http://{to}/\r\nContent-Length: {length}\r\n")
        }
        Answer::Cut | Answer::Hang => String::new(),
    };
    // A caller that gave up does not hear it.
    let _ = match answer {
        Answer::Cut => Ok(()),
        // Nothing comes any more but the end, when the caller gives up.
        Answer::Hang => caller.read(&mut [0; 1]).map(drop),
        Answer::Status(_) | Answer::Long | Answer::Redirect(_) => {
            caller.write_all(format!("HTTP/1.1 {head}Connection: close\r\n\r\n{said}").as_bytes())
        }
    };
    shared.state.lock().expect("nobody panicked").now -= 1;
}

/// A message, but for what is done with it.
fn read(caller: &TcpStream) -> Option<Received> {
    let mut lines = BufReader::new(caller);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).ok().filter(|read| *read > 0)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
            None if line.trim_end().is_empty() => break,
            None => assert!(line.starts_with("POST /hook?of=kloigos "), "{line}"),
        }
    }
    let header = |name: &str| {
        let found = headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let mut body = vec![0; header("content-length").parse().ok()?];
    lines.read_exact(&mut body).ok()?;
    Some(Received {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp").parse().ok()?,
        signature: header("webhook-signature"),
        content_type: header("content-type"),
        body: String::from_utf8(body).ok()?,
        answer: Answer::Status(200),
    })
}
