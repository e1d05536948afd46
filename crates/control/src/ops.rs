//! What a person may ask: each a value that says the whole intention.

mod allocate;
mod deallocate;
mod decommission_server;
mod init_server;
mod repeat;

use std::{net::IpAddr, time::Duration};

use kloigos_model::{
    cpu::CpuSet,
    host::Facts,
    ids::{AllocationId, JobId},
    layout::Numbering,
    names::{Hostname, Label, LoginName, UnitId},
    placement::Wanted,
    ssh::{AuthorizedKeys, PublicKey},
    tags::Tags,
};
use kloigos_store::{Claim, UnitRecord};

pub(crate) use self::{
    allocate::Reserve, deallocate::End, decommission_server::Return, init_server::Begin,
};

/// A unit for a tenant.
#[derive(Debug, Clone)]
pub struct Allocate {
    /// What kind.
    pub wanted: Wanted,
    /// What the tenant writes on it; `None` is `null`.
    pub tags: Option<Tags>,
    /// Who may log in.
    pub keys: AuthorizedKeys,
    /// How a repeat is known.
    pub idempotency: Option<Idempotency>,
    /// How long further servers are tried.
    pub within: Duration,
}

/// The end of a tenancy.
#[derive(Debug, Clone)]
pub struct Deallocate {
    /// Of which unit.
    pub unit: UnitId,
    /// The tenancy that is meant; another one is not touched.
    pub allocation: Option<AllocationId>,
    /// How a repeat is known.
    pub idempotency: Option<Idempotency>,
}

/// A server to be cut into units.
#[derive(Debug, Clone)]
pub struct InitServer {
    /// Its name.
    pub hostname: Hostname,
    /// Its address.
    pub ip: IpAddr,
    /// Its region.
    pub region: Label,
    /// Its zone.
    pub zone: Label,
    /// The CPUs of each unit.
    pub ranges: Vec<CpuSet>,
    /// Where the numbers of the units begin.
    pub numbering: Numbering,
    /// The port of its SSH daemon.
    pub ssh_port: u16,
    /// The login; `None` is the setting's.
    pub ssh_user: Option<LoginName>,
    /// The host key it must show.
    pub host_key: Option<PublicKey>,
    /// Whether the user managers of free units run.
    pub warm: bool,
    /// How a repeat is known.
    pub idempotency: Option<Idempotency>,
}

/// A server to be returned as it was.
#[derive(Debug, Clone)]
pub struct DecommissionServer {
    /// Its name.
    pub hostname: Hostname,
    /// Whether tenants on it are evicted.
    pub force: bool,
    /// How a repeat is known.
    pub idempotency: Option<Idempotency>,
}

/// A look at a server that changes and keeps nothing.
#[derive(Debug, Clone)]
pub struct Probe {
    /// Its address.
    pub ip: IpAddr,
    /// The port of its SSH daemon.
    pub ssh_port: u16,
    /// The login; `None` is the setting's.
    pub ssh_user: Option<LoginName>,
    /// The host key it must show.
    pub host_key: Option<PublicKey>,
}

/// What a probe saw.
#[derive(Debug, Clone)]
pub struct Probed {
    /// What the server is.
    pub facts: Facts,
    /// The host key it proved to have.
    pub host_key: PublicKey,
}

/// How a repeated request is known: the same caller, the same key, the same method and path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Who asks: a token's id, or a word for nobody.
    pub caller: String,
    /// The key that the caller chose.
    pub key: String,
    /// Method and path.
    pub scope: String,
    /// The SHA-256 of the body, in hexadecimal.
    pub fingerprint: String,
}

/// Work that was begun, or was under way already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// The job that does it.
    pub job: JobId,
    /// Whether this is the answer to an earlier request with the same idempotency key.
    pub replayed: bool,
}

/// What an operation left: the job, and the claim of it when the caller is to work on it at once.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) begun: Begun,
    pub(crate) claim: Option<Claim>,
}

impl From<Begun> for Started {
    fn from(begun: Begun) -> Self {
        Self { begun, claim: None }
    }
}

/// The units that somebody has, by name; empty when nobody has any.
fn in_use(units: &[UnitRecord]) -> String {
    let used = units.iter().filter(|unit| unit.status.is_in_use());
    let used: Vec<String> = used
        .map(|unit| format!("{} ({})", unit.id, unit.status))
        .collect();
    used.join(", ")
}
