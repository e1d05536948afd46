//! Which free unit a request gets. Pure and deterministic: the same fleet and the same request give
//! the same unit, whoever asks and whenever.

use std::{cmp::Reverse, collections::BTreeMap, fmt};

use crate::{
    compute_unit::UnitStatus,
    cpu::CpuSet,
    ids::{ServerId, UnitKey},
    names::{Hostname, Label},
    server::ServerStatus,
};

/// What is asked for; `None` is any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Exactly so many CPUs.
    pub cpu_count: Option<u32>,
    /// In this region. A text and not a label: one that cannot exist simply matches nothing.
    pub region: Option<String>,
    /// In this zone.
    pub zone: Option<String>,
}

/// A server and its units, as placement sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerOffer {
    /// The server.
    pub id: ServerId,
    /// Its name.
    pub hostname: Hostname,
    /// Its region.
    pub region: Label,
    /// Its zone.
    pub zone: Label,
    /// Where it is in its life.
    pub status: ServerStatus,
    /// Whether it answered when it was last spoken to.
    pub reachable: bool,
    /// Its units.
    pub units: Vec<UnitOffer>,
}

/// A unit, as placement sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitOffer {
    /// The unit.
    pub key: UnitKey,
    /// Its CPUs.
    pub cpus: CpuSet,
    /// Its memory nodes.
    pub memory_nodes: CpuSet,
    /// Where it is in its life.
    pub status: UnitStatus,
}

/// Why a server has no unit for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    /// It is in another region.
    Region(Label),
    /// It is in another zone.
    Zone(Label),
    /// It is not ready.
    Status(ServerStatus),
    /// It did not answer when it was last spoken to.
    Unreachable,
    /// It was tried for this request already.
    Tried,
    /// It has units of the size, none of them free; with how many there are.
    InUse(usize),
    /// It has no unit of the size; with the sizes it has.
    Size(Vec<usize>),
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region(region) => write!(f, "is in region {region}"),
            Self::Zone(zone) => write!(f, "is in zone {zone}"),
            Self::Status(status) => write!(f, "is {status}"),
            Self::Unreachable => f.write_str("did not answer"),
            Self::Tried => f.write_str("could not be made ready"),
            Self::InUse(1) => f.write_str("its one unit of that size is not free"),
            Self::InUse(count) => write!(f, "none of its {count} units of that size is free"),
            Self::Size(sizes) => {
                let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
                write!(f, "has only units of {} CPUs", sizes.join(", "))
            }
        }
    }
}

/// Where a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The server.
    pub server: ServerId,
    /// The unit.
    pub unit: UnitKey,
}

/// No server has a unit for the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoFit(
    /// Each server and why not, in the order of their names.
    pub Vec<(Hostname, Miss)>,
);

/// How many servers a [`NoFit`] names before it counts the rest.
const NAMED: usize = 20;

impl fmt::Display for NoFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("No free Compute Unit found to match your request")?;
        if self.0.is_empty() {
            return f.write_str(": there is no server");
        }
        let reasons = self
            .0
            .iter()
            .take(NAMED)
            .map(|(host, miss)| format!("{host} {miss}"));
        write!(f, ": {}", reasons.collect::<Vec<_>>().join("; "))?;
        match self.0.len().saturating_sub(NAMED) {
            0 => Ok(()),
            more => write!(f, "; and {more} more servers"),
        }
    }
}

/// Chooses a free unit.
///
/// Servers with the smallest share of their CPUs in use come first, so that load spreads; among the
/// units of such servers the one that breaks up least: on the memory nodes with the fewest free
/// CPUs, so that whole nodes stay free, and of the smallest size. Names decide what is left.
/// Servers in `tried` are passed over.
pub fn place(
    wanted: &Wanted,
    servers: &[ServerOffer],
    tried: &[ServerId],
) -> Result<Placed, NoFit> {
    let mut misses = BTreeMap::new();
    let mut candidates = Vec::new();
    for server in servers {
        match fitting(wanted, server, tried) {
            Ok(units) => candidates.extend(
                units
                    .into_iter()
                    .map(|unit| (rank(server, unit), server, unit)),
            ),
            Err(miss) => drop(misses.insert(server.hostname.clone(), miss)),
        }
    }
    let best = candidates.into_iter().min_by(|(a, ..), (b, ..)| a.cmp(b));
    match best {
        Some((_, server, unit)) => Ok(Placed {
            server: server.id,
            unit: unit.key,
        }),
        None => Err(NoFit(misses.into_iter().collect())),
    }
}

/// What a choice was made from, to be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// How many free units match.
    pub matching: usize,
    /// On how many servers.
    pub servers: usize,
    /// Servers that have none, and why, in the order of their names.
    pub misses: Vec<(Hostname, Miss)>,
}

/// What [`place`] chooses from.
pub fn consider(wanted: &Wanted, servers: &[ServerOffer]) -> Considered {
    let mut considered = Considered {
        matching: 0,
        servers: 0,
        misses: Vec::new(),
    };
    for server in servers {
        match fitting(wanted, server, &[]) {
            Ok(units) => {
                considered.matching += units.len();
                considered.servers += 1;
            }
            Err(miss) => considered.misses.push((server.hostname.clone(), miss)),
        }
    }
    considered.misses.sort_by(|(a, _), (b, _)| a.cmp(b));
    considered
}

/// The share of a server's CPUs whose units are not free, in thousandths.
pub fn used_per_mille(server: &ServerOffer) -> u64 {
    let cpus = |unit: &UnitOffer| unit.cpus.len() as u64;
    let all: u64 = server.units.iter().map(cpus).sum();
    let used = server
        .units
        .iter()
        .filter(|unit| unit.status != UnitStatus::Free);
    used.map(cpus).sum::<u64>() * 1000 / all.max(1)
}

fn fitting<'s>(
    wanted: &Wanted,
    server: &'s ServerOffer,
    tried: &[ServerId],
) -> Result<Vec<&'s UnitOffer>, Miss> {
    if wanted
        .region
        .as_deref()
        .is_some_and(|region| region != server.region.as_str())
    {
        return Err(Miss::Region(server.region.clone()));
    }
    if wanted
        .zone
        .as_deref()
        .is_some_and(|zone| zone != server.zone.as_str())
    {
        return Err(Miss::Zone(server.zone.clone()));
    }
    if server.status != ServerStatus::Ready {
        return Err(Miss::Status(server.status));
    }
    if tried.contains(&server.id) {
        return Err(Miss::Tried);
    }
    if !server.reachable {
        return Err(Miss::Unreachable);
    }
    of_size(wanted, server)
}

fn of_size<'s>(wanted: &Wanted, server: &'s ServerOffer) -> Result<Vec<&'s UnitOffer>, Miss> {
    let right = |unit: &&UnitOffer| {
        wanted
            .cpu_count
            .is_none_or(|count| count as usize == unit.cpus.len())
    };
    let sized: Vec<&UnitOffer> = server.units.iter().filter(right).collect();
    if sized.is_empty() {
        let mut sizes: Vec<usize> = server.units.iter().map(|unit| unit.cpus.len()).collect();
        sizes.sort_unstable();
        sizes.dedup();
        return Err(Miss::Size(sizes));
    }
    let count = sized.len();
    let free: Vec<&UnitOffer> = sized
        .into_iter()
        .filter(|unit| unit.status == UnitStatus::Free)
        .collect();
    if free.is_empty() {
        Err(Miss::InUse(count))
    } else {
        Ok(free)
    }
}

/// Smaller is better, part by part.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank<'s> {
    used_per_mille: u64,
    free_beside: usize,
    size: usize,
    /// Between equals the server with more free units.
    spare: Reverse<usize>,
    hostname: &'s Hostname,
    cpus: &'s CpuSet,
}

fn rank<'s>(server: &'s ServerOffer, unit: &'s UnitOffer) -> Rank<'s> {
    let free = server.units.iter();
    let free = free.filter(|unit| unit.status == UnitStatus::Free);
    let free: Vec<&UnitOffer> = free.collect();
    let beside = free.iter().filter(|other| {
        other
            .memory_nodes
            .intersection(&unit.memory_nodes)
            .is_some()
    });
    Rank {
        used_per_mille: used_per_mille(server),
        free_beside: beside.map(|other| other.cpus.len()).sum(),
        size: unit.cpus.len(),
        spare: Reverse(free.len()),
        hostname: &server.hostname,
        cpus: &unit.cpus,
    }
}

#[cfg(test)]
mod tests;
