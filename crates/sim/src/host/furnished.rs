//! What a machine of a make has before Kloigos comes: Debian's files, as far as they matter.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use kloigos_host::sys::Access;

use super::tree::{Node, Tree};

const GIB: u64 = 1 << 30;
/// The memory of a node.
const NODE_MEMORY: u64 = 128 * GIB;

const PASSWD: &str = "\
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
admin:x:1000:1000:,,,:/home/admin:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
";
const GROUP: &str = "\
root:x:0:
daemon:x:1:
sudo:x:27:admin
admin:x:1000:
nogroup:x:65534:
";
const SHADOW: &str = "\
root:*:19000:0:99999:7:::
daemon:*:19000:0:99999:7:::
admin:*:19000:0:99999:7:::
nobody:*:19000:0:99999:7:::
";
const PAM_SSHD: &str = "\
# PAM configuration for the Secure Shell service
@include common-auth
account    required     pam_nologin.so
@include common-account
session    required     pam_loginuid.so
@include common-session
@include common-password
";
/// The last line has no end.
const PAM_JOBS: &str = "\
@include common-auth
@include common-account
session    required   pam_limits.so";
const SSHD_CONFIG: &str = "\
Include /etc/ssh/sshd_config.d/*.conf
UsePAM yes
";
const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:22 / /proc rw shared:2 - proc proc rw
24 22 0:23 / /sys rw shared:3 - sysfs sysfs rw
25 24 0:24 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw
26 22 0:25 / /run rw shared:5 - tmpfs tmpfs rw
27 22 0:26 / /dev/shm rw shared:6 - tmpfs tmpfs rw
28 22 0:27 / /dev/mqueue rw shared:7 - mqueue mqueue rw
";

const DIRS: [&str; 34] = [
    "/bin",
    "/dev/shm",
    "/dev/disk/by-id",
    "/dev/mqueue",
    "/etc/dbus-1/system.d",
    "/etc/modprobe.d",
    "/etc/modules-load.d",
    "/etc/pam.d",
    "/etc/security/namespace.d",
    "/etc/skel",
    "/etc/ssh/sshd_config.d",
    "/etc/systemd/system/sysinit.target.wants",
    "/home/admin",
    "/mnt",
    "/opt",
    "/proc/net",
    "/proc/sysvipc",
    "/run/lock",
    "/run/sudo/ts",
    "/run/systemd/sessions",
    "/run/systemd/system.control",
    "/run/user",
    "/srv/open",
    "/sys/fs/bpf",
    "/sys/fs/cgroup/system.slice/systemd-logind.service",
    "/sys/fs/cgroup/user.slice",
    "/tmp",
    "/usr/lib/x86_64-linux-gnu/security",
    "/usr/local/lib",
    "/var/lib/systemd/coredump",
    "/var/lib/systemd/linger",
    "/var/log/journal/0123",
    "/var/spool/cron/crontabs",
    "/var/tmp",
];

/// Files of root's, readable by all.
const FILES: [(&str, &str); 39] = [
    ("/bin/bash", ""),
    ("/etc/group", GROUP),
    ("/etc/group-", GROUP),
    ("/etc/modules-load.d/others.conf", "br_netfilter\n"),
    (
        "/etc/os-release",
        "NAME=Debian\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n",
    ),
    ("/etc/pam.d/atd", PAM_JOBS),
    ("/etc/pam.d/cron", PAM_JOBS),
    ("/etc/pam.d/sshd", PAM_SSHD),
    ("/etc/passwd", PASSWD),
    ("/etc/passwd-", PASSWD),
    ("/etc/skel/.bashrc", "# ~/.bashrc\n"),
    ("/etc/skel/.profile", "# ~/.profile\n"),
    ("/etc/ssh/sshd_config", SSHD_CONFIG),
    ("/etc/ssh/sshd_config.d/50-others.conf", "PrintMotd no\n"),
    ("/etc/subuid", "admin:100000:65536\n"),
    (
        "/etc/systemd/system/sysinit.target.wants/others.service",
        "",
    ),
    ("/home/admin/notes", "keep\n"),
    (
        "/proc/net/tcp",
        "  sl  local_address rem_address   st\n   0: 00000000:0016 00000000:0000 0A\n",
    ),
    (
        "/proc/key-users",
        "    0:    34 33/33 21/1000000 391/25000000\n",
    ),
    ("/proc/net/tcp6", "  sl  local_address rem_address   st\n"),
    ("/proc/net/udp", "  sl  local_address rem_address   st\n"),
    ("/proc/net/udp6", "  sl  local_address rem_address   st\n"),
    ("/proc/self/mountinfo", MOUNTS),
    (
        "/proc/self/status",
        "Name:\tkloigos-host\nState:\tR (running)\nUid:\t0\t0\t0\t0\n",
    ),
    ("/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n"),
    ("/proc/sys/kernel/osrelease", "6.12.48+deb13-amd64\n"),
    ("/proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n"),
    (
        "/proc/sys/net/ipv4/ip_local_reserved_ports",
        "8080,9148-9150\n",
    ),
    ("/run/lock/others", ""),
    (
        "/sys/fs/cgroup/cgroup.controllers",
        "cpuset cpu io memory hugetlb pids rdma misc\n",
    ),
    ("/sys/fs/cgroup/init.scope/cpuset.cpus", "\n"),
    ("/sys/fs/cgroup/system.slice/cpuset.cpus", "\n"),
    (
        "/sys/fs/cgroup/user.slice/user-1000.slice/cpuset.cpus",
        "\n",
    ),
    (
        "/sys/fs/cgroup/system.slice/systemd-logind.service/cgroup.events",
        "populated 1\nfrozen 0\n",
    ),
    ("/tmp/others", "keep\n"),
    ("/usr/lib/systemd/system/ssh.service", ""),
    ("/usr/lib/x86_64-linux-gnu/security/pam_systemd.so", ""),
    ("/var/spool/cron/crontabs/root", "@daily true\n"),
    ("/var/tmp/others", "keep\n"),
];

/// What the tree of a machine began with.
pub(super) fn fresh(tree: &Tree) -> Vec<(String, Node)> {
    let nodes = tree.base().iter();
    nodes
        .map(|(path, node)| (path.clone(), node.clone()))
        .collect()
}

/// The furniture of a machine with so many CPUs and nodes.
pub(super) fn files(cpus: u32, nodes: u32) -> Arc<BTreeMap<String, Node>> {
    let mut tree = Tree::of(Arc::default());
    tree.set("/", Node::Dir(Access::root(0o755)));
    for dir in DIRS {
        tree.make_dirs(dir);
    }
    for (path, body) in FILES {
        tree.make_dirs(super::tree::parent(path));
        tree.put(path, body, Access::root(0o644));
    }
    for path in ["/etc/shadow", "/etc/shadow-"] {
        tree.put(
            path,
            SHADOW,
            Access {
                mode: 0o640,
                uid: 0,
                gid: 42,
            },
        );
    }
    for dir in ["/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock"] {
        tree.set(dir, Node::Dir(Access::root(0o1777)));
    }
    tree.set("/home/admin", Node::Dir(Access::own(0o700, 1000)));
    tree.put("/home/admin/notes", "keep\n", Access::own(0o600, 1000));
    topology(&mut tree, cpus, nodes);
    disks(&mut tree);
    let whole = tree.below("/").into_iter();
    let nodes = whole.filter_map(|path| Some((path.clone(), tree.get(&path)?.clone())));
    Arc::new(nodes.collect())
}

/// Nodes of neighbouring CPUs, cores without siblings, one cache per node.
fn topology(tree: &mut Tree, cpus: u32, nodes: u32) {
    let each = cpus.div_ceil(nodes);
    let memory = NODE_MEMORY / 1024;
    let mut files = vec![
        (
            "/sys/devices/system/cpu/online".to_owned(),
            range(0, cpus - 1),
        ),
        (
            "/sys/devices/system/node/online".to_owned(),
            range(0, nodes - 1),
        ),
        (
            "/sys/devices/system/node/has_memory".to_owned(),
            range(0, nodes - 1),
        ),
        (
            "/proc/meminfo".to_owned(),
            format!("MemTotal: {} kB", memory * u64::from(nodes)),
        ),
    ];
    for cpu in 0..cpus {
        let (dir, node) = (format!("/sys/devices/system/cpu/cpu{cpu}"), cpu / each);
        let last = (node + 1) * each - 1;
        files.extend([
            (
                format!("{dir}/topology/physical_package_id"),
                node.to_string(),
            ),
            (format!("{dir}/topology/core_id"), (cpu % each).to_string()),
            (format!("{dir}/topology/core_cpus_list"), cpu.to_string()),
            (format!("{dir}/cache/index3/level"), "3".to_owned()),
            (
                format!("{dir}/cache/index3/shared_cpu_list"),
                range(node * each, last.min(cpus - 1)),
            ),
        ]);
    }
    for node in 0..nodes {
        let dir = format!("/sys/devices/system/node/node{node}");
        let last = ((node + 1) * each - 1).min(cpus - 1);
        files.extend([
            (format!("{dir}/cpulist"), range(node * each, last)),
            (
                format!("{dir}/meminfo"),
                format!("Node {node} MemTotal: {memory} kB"),
            ),
            (format!("{dir}/distance"), distances(node, nodes)),
        ]);
    }
    for (path, body) in files {
        tree.make_dirs(super::tree::parent(&path));
        tree.put(&path, body + "\n", Access::root(0o444));
    }
}

fn range(first: u32, last: u32) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}-{last}")
    }
}

fn distances(node: u32, nodes: u32) -> String {
    (0..nodes).fold(String::new(), |mut line, other| {
        let distance = if other == node { 10 } else { 20 };
        write!(line, "{distance} ").expect("a String takes every text");
        line
    })
}

/// One with the root file system, one empty.
fn disks(tree: &mut Tree) {
    for (name, sectors) in [("vda", 209_715_200_u64), ("vdb", 419_430_400)] {
        tree.make_dirs(&format!("/sys/block/{name}"));
        let dir = format!("/sys/class/block/{name}");
        tree.make_dirs(&format!("{dir}/holders"));
        tree.make_dirs(&format!("{dir}/queue"));
        let number = if name == "vda" { "254:0" } else { "254:16" };
        tree.put(
            &format!("{dir}/size"),
            format!("{sectors}\n"),
            Access::root(0o444),
        );
        tree.put(
            &format!("{dir}/dev"),
            format!("{number}\n"),
            Access::root(0o444),
        );
        tree.put(
            &format!("{dir}/serial"),
            format!("sim-{name}\n"),
            Access::root(0o444),
        );
        tree.put(
            &format!("{dir}/queue/rotational"),
            "0\n",
            Access::root(0o444),
        );
        let numbered = format!("/sys/dev/block/{number}");
        tree.make_dirs(&numbered);
        tree.put(
            &format!("{numbered}/dev"),
            format!("{number}\n"),
            Access::root(0o444),
        );
        let holds = if name == "vda" { "TYPE=ext4\n" } else { "" };
        tree.put(&format!("/dev/{name}"), holds, Access::root(0o660));
        let by_id = format!("/dev/disk/by-id/virtio-sim-{name}");
        tree.set(&by_id, Node::Link(format!("../../{name}")));
    }
}
