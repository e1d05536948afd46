//! One life of a server.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use jiff::Timestamp;
use kloigos_model::{
    compute_unit::UnitStatus,
    cpu::CpuSet,
    host::{Facts, Generation, Measure},
    ids::ServerId,
    layout::Numbering,
    limits::LimitsWish,
    names::{Hostname, Label, LoginName},
    server::{DriftMode, Health, ServerStatus},
    ssh::PublicKey,
};

use super::{DriftRecord, UnitRecord};

/// A server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerRecord {
    /// This life of it.
    pub id: ServerId,
    /// Its name.
    pub hostname: Hostname,
    /// Its address.
    pub ip: IpAddr,
    /// The port of its SSH daemon.
    pub ssh_port: u16,
    /// The login; `None` is the setting's.
    pub ssh_user: Option<LoginName>,
    /// Its region.
    pub region: Label,
    /// Its zone.
    pub zone: Label,
    /// Where the numbers of its units begin.
    pub numbering: Numbering,
    /// Whether the user managers of its free units run.
    pub warm: bool,
    /// How new the desired state of its own part is.
    pub generation: Generation,
    /// Where it is in its life.
    pub status: ServerStatus,
    /// Why it is as it is, and what to do; after a failure.
    pub reason: Option<String>,
    /// How it was at the last visit.
    pub health: Health,
    /// Since when.
    pub health_since: Timestamp,
    /// Why.
    pub health_reason: Option<String>,
    /// What is done about drift on it.
    pub mode: DriftMode,
    /// When it was looked at as a whole last.
    pub visited_at: Option<Timestamp>,
    /// In how many ways it differed from what it should be then.
    pub drifts: u32,
    /// The host key that its init was given.
    pub given_host_key: Option<PublicKey>,
    /// The host key that is pinned for its address.
    pub host_key: Option<PublicKey>,
    /// The CPUs of no unit; `None` until it told its topology, or when there are none.
    pub housekeeping: Option<CpuSet>,
    /// Whether everything of the host that is no unit is confined to these.
    pub confined: bool,
    /// What the operator declined of the measures for the whole server.
    pub declined: BTreeSet<Measure>,
    /// What its init asked of its units' limits.
    pub limits: LimitsWish,
    /// Whether anything of this life may be on the server.
    pub touched: bool,
    /// How many of its units are in which state.
    pub units: BTreeMap<UnitStatus, u32>,
    /// When this life of it began.
    pub created_at: Timestamp,
    /// When this life of it ended.
    pub ended_at: Option<Timestamp>,
}

/// A server with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerDetail {
    /// The server.
    pub record: ServerRecord,
    /// Its units, by CPU.
    pub units: Vec<UnitRecord>,
    /// What it told of itself at its init; `None` before.
    pub facts: Option<Facts>,
    /// How it differs from what it should be.
    pub drift: Vec<DriftRecord>,
}
