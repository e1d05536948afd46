//! What each unit may use by default: its part of what the host can spare.

use crate::{
    cpu::CpuSet,
    host::{Facts, Filesystem, QuotaState},
    limits::{DISK_FLOOR, INODES_FLOOR, Limits},
    topology::Topology,
};

/// The part of memory and of disks that stays with the host: an eighth of each node, so that page
/// cache and kernel memory of the host's own services do not depend on the tenants, and an eighth
/// of what is free on a file system.
const HOST_SHARE: u64 = 8;

/// How many bytes of disk give a unit one more file.
const BYTES_PER_FILE: u64 = 16 << 10;

/// What a unit can write to by its directories.
const PLACES: [&str; 3] = ["/home", "/opt", "/mnt"];

/// What a unit with these CPUs may use by default, among all units of its server.
pub fn default_limits(facts: &Facts, cpus: &CpuSet, all: &[CpuSet]) -> Limits {
    let disk_bytes = disk_share(&facts.filesystems, cpus, all);
    Limits {
        memory_max: Some(memory_share(&facts.topology, cpus)).filter(|&bytes| bytes > 0),
        tasks_max: Some(tasks_share(cpus)),
        disk_bytes,
        disk_inodes: disk_bytes.map(inodes_share),
        ..Limits::default()
    }
}

/// What a unit may use by default: of the memory of its nodes, less the host's part, the share that
/// its CPUs have of their node's CPUs. In bytes, whole MiB; 0 when the topology knows no memory.
pub fn memory_share(topology: &Topology, cpus: &CpuSet) -> u64 {
    let total_cpus = topology.cpus.len().max(1) as u64;
    let total: u64 = topology.nodes.iter().map(|node| node.memory_bytes).sum();
    let by_node: Option<u64> = topology.memory_nodes(cpus).map(|nodes| {
        let homes = topology.nodes.iter().filter(|node| nodes.contains(node.id));
        homes
            .map(|node| node_share(node.memory_bytes, node.cpus.as_ref(), cpus))
            .sum()
    });
    let even = total / total_cpus * cpus.len() as u64;
    let share = by_node.filter(|&share| share > 0).unwrap_or(even);
    whole_mib(share - share / HOST_SHARE)
}

fn node_share(memory: u64, node: Option<&CpuSet>, unit: &CpuSet) -> u64 {
    let Some(node) = node else { return 0 };
    let inside = node.intersection(unit).map_or(0, |cpus| cpus.len());
    memory / node.len() as u64 * inside as u64
}

const fn whole_mib(bytes: u64) -> u64 {
    bytes >> 20 << 20
}

/// All the memory that a unit with these CPUs can get, in bytes: that of its nodes. `None` when
/// the topology does not tell.
pub fn memory_of_nodes(topology: &Topology, cpus: &CpuSet) -> Option<u64> {
    let nodes = topology.memory_nodes(cpus)?;
    let homes = topology.nodes.iter().filter(|node| nodes.contains(node.id));
    Some(homes.map(|node| node.memory_bytes).sum())
}

/// The most tasks of a unit by default: 1,024 for each CPU and at least 4,096.
pub fn tasks_share(cpus: &CpuSet) -> u64 {
    (cpus.len() as u64 * 1024).max(4096)
}

/// What a unit may store by default on each file system that it can write to: of what is free
/// there, less the host's part, the share that its CPUs have of all units' CPUs. The limit is one
/// for all of them, so the smallest of these; file systems that enforce none do not count, and
/// when none does there is no limit.
fn disk_share(filesystems: &[Filesystem], cpus: &CpuSet, all: &[CpuSet]) -> Option<u64> {
    let own = cpus.len() as u64;
    let of_all: u64 = all.iter().map(|cpus| cpus.len() as u64).sum();
    let share = |disk: &Filesystem| {
        let spare = disk.available_bytes - disk.available_bytes / HOST_SHARE;
        whole_mib(spare / of_all.max(own) * own)
    };
    let enforced = PLACES
        .into_iter()
        .filter_map(|place| holder(filesystems, place))
        .filter(|disk| disk.user_quota == QuotaState::Enforced);
    enforced.map(share).min().map(|share| share.max(DISK_FLOOR))
}

/// The most files of a unit by default: one for 16 KiB of its disk, which is how many an ext4 file
/// system has by default (`inode_ratio` of mke2fs.conf(5)). Without it one unit's empty files
/// could use up all of a file system's.
fn inodes_share(disk_bytes: u64) -> u64 {
    (disk_bytes / BYTES_PER_FILE).max(INODES_FLOOR)
}

/// The file system that a path is on: the one mounted nearest above it.
fn holder<'a>(filesystems: &'a [Filesystem], path: &str) -> Option<&'a Filesystem> {
    let above = |disk: &&Filesystem| {
        let mount = disk.mount.trim_end_matches('/');
        path.strip_prefix(mount)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let over = filesystems.iter().filter(above);
    over.max_by_key(|disk| disk.mount.trim_end_matches('/').len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(mount: &str, gib: u64, user_quota: QuotaState) -> Filesystem {
        Filesystem {
            mount: mount.to_owned(),
            source: "/dev/vda".to_owned(),
            kind: "ext4".to_owned(),
            size_bytes: gib << 31,
            available_bytes: gib << 30,
            user_quota,
        }
    }

    fn sets(texts: &[&str]) -> Vec<CpuSet> {
        let parse = |text: &&str| text.parse().expect("a CPU set");
        texts.iter().map(parse).collect()
    }

    #[test]
    fn a_disk_is_shared_by_cpus_after_the_hosts_part() {
        let all = sets(&["0-3", "4-15"]);
        let disks = [disk("/", 8, QuotaState::Enforced)];
        assert_eq!(disk_share(&disks, &all[0], &all), Some((7 << 30) / 4));
        assert_eq!(disk_share(&disks, &all[1], &all), Some((7 << 30) / 4 * 3));
    }

    #[test]
    fn files_are_shared_as_bytes_are() {
        assert_eq!(inodes_share(7 << 30), 458_752);
        assert_eq!(inodes_share(DISK_FLOOR), INODES_FLOOR);
    }

    #[test]
    fn the_tightest_file_system_that_enforces_decides() {
        let all = sets(&["0-3"]);
        let disks = [
            disk("/", 80, QuotaState::Enforced),
            disk("/home", 8, QuotaState::Enforced),
            disk("/opt", 2, QuotaState::Off),
            disk("/optional", 1, QuotaState::Enforced),
        ];
        assert_eq!(disk_share(&disks, &all[0], &all), Some(7 << 30));
        assert_eq!(disk_share(&disks[2..], &all[0], &all), None);
        assert_eq!(disk_share(&[], &all[0], &all), None);
    }

    #[test]
    fn a_place_is_on_the_file_system_mounted_nearest_above_it() {
        let disks = [
            disk("/", 1, QuotaState::Off),
            disk("/home", 1, QuotaState::Off),
            disk("/home/ann", 1, QuotaState::Off),
        ];
        let mount = |path| holder(&disks, path).map(|disk| disk.mount.as_str());
        assert_eq!(mount("/home"), Some("/home"));
        assert_eq!(mount("/opt"), Some("/"));
        assert_eq!(holder(&disks[1..], "/opt"), None);
    }
}
