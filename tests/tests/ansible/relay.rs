//! A proxy between Ansible and its control plane, which may have none behind it for a while.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

/// What is said in turn while there is no control plane; nothing is a connection that breaks off.
const AWAY: [&str; 3] = [
    "",
    "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\nConnection: close\r\n\r\naway",
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
];
/// How long something is awaited.
const PATIENCE: Duration = Duration::from_mins(1);

/// What it is by now.
#[derive(Default)]
struct State {
    behind: Option<SocketAddr>,
    /// The first lines of the calls that were handed on.
    calls: Vec<String>,
    /// How many calls were lost.
    lost: usize,
}

/// The proxy; it ends with the test's process.
pub(crate) struct Relay {
    address: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Relay {
    pub(crate) fn new(behind: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let relay = Self {
            address,
            state: Arc::default(),
        };
        relay.turn_to(Some(behind));
        let state = relay.state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A caller that went away meanwhile is none of ours.
                let _ = serve(&stream, &state);
            }
        });
        relay
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on another control plane is behind it, or none.
    pub(crate) fn turn_to(&self, behind: Option<SocketAddr>) {
        self.state.0.lock().expect("no panic").behind = behind;
    }

    /// Waits until such a call was handed on.
    pub(crate) fn await_call(&self, begin: &str) {
        self.until(|state| state.calls.iter().any(|call| call.starts_with(begin)));
    }

    /// Waits until a call was lost in every manner.
    pub(crate) fn await_losses(&self) {
        self.until(|state| state.lost >= AWAY.len());
    }

    fn until(&self, met: impl Fn(&State) -> bool) {
        let (state, changed) = &*self.state;
        let state = state.lock().expect("no panic");
        let waited = changed.wait_timeout_while(state, PATIENCE, |state| !met(state));
        let (state, timeout) = waited.expect("no panic");
        assert!(!timeout.timed_out(), "only these calls: {:?}", state.calls);
    }
}

fn serve(mut stream: &TcpStream, shared: &(Mutex<State>, Condvar)) -> io::Result<()> {
    let request = request(stream)?;
    let mut state = shared.0.lock().expect("no panic");
    let behind = state.behind;
    match behind {
        Some(_) => {
            let line = request.split(|byte| *byte == b'\r').next();
            let line = String::from_utf8_lossy(line.unwrap_or_default()).into_owned();
            state.calls.push(line);
        }
        None => state.lost += 1,
    }
    let lost = state.lost;
    drop(state);
    shared.1.notify_all();
    match behind {
        Some(behind) => {
            let mut upstream = TcpStream::connect(behind)?;
            upstream.write_all(&request)?;
            io::copy(&mut upstream, &mut stream)?;
        }
        None => stream.write_all(AWAY[lost % AWAY.len()].as_bytes())?,
    }
    stream.shutdown(Shutdown::Both)
}

/// The head of a request and its body.
fn request(stream: &TcpStream) -> io::Result<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
    let lower = head.to_ascii_lowercase();
    let length = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|length| length.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    Ok([head.into_bytes(), body].concat())
}
