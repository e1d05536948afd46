//! What a server told of itself. Its people's accounts stay out of it: they are for the preflight.

use kloigos_model::{
    host::{BlockVolume, Disk, Facts, Filesystem},
    topology::{Cpu, Node},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What a server is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FactsView {
    /// Whether it is no machine but a simulated one.
    pub simulated: bool,
    /// Its own idea of its name.
    pub hostname: String,
    /// Its architecture, such as `x86_64`.
    pub arch: String,
    /// Its kernel's release.
    pub kernel: String,
    /// Its distribution.
    pub os: String,
    /// The version of its systemd.
    pub systemd: u32,
    /// The version of its OpenSSH, such as `10.0`; null when it has another SSH daemon.
    #[schema(required = true)]
    pub openssh: Option<String>,
    /// All its memory, in bytes.
    pub memory_bytes: u64,
    /// Its CPUs that are online, such as `0-63`.
    #[schema(required = true)]
    pub cpu_range: Option<String>,
    /// Each of these CPUs.
    pub cpus: Vec<CpuView>,
    /// Its NUMA nodes.
    pub numa_nodes: Vec<NodeView>,
    /// Its whole disks.
    pub disks: Vec<DiskView>,
    /// Its partitions and logical volumes.
    pub volumes: Vec<BlockVolumeView>,
    /// Its mounted file systems.
    pub filesystems: Vec<FilesystemView>,
    /// The ports that something on it uses.
    pub listening_ports: Vec<u16>,
    /// Whether something of Kloigos was on it.
    pub initialised: bool,
}

/// One logical CPU.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CpuView {
    /// Its number.
    pub id: u32,
    /// Its socket.
    pub package: u32,
    /// Its NUMA node.
    pub node: u32,
    /// Its core within the socket.
    pub core: u32,
    /// The CPUs of the same core, itself among them.
    pub siblings: String,
    /// The CPUs that share its last-level cache; null where the kernel does not tell.
    #[schema(required = true)]
    pub l3: Option<String>,
}

/// One NUMA node.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NodeView {
    /// Its number.
    pub id: u32,
    /// Its CPUs; null for a node of memory alone.
    #[schema(required = true)]
    pub cpu_range: Option<String>,
    /// Its memory in bytes.
    pub memory_bytes: u64,
    /// The distance to every node, in their order (10 is itself).
    pub distances: Vec<u32>,
}

/// One disk.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DiskView {
    /// Its kernel name, such as `vda`.
    pub name: String,
    /// Its stable paths under `/dev/disk/by-id`.
    pub by_id: Vec<String>,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Its model, where it tells.
    #[schema(required = true)]
    pub model: Option<String>,
    /// Its serial number, where it tells.
    #[schema(required = true)]
    pub serial: Option<String>,
    /// Whether it spins.
    pub rotational: bool,
    /// What is on it, in words; empty when it is provably empty.
    pub holds: Vec<String>,
}

/// A partition or logical volume.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BlockVolumeView {
    /// Its kernel name, such as `vda1` or `dm-0`.
    pub name: String,
    /// What it is: `partition` or `logical`.
    pub kind: String,
    /// Its stable paths, by which it can be given to a unit; none when it has none.
    pub paths: Vec<String>,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// What is on it, in words; empty when it is provably empty.
    pub holds: Vec<String>,
}

/// One mounted file system.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FilesystemView {
    /// Where it is mounted.
    pub mount: String,
    /// What is mounted.
    pub source: String,
    /// Its type, such as `ext4`.
    pub kind: String,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// What an ordinary user can still write, in bytes.
    pub available_bytes: u64,
    /// Its user quotas: `enforced`, `accounted`, `off` or `unsupported`.
    pub user_quota: String,
}

impl From<Facts> for FactsView {
    fn from(facts: Facts) -> Self {
        let openssh = facts.sshd.version;
        Self {
            simulated: facts.simulated,
            hostname: facts.hostname,
            arch: facts.arch,
            kernel: facts.kernel,
            os: facts.os,
            systemd: facts.systemd,
            openssh: openssh.map(|(major, minor)| format!("{major}.{minor}")),
            memory_bytes: facts.memory_bytes,
            cpu_range: facts.topology.cpu_set().map(|cpus| cpus.to_string()),
            cpus: facts.topology.cpus.into_iter().map(CpuView::from).collect(),
            numa_nodes: facts
                .topology
                .nodes
                .into_iter()
                .map(NodeView::from)
                .collect(),
            disks: facts.disks.into_iter().map(DiskView::from).collect(),
            volumes: facts
                .volumes
                .into_iter()
                .map(BlockVolumeView::from)
                .collect(),
            filesystems: facts
                .filesystems
                .into_iter()
                .map(FilesystemView::from)
                .collect(),
            listening_ports: facts.sockets.listening,
            initialised: facts.initialised,
        }
    }
}

impl From<Cpu> for CpuView {
    fn from(cpu: Cpu) -> Self {
        Self {
            id: cpu.id,
            package: cpu.package,
            node: cpu.node,
            core: cpu.core,
            siblings: cpu.siblings.to_string(),
            l3: cpu.l3.map(|cpus| cpus.to_string()),
        }
    }
}

impl From<Node> for NodeView {
    fn from(node: Node) -> Self {
        Self {
            id: node.id,
            cpu_range: node.cpus.map(|cpus| cpus.to_string()),
            memory_bytes: node.memory_bytes,
            distances: node.distances,
        }
    }
}

impl From<Disk> for DiskView {
    fn from(disk: Disk) -> Self {
        Self {
            name: disk.name,
            by_id: disk.by_id,
            size_bytes: disk.size_bytes,
            model: disk.model,
            serial: disk.serial,
            rotational: disk.rotational,
            holds: disk.holds,
        }
    }
}

impl From<BlockVolume> for BlockVolumeView {
    fn from(volume: BlockVolume) -> Self {
        Self {
            name: volume.name,
            kind: volume.kind.to_string(),
            paths: volume.paths.iter().map(ToString::to_string).collect(),
            size_bytes: volume.size_bytes,
            holds: volume.holds,
        }
    }
}

impl From<Filesystem> for FilesystemView {
    fn from(filesystem: Filesystem) -> Self {
        Self {
            mount: filesystem.mount,
            source: filesystem.source,
            kind: filesystem.kind,
            size_bytes: filesystem.size_bytes,
            available_bytes: filesystem.available_bytes,
            user_quota: filesystem.user_quota.to_string(),
        }
    }
}
