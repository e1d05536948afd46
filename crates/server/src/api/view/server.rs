//! A server, and how the control plane itself stands.

use std::collections::BTreeMap;

use kloigos_control::{DriftRecord, ServerDetail, ServerRecord, Standing};
use kloigos_model::ssh::PublicKey;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ComputeUnitResponse, FactsView};

/// A server.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServerView {
    /// Its name.
    pub hostname: String,
    /// Its address.
    pub ip: String,
    /// The port of its SSH daemon.
    pub ssh_port: u16,
    /// The login; null for the control plane's setting.
    #[schema(required = true)]
    pub ssh_user: Option<String>,
    /// Its region.
    pub region: String,
    /// Its zone.
    pub zone: String,
    /// Where it is in its life, such as `ready`.
    pub status: String,
    /// Why it is as it is, and what to do; after a failure.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// What a person does about that; after a failure.
    #[schema(required = true)]
    pub next_action: Option<String>,
    /// How it was at the last visit: `healthy`, `degraded`, `unreachable` or `unknown`.
    pub health: String,
    /// Since when.
    #[schema(format = DateTime)]
    pub health_since: String,
    /// Why.
    #[schema(required = true)]
    pub health_reason: Option<String>,
    /// What is done about drift on it: `report`, `repair` or `off`.
    pub mode: String,
    /// When it was looked at as a whole last, and compared with what it should be.
    #[schema(required = true, format = DateTime)]
    pub visited_at: Option<String>,
    /// In how many ways it differed then.
    pub drift_count: u32,
    /// The host key that is pinned for its address.
    #[schema(required = true)]
    pub host_key: Option<String>,
    /// That key's fingerprint, as `ssh-keygen -l` prints it.
    #[schema(required = true)]
    pub host_key_fingerprint: Option<String>,
    /// The CPUs of no unit, such as `60-63`; null until it told its topology, or when there are
    /// none.
    #[schema(required = true)]
    pub housekeeping_cpus: Option<String>,
    /// Whether everything of the host that is no unit is confined to these.
    pub confine_host: bool,
    /// What the operator declined of the measures for the whole server.
    pub declined: Vec<String>,
    /// How many of its units are in which state.
    pub unit_counts: BTreeMap<String, u32>,
    /// When its init was asked for.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was decommissioned.
    #[schema(required = true, format = DateTime)]
    pub ended_at: Option<String>,
}

/// A server with all that is known of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServerDetailView {
    /// The server.
    #[serde(flatten)]
    pub server: ServerView,
    /// Its units, by CPU.
    pub units: Vec<ComputeUnitResponse>,
    /// What it told of itself last; null before its init.
    #[schema(required = true)]
    pub facts: Option<FactsView>,
    /// How it differed from what it should be at the last visit.
    pub drift: Vec<DriftView>,
}

/// One difference between what should be on a server and what is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DriftView {
    /// The unit that differs; null for the server's own part.
    #[schema(required = true)]
    pub compute_id: Option<String>,
    /// Which of its parts, such as `account`.
    pub resource: String,
    /// What would put it right.
    pub change: String,
    /// Since when it is known.
    #[schema(format = DateTime)]
    pub since: String,
}

/// How the control plane stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HealthView {
    /// `ok`, or `degraded` when the database does not answer.
    pub status: String,
    /// The version of this program.
    pub version: String,
    /// Whether its servers are simulated ones.
    pub simulated: bool,
    /// Whether it has the `kloigos-host` that its servers need; without it no server can be cut.
    /// Simulated servers need none.
    pub host_binary: bool,
    /// Whether the database answers.
    pub store: bool,
    /// How many jobs it works on now.
    pub jobs_running: usize,
}

impl From<ServerRecord> for ServerView {
    fn from(server: ServerRecord) -> Self {
        let counts = server.units.into_iter();
        Self {
            hostname: server.hostname.to_string(),
            ip: server.ip.to_string(),
            ssh_port: server.ssh_port,
            ssh_user: server.ssh_user.map(|user| user.to_string()),
            region: server.region.to_string(),
            zone: server.zone.to_string(),
            status: server.status.to_string(),
            reason: server.reason,
            next_action: server.status.next_action().map(str::to_owned),
            health: server.health.to_string(),
            health_since: server.health_since.to_string(),
            health_reason: server.health_reason,
            mode: server.mode.to_string(),
            visited_at: server.visited_at.map(|at| at.to_string()),
            drift_count: server.drifts,
            host_key_fingerprint: server.host_key.as_ref().map(PublicKey::fingerprint),
            host_key: server.host_key.map(|key| key.to_string()),
            housekeeping_cpus: server.housekeeping.map(|cpus| cpus.kernel_list()),
            confine_host: server.confined,
            declined: server.declined.iter().map(ToString::to_string).collect(),
            unit_counts: counts
                .map(|(status, count)| (status.to_string(), count))
                .collect(),
            created_at: server.created_at.to_string(),
            ended_at: server.ended_at.map(|at| at.to_string()),
        }
    }
}

impl From<ServerDetail> for ServerDetailView {
    fn from(detail: ServerDetail) -> Self {
        Self {
            server: detail.record.into(),
            units: detail
                .units
                .into_iter()
                .map(ComputeUnitResponse::from)
                .collect(),
            facts: detail.facts.map(FactsView::from),
            drift: detail.drift.into_iter().map(DriftView::from).collect(),
        }
    }
}

impl From<DriftRecord> for DriftView {
    fn from(drift: DriftRecord) -> Self {
        Self {
            compute_id: drift.unit_name.map(|name| name.to_string()),
            resource: drift.resource,
            change: drift.what,
            since: drift.since.to_string(),
        }
    }
}

impl From<Standing> for HealthView {
    fn from(standing: Standing) -> Self {
        Self {
            status: if standing.store { "ok" } else { "degraded" }.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            simulated: standing.simulated,
            host_binary: standing.host_binary,
            store: standing.store,
            jobs_running: standing.jobs_running,
        }
    }
}
