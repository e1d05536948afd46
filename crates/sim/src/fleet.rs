//! A fleet of simulated servers behind the same door as real ones.
//!
//! Each is a machine in memory that the host binary's own code works on, so that the control plane
//! above it cannot tell the difference. What a network does to a request (nothing of it arrives,
//! the answer is lost, the server dies in the middle of it) is done here, on demand.

mod machine;

use std::{
    collections::{BTreeMap, VecDeque},
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use kloigos_control::transport::{Answer, Target, Transport, TransportError};
use kloigos_model::{
    host::{Progress, Request},
    ssh::PublicKey,
};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use self::machine::{Accident, Machine};
use crate::host::SimHost;

/// What happens to a request on its way.
#[derive(Debug, Clone)]
pub enum Mishap {
    /// Nothing: this request goes well.
    Nothing,
    /// The server does not answer; nothing of the request arrives.
    Unreachable,
    /// The same, and nothing reaches it from here on until [`SimFleet::mend`].
    Cut,
    /// The request arrives and the link is lost before anything is done.
    LostBefore,
    /// The server dies after so many calls to its machinery, and the link with it.
    DiesAfter(u32),
    /// All is done, and the answer is lost.
    LostAfter,
    /// A call to its machinery fails after so many; the server lives and tells.
    FailsAfter(u32),
    /// Nothing is done until the gate is opened; then all of it.
    WaitsBefore(Gate),
    /// All is done, and the answer comes when the gate is opened.
    WaitsAfter(Gate),
}

/// Something that a test holds shut.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    reached: Arc<Notify>,
    opened: Arc<Notify>,
}

impl Gate {
    /// Returns when a request stands before it.
    pub async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets one request pass, now or when it comes.
    pub fn open(&self) {
        self.opened.notify_one();
    }

    async fn pass(&self) {
        self.reached.notify_one();
        self.opened.notified().await;
    }
}

/// `sim1`, `sim2` … at 127.64.0.1, 127.64.0.2 …; any other address is unreachable. Clones are the
/// same fleet.
#[derive(Clone)]
pub struct SimFleet {
    servers: Arc<BTreeMap<IpAddr, SimServer>>,
}

struct SimServer {
    state: Mutex<State>,
}

struct State {
    machine: Machine,
    host_key: PublicKey,
    /// Whether nothing reaches it until it is mended.
    cut: bool,
    /// What happens to the next requests that change something, one each.
    mishaps: VecDeque<Mishap>,
    /// What happens to the next looks, one each.
    at_looks: VecDeque<Mishap>,
    /// How many requests it was sent that change something.
    asked: usize,
    /// How many it was sent that look at it.
    looked: usize,
}

/// The address of a simulated server, counted from 1.
pub fn address(number: u32) -> IpAddr {
    let first = u32::from(Ipv4Addr::new(127, 64, 0, 0));
    IpAddr::V4(Ipv4Addr::from(first.saturating_add(number)))
}

impl SimFleet {
    /// So many servers with 64 CPUs in two NUMA nodes each, not initialised.
    pub fn new(count: u32) -> Self {
        let servers = (1..=count).map(|number| (address(number), SimServer::new(number)));
        Self {
            servers: Arc::new(servers.collect()),
        }
    }

    /// Nothing reaches this server until [`Self::mend`].
    pub fn cut(&self, number: u32) {
        self.state(number).cut = true;
    }

    /// It is reached again, and nothing that was to befall it does.
    pub fn mend(&self, number: u32) {
        let mut state = self.state(number);
        state.cut = false;
        state.mishaps.clear();
        state.at_looks.clear();
    }

    /// This happens to the next request to the server that changes something and has no mishap
    /// yet.
    pub fn mishap(&self, number: u32, mishap: Mishap) {
        self.state(number).mishaps.push_back(mishap);
    }

    /// This happens to the next look at the server that has no mishap yet.
    pub fn mishap_at_look(&self, number: u32, mishap: Mishap) {
        self.state(number).at_looks.push_back(mishap);
    }

    /// How many calls to its machinery the last request made.
    pub fn calls(&self, number: u32) -> u32 {
        self.state(number).machine.calls
    }

    /// How many requests that change something the server was sent.
    pub fn asked(&self, number: u32) -> usize {
        self.state(number).asked
    }

    /// How many requests that look at it the server was sent.
    pub fn looked(&self, number: u32) -> usize {
        self.state(number).looked
    }

    /// Everything on the server's machine, for comparison.
    pub fn snapshot(&self, number: u32) -> BTreeMap<String, String> {
        self.state(number).machine.snapshot()
    }

    /// Does something on the server's machine, as its own people or a tenant would.
    pub fn on_machine<T>(&self, number: u32, does: impl FnOnce(&mut SimHost) -> T) -> T {
        does(self.state(number).machine.host())
    }

    /// The key that the server proves to have.
    pub fn host_key(&self, number: u32) -> PublicKey {
        self.state(number).host_key.clone()
    }

    /// It shows another key from now on, which follows from this word.
    pub fn change_host_key(&self, number: u32, word: &str) {
        self.state(number).host_key = host_key(word);
    }

    fn server(&self, number: u32) -> &SimServer {
        let server = self.servers.get(&address(number));
        server.expect("a test names a server of its fleet")
    }

    fn state(&self, number: u32) -> MutexGuard<'_, State> {
        self.server(number).state()
    }
}

impl SimServer {
    fn new(number: u32) -> Self {
        Self {
            state: Mutex::new(State {
                machine: Machine::new(number),
                host_key: host_key(&format!("sim{number}")),
                cut: false,
                mishaps: VecDeque::new(),
                at_looks: VecDeque::new(),
                asked: 0,
                looked: 0,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A machine that somebody panicked over is as it then was, like a real one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What befalls a request.
    fn befalls(&self, request: &Request) -> Option<Mishap> {
        let mut state = self.state();
        if state.cut {
            return Some(Mishap::Unreachable);
        }
        let mishap = match request {
            Request::Facts | Request::Inspect { .. } | Request::Attest { .. } => {
                state.looked += 1;
                state.at_looks.pop_front()
            }
            Request::Apply { .. } | Request::Remove { .. } => {
                state.asked += 1;
                state.mishaps.pop_front()
            }
        };
        state.cut = matches!(mishap, Some(Mishap::Cut));
        mishap
    }

    fn serve(
        &self,
        request: &Request,
        accident: Option<Accident>,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, TransportError> {
        let mut state = self.state();
        match state.machine.serve(request, accident, progress) {
            Some(report) => Ok(Answer {
                report,
                host_key: state.host_key.clone(),
            }),
            None => Err(lost("the server died")),
        }
    }
}

/// A well-formed key that nobody has the private part of.
fn host_key(word: &str) -> PublicKey {
    let mut blob = Vec::new();
    for part in [b"ssh-ed25519".as_slice(), Sha256::digest(word).as_slice()] {
        let length = u32::try_from(part.len()).expect("both parts are short");
        blob.extend(length.to_be_bytes());
        blob.extend(part);
    }
    let line = format!("ssh-ed25519 {}", STANDARD.encode(blob));
    line.parse().expect("the line is an ed25519 key")
}

fn lost(why: &str) -> TransportError {
    TransportError::Lost(why.to_owned())
}

#[async_trait]
impl Transport for SimFleet {
    async fn call(
        &self,
        target: &Target,
        request: &Request,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, TransportError> {
        let unreachable = || TransportError::Unreachable(format!("no route to {}", target.ip));
        let server = self.servers.get(&target.ip).filter(|_| target.port == 22);
        let server = server.ok_or_else(unreachable)?;
        match server.befalls(request) {
            Some(Mishap::Unreachable | Mishap::Cut) => return Err(unreachable()),
            mishap => {
                let shown = server.state().host_key.clone();
                target.judge(&shown)?;
                server.meet(mishap, request, progress).await
            }
        }
    }

    fn simulated(&self) -> bool {
        true
    }
}

impl SimServer {
    async fn meet(
        &self,
        mishap: Option<Mishap>,
        request: &Request,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Answer, TransportError> {
        match mishap {
            None | Some(Mishap::Nothing) => self.serve(request, None, progress),
            Some(Mishap::Unreachable | Mishap::Cut | Mishap::LostBefore) => {
                Err(lost("the link went down"))
            }
            Some(Mishap::DiesAfter(calls)) => {
                self.serve(request, Some(Accident::Dies(calls)), progress)
            }
            Some(Mishap::FailsAfter(calls)) => {
                self.serve(request, Some(Accident::Fails(calls)), progress)
            }
            Some(Mishap::LostAfter) => {
                drop(self.serve(request, None, progress));
                Err(lost("the link went down"))
            }
            Some(Mishap::WaitsBefore(gate)) => {
                gate.pass().await;
                self.serve(request, None, progress)
            }
            Some(Mishap::WaitsAfter(gate)) => {
                let answer = self.serve(request, None, progress);
                gate.pass().await;
                answer
            }
        }
    }
}
