//! A client of the cluster that asks ten times a second, by whichever node answers.

use std::{
    fmt,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

/// How often it asks.
const EVERY: Duration = Duration::from_millis(100);
/// How long after it was due a request may be answered, by all nodes together.
const ANSWERED: Duration = Duration::from_secs(5);
/// How long one node may take before the next one is asked.
const NODE: Duration = Duration::from_millis(1500);

/// A client at work.
pub(crate) struct Asking {
    over: Arc<AtomicBool>,
    client: JoinHandle<Asked>,
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) count: u32,
    pub(crate) failed: Vec<String>,
    longest: Duration,
}

impl Asking {
    /// Begins to write, one value after the other, whether or not those before are answered; a
    /// request is one that a node answers.
    pub(crate) fn begin(endpoints: Vec<SocketAddr>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let client = thread::spawn({
            let over = over.clone();
            move || go_on(&endpoints, &over)
        });
        Self { over, client }
    }

    /// Ends it, when all that was asked is answered.
    pub(crate) fn end(self) -> Asked {
        self.over.store(true, Ordering::Relaxed);
        self.client.join().expect("the client ends")
    }
}

fn go_on(endpoints: &[SocketAddr], over: &AtomicBool) -> Asked {
    let asked = Mutex::new(Asked::default());
    let begin = Instant::now();
    let mut count = 0;
    thread::scope(|scope| {
        while !over.load(Ordering::Relaxed) {
            let due = begin + EVERY * count;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            count += 1;
            let (asked, number) = (&asked, count);
            scope.spawn(move || {
                // Late counts from when it was due, not from when this thread came to it.
                let came = put(endpoints, number, due);
                let took = due.elapsed();
                let mut asked = asked.lock().expect("no request panics");
                asked.longest = asked.longest.max(took);
                if let Err(error) = came {
                    asked.failed.push(format!("request {number}: {error:#}"));
                }
            });
        }
    });
    let mut asked = asked.into_inner().expect("no request panics");
    asked.count = count;
    asked
}

/// Writes a value by one node after the other, until one has it; fails when that is too late, and
/// tells what every node did.
fn put(endpoints: &[SocketAddr], number: u32, due: Instant) -> Result<()> {
    let encoded = |text: &str| BASE64_STANDARD.encode(text);
    let body = json!({ "key": encoded("number"), "value": encoded(&number.to_string()) });
    let mut node = number as usize;
    let mut tried = Vec::new();
    loop {
        node += 1;
        let endpoint = endpoints[node % endpoints.len()];
        let began = due.elapsed();
        let came = ask(endpoint, "POST", "/v3/kv/put", &body.to_string());
        let (ended, over) = (due.elapsed(), came.is_ok());
        let said = came.map_or_else(|error| format!("{error:#}"), |_| "answered".to_owned());
        tried.push(format!("{endpoint} {began:.1?} to {ended:.1?}: {said}"));
        match (over, ended > ANSWERED) {
            (_, true) => bail!("too late: {}", tried.join("; ")),
            (true, false) => return Ok(()),
            (false, false) => thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// One request of one node; the body of its answer.
pub(super) fn ask(endpoint: SocketAddr, method: &str, path: &str, body: &str) -> Result<String> {
    let mut stream = TcpStream::connect_timeout(&endpoint, NODE)?;
    stream.set_read_timeout(Some(NODE))?;
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {endpoint}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    let (head, body) = reply.split_once("\r\n\r\n").context("no answer")?;
    ensure!(
        head.split(' ').nth(1) == Some("200"),
        "{endpoint} answered {reply}"
    );
    Ok(body.to_owned())
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, failed, longest) = (self.count, self.failed.len(), self.longest);
        write!(
            f,
            "{count} requests, {failed} failed, the longest took {longest:.1?}"
        )
    }
}
