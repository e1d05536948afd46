//! What a server is: read from `/proc`, `/sys`, `/etc` and a few commands, changing nothing.

use serde::{Deserialize, Serialize};

use crate::{cpu::CpuSet, ssh::PublicKey, topology::Topology, volume::VolumePath};

/// Everything that the control plane wants to know before it changes a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The server's own idea of its name.
    pub hostname: String,
    /// `/etc/machine-id`.
    pub machine_id: String,
    /// The machine's architecture as uname(2) says, such as `x86_64`.
    pub arch: String,
    /// The kernel release, such as `6.12.48+deb13-cloud-amd64`.
    pub kernel: String,
    /// `PRETTY_NAME` of os-release(5).
    pub os: String,
    /// The version of systemd, such as 257.
    pub systemd: u32,
    /// CPUs and nodes.
    pub topology: Topology,
    /// All memory, in bytes.
    pub memory_bytes: u64,
    /// Block devices that are whole disks.
    pub disks: Vec<Disk>,
    /// Mounted file systems that hold files of people: no pseudo file systems.
    pub filesystems: Vec<Filesystem>,
    /// Accounts of the server, as `getent passwd` lists them.
    pub accounts: Vec<Account>,
    /// Groups of the server, as `getent group` lists them: name and number.
    pub groups: Vec<Account>,
    /// Subordinate uid ranges of `/etc/subuid`.
    pub subordinate_uids: Vec<IdRange>,
    /// What of the machinery is there.
    pub capabilities: HostCapabilities,
    /// The ports in use and reserved.
    pub sockets: Sockets,
    /// The SSH daemon.
    pub sshd: SshDaemon,
    /// Partitions and logical volumes.
    #[serde(default)]
    pub volumes: Vec<BlockVolume>,
    /// What else on the server bears on units.
    #[serde(default)]
    pub surroundings: Surroundings,
    /// Accounts that somebody confined to CPUs.
    #[serde(default)]
    pub cut_by_hand: Vec<HandCut>,
    /// Whether something of Kloigos is on the server already (`/var/lib/kloigos`).
    pub initialised: bool,
    /// Whether this is no machine but a simulated one.
    pub simulated: bool,
}

/// One disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// Its kernel name, such as `vda`.
    pub name: String,
    /// Its stable paths under `/dev/disk/by-id`.
    pub by_id: Vec<String>,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Its model, where it tells.
    pub model: Option<String>,
    /// Its serial number, where it tells.
    pub serial: Option<String>,
    /// Whether it spins.
    pub rotational: bool,
    /// What is on it: partitions, holders, mounts, signatures, in words; empty when it is provably
    /// empty.
    pub holds: Vec<String>,
}

/// A partition or logical volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockVolume {
    /// Its kernel name, such as `vda1` or `dm-0`.
    pub name: String,
    /// What it is.
    pub kind: BlockVolumeKind,
    /// Its stable paths, such as `/dev/disk/by-partuuid/…` or `/dev/mapper/vg0-scratch`; none when
    /// it has none, and then it cannot be given to a unit.
    pub paths: Vec<VolumePath>,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// What is on it, in words; empty when it is provably empty.
    pub holds: Vec<String>,
}

crate::text::worded_enum! {
    /// What a part of a disk is.
    pub enum BlockVolumeKind {
        /// A partition.
        Partition = "partition",
        /// A logical volume of LVM.
        Logical = "logical",
    }
}

/// What of the server around units an operator should know of. Whatever is not known is left at
/// its default, and nothing is said about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Surroundings {
    /// Whether the clock is in step with another (adjtimex(2)).
    pub clock_synchronised: Option<bool>,
    /// The kernel's lockdown (`kernel_lockdown(7)`), such as `integrity`; `None` when it is off.
    pub lockdown: Option<String>,
    /// Whether users without rights may load BPF programs.
    pub unprivileged_bpf: bool,
    /// Security modules that enforce policies: `AppArmor`, `SELinux`.
    pub enforcing: Vec<String>,
    /// Services that run and bear on units, such as `polkit.service`.
    pub services: Vec<String>,
    /// The services or scopes that an SSH daemon runs in; one of them is usual.
    pub ssh_daemons: Vec<String>,
    /// Whom sshd lets in or keeps out, as `sshd -T` prints: `allowusers` and its like, a keyword
    /// and a value each.
    pub sshd_lists: Vec<(String, String)>,
    /// Whether sshd reads `~/.ssh/environment`.
    pub permit_user_environment: bool,
    /// Where something is mounted.
    pub mounted: Vec<String>,
    /// Where fstab(5) mounts something.
    pub fstab: Vec<String>,
    /// What is in `/home`, `/opt` and `/mnt`, with the owner's number.
    pub places: Vec<(String, u32)>,
}

/// One mounted file system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filesystem {
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
    /// Its user quotas.
    pub user_quota: QuotaState,
}

crate::text::worded_enum! {
    /// Whether a file system limits what a user may store.
    pub enum QuotaState {
        /// Limits are enforced.
        Enforced = "enforced",
        /// Use is counted, limits are not enforced.
        Accounted = "accounted",
        /// Neither.
        Off = "off",
        /// The file system has none.
        Unsupported = "unsupported",
    }
}

/// A user or group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Its number.
    pub id: u32,
}

/// An account that somebody confined to CPUs by hand: what a unit is, made otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandCut {
    /// Its name.
    pub account: String,
    /// Its number.
    pub uid: u32,
    /// The CPUs that its user slice is held to.
    pub cpus: CpuSet,
    /// Its home directory.
    pub home: String,
    /// How many processes it has, wherever they are.
    pub processes: usize,
    /// The keys that may log in as it.
    pub keys: Vec<PublicKey>,
    /// How many further lines of its `authorized_keys` are no keys that a tenant may have: with
    /// options, too weak, or damaged.
    pub other_keys: usize,
}

/// A range of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdRange {
    /// The first.
    pub first: u32,
    /// How many.
    pub count: u32,
}

/// What of the machinery that units are made of is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent yes-or-no answers of one server"
)]
pub struct HostCapabilities {
    /// Whether `/sys/fs/cgroup` is cgroup v2 alone.
    pub cgroup2: bool,
    /// The controllers of the root cgroup, such as `cpuset`.
    pub controllers: Vec<String>,
    /// Whether `nft` is installed.
    pub nft: bool,
    /// Whether `/sys/fs/bpf` is there and this process may load a program.
    pub bpf: bool,
    /// Whether `pam_systemd.so` is installed.
    pub pam_systemd: bool,
    /// Whether systemd-logind runs.
    pub logind: bool,
    /// Whether this process is root.
    pub root: bool,
}

/// Ports in use and reserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sockets {
    /// TCP and UDP ports that something on the server is bound to, but for outgoing connections;
    /// ascending, each once.
    pub listening: Vec<u16>,
    /// `net.ipv4.ip_local_port_range`: first and last ephemeral port.
    pub ephemeral: (u16, u16),
    /// `net.ipv4.ip_local_reserved_ports` as it is, such as `8080,9148-9150`; empty for none.
    pub reserved: String,
}

/// The SSH daemon, as `sshd -T` and `sshd -V` tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshDaemon {
    /// Its version, such as 10.0; `None` when it is not OpenSSH.
    pub version: Option<(u32, u32)>,
    /// Whether `UsePAM` is on.
    pub use_pam: bool,
    /// Whether `sshd_config` includes `/etc/ssh/sshd_config.d/*.conf`.
    pub includes_drop_ins: bool,
}
