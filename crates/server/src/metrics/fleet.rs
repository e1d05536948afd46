//! Servers, units and work, as the database has them. All control planes over one database say the
//! same.

use kloigos_control::{JobKind, JobStatus, ServerTally, Tallies};
use kloigos_model::server::Health;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

/// The CPUs that a server keeps for itself, beside those of units by their status.
const HOST: &str = "host";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Server {
    hostname: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Standing {
    hostname: String,
    region: String,
    zone: String,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Part {
    hostname: String,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Work {
    kind: &'static str,
    status: &'static str,
}

/// All of one scrape.
#[derive(Default)]
struct Fleet {
    servers: Family<Standing, Gauge>,
    healthy: Family<Server, Gauge>,
    drift: Family<Server, Gauge>,
    visited: Family<Server, Gauge>,
    units: Family<Part, Gauge>,
    cpus: Family<Part, Gauge>,
    jobs: Family<Work, Gauge>,
    messages: Gauge,
}

pub(super) fn register(tallies: &Tallies, registry: &mut Registry) {
    let fleet = Fleet::default();
    for server in &tallies.servers {
        fleet.count_server(server);
    }
    fleet.count_jobs(tallies);
    fleet.messages.set(number(tallies.messages_waiting));
    fleet.register(registry);
}

impl Fleet {
    fn count_server(&self, tally: &ServerTally) {
        let record = &tally.record;
        let hostname = record.hostname.to_string();
        let server = Server {
            hostname: hostname.clone(),
        };
        let standing = Standing {
            hostname: hostname.clone(),
            region: record.region.to_string(),
            zone: record.zone.to_string(),
            status: record.status.as_str(),
        };
        set(&self.servers, &standing, 1);
        set(
            &self.healthy,
            &server,
            u64::from(record.health == Health::Healthy),
        );
        set(&self.drift, &server, record.drifts.into());
        if let Some(at) = record.visited_at {
            self.visited.get_or_create(&server).set(at.as_second());
        }
        let part = |status| Part {
            hostname: hostname.clone(),
            status,
        };
        for (status, units) in &record.units {
            set(&self.units, &part(status.as_str()), (*units).into());
        }
        for (status, cpus) in &tally.unit_cpus {
            set(&self.cpus, &part(status.as_str()), *cpus);
        }
        let kept = record.housekeeping.as_ref();
        let kept = kept.map_or(0, |cpus| cpus.iter().count() as u64);
        set(&self.cpus, &part(HOST), kept);
    }

    /// Of every kind, so that none is missed by an alert before its first.
    fn count_jobs(&self, tallies: &Tallies) {
        for &kind in JobKind::ALL {
            for &status in JobStatus::ALL.iter().filter(|status| !status.is_over()) {
                let jobs = tallies.jobs.get(&(kind, status)).copied();
                let (kind, status) = (kind.as_str(), status.as_str());
                set(&self.jobs, &Work { kind, status }, jobs.unwrap_or_default());
            }
        }
    }

    fn register(self, registry: &mut Registry) {
        registry.register(
            "server",
            "1 for each server, in its present status",
            self.servers,
        );
        registry.register(
            "server_healthy",
            "1 when the last visit found all as it should be",
            self.healthy,
        );
        registry.register(
            "server_drift",
            "In how many ways the last visit found a server to differ from what it should be",
            self.drift,
        );
        registry.register_with_unit(
            "server_visited_timestamp",
            "When a server was looked at as a whole last",
            Unit::Seconds,
            self.visited,
        );
        registry.register("units", "Units by status", self.units);
        registry.register(
            "cpus",
            "CPUs by the status of their unit, or of the host: together all of a server",
            self.cpus,
        );
        registry.register(
            "jobs",
            "Jobs that wait or are worked on; those that are over are not counted",
            self.jobs,
        );
        registry.register(
            "webhook_messages_waiting",
            "Messages that webhooks are still to be sent",
            self.messages,
        );
    }
}

fn set<L: Clone + std::hash::Hash + Eq>(family: &Family<L, Gauge>, labels: &L, value: u64) {
    family.get_or_create(labels).set(number(value));
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
