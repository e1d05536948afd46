//! What a person may ask: each a value that says the whole intention.

mod allocate;
mod attest;
mod cancel;
mod change;
mod deallocate;
mod decommission_server;
mod init_server;
mod placing;
mod probe;
mod repeat;
mod retry;
mod tenancy;
mod tend;

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use kloigos_model::{
    cpu::CpuSet,
    event::EventKind,
    host::{Measure, Volume},
    ids::{AllocationId, JobId, WebhookId},
    layout::Numbering,
    limits::LimitsWish,
    names::{Hostname, Label, LoginName, UnitId},
    placement::Wanted,
    remark::Remark,
    server::DriftMode,
    ssh::{AuthorizedKeys, PublicKey},
    tags::Tags,
    webhook::{WebhookName, WebhookUrl},
};
use kloigos_store::{Claim, SealedSecret, UnitRecord};

pub(crate) use self::{
    allocate::Reserve,
    attest::Ask,
    cancel::Cancel,
    change::Begin as BeginChange,
    deallocate::End,
    decommission_server::Return,
    init_server::Begin,
    placing::Look,
    retry::Retry,
    tend::{Tending, living},
};
pub use self::{
    change::Change,
    placing::Placement,
    probe::{Cutting, Plan, PlannedUnit, Probe, Probed, WantedLayout},
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
    /// What is asked of the unit's limits.
    pub limits: LimitsWish,
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

/// A change of what a tenancy runs with.
#[derive(Debug, Clone)]
pub struct ChangeUnit {
    /// Of which unit.
    pub unit: UnitId,
    /// The tenancy that is meant; another one is not touched.
    pub allocation: Option<AllocationId>,
    /// What is changed.
    pub change: Change,
    /// Why.
    pub remark: Option<Remark>,
    /// How a repeat is known.
    pub idempotency: Option<Idempotency>,
}

/// A question to a server's kernel whether it keeps what was promised.
#[derive(Debug, Clone)]
pub struct Attest {
    /// Of what.
    pub of: Promised,
    /// Why.
    pub remark: Option<Remark>,
    /// How a repeat is known.
    pub idempotency: Option<Idempotency>,
}

/// What has promises made of it.
#[derive(Debug, Clone)]
pub enum Promised {
    /// A unit.
    Unit {
        /// Which.
        id: UnitId,
        /// The tenancy that is meant.
        allocation: Option<AllocationId>,
    },
    /// A server's own part.
    Server(Hostname),
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
    /// What is asked of all its units' limits.
    pub limits: LimitsWish,
    /// What is declined of the measures for the whole server.
    pub declined: BTreeSet<Measure>,
    /// Whether everything of the host that is no unit is confined to the CPUs of no unit.
    pub confined: bool,
    /// The block devices that units have to themselves: by the place of the unit in `ranges`.
    pub volumes: Vec<(usize, Volume)>,
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

/// Something that an operator does about a server as a whole.
#[derive(Debug, Clone)]
pub struct TendServer {
    /// Its name.
    pub hostname: Hostname,
    /// What.
    pub what: Tend,
    /// Why.
    pub remark: Option<Remark>,
}

/// What an operator does about a server as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tend {
    /// Nothing of it is handed out any more.
    Cordon,
    /// It is back in placement.
    Uncordon,
    /// This is done about drift from now on.
    Mode(DriftMode),
    /// What differed at the last visit is put right.
    Repair,
}

/// A job to be taken back.
#[derive(Debug, Clone)]
pub struct CancelJob {
    /// Which.
    pub job: JobId,
    /// Why.
    pub remark: Option<Remark>,
}

/// A job to be tried again: at once where it waits, else as another job.
#[derive(Debug, Clone)]
pub struct RetryJob {
    /// Which.
    pub job: JobId,
    /// Why.
    pub remark: Option<Remark>,
}

/// A receiver of events from now on.
#[derive(Debug, Clone)]
pub struct CreateWebhook {
    /// Its id, which the secret is sealed for.
    pub id: WebhookId,
    /// What people call it.
    pub name: WebhookName,
    /// Where its messages go.
    pub url: WebhookUrl,
    /// The kinds of events it is told of; empty for all.
    pub kinds: Vec<EventKind>,
    /// What its messages are signed with.
    pub secret: SealedSecret,
    /// Whether it is told of events.
    pub enabled: bool,
    /// Why.
    pub remark: Option<Remark>,
}

/// What is edited of a webhook; what is `None` stays.
#[derive(Debug, Clone)]
pub struct UpdateWebhook {
    /// Which.
    pub id: WebhookId,
    /// What people call it.
    pub name: Option<WebhookName>,
    /// Where its messages go.
    pub url: Option<WebhookUrl>,
    /// The kinds of events it is told of; empty for all.
    pub kinds: Option<Vec<EventKind>>,
    /// What its messages are signed with.
    pub secret: Option<SealedSecret>,
    /// Whether it is told of events.
    pub enabled: Option<bool>,
    /// Why.
    pub remark: Option<Remark>,
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
