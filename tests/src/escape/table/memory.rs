//! More memory and more tasks than the unit may have.

use super::super::{
    Attempt, Channel,
    Mechanism::{self, MemoryMax, TasksMax, Uid},
    Promise::{self, Memory, Tasks},
};

const LIMIT: (Promise, Mechanism) = (Memory, MemoryMax);
const KERNEL: (Promise, Mechanism) = (Memory, Uid);

/// Forks until it is stopped.
const FORKS: &str = r"
children = []
try:
    for _ in range(160):
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
finally:
    for child in children:
        os.kill(child, signal.SIGKILL)
";

pub(super) const ATTEMPTS: &[Attempt] = &[
    Attempt::new(
        LIMIT,
        "memory-anonymous",
        "256 MiB of anonymous memory",
        "SIGKILL",
        "memory(256 << 20)",
    ),
    Attempt::new(
        LIMIT,
        "memory-memfd",
        "256 MiB in a memfd",
        "SIGKILL|ENOMEM",
        "fill('/proc/self/fd/%d' % os.memfd_create('m'), 256 << 20)",
    ),
    Attempt::new(
        LIMIT,
        "memory-sysv",
        "256 MiB of System V shared memory",
        "SIGKILL",
        r"
shm = call('shmget', 0, 256 << 20, 0o600)
address = call('shmat', shm, 0, 0)
call('shmctl', shm, 0, 0)
ctypes.memset(address, 1, 256 << 20)
",
    ),
    Attempt::new(
        LIMIT,
        "memory-tmpfs-of-its-own",
        "256 MiB in a tmpfs of a mount namespace of its own",
        "SIGKILL|ENOMEM",
        r"
namespaces('mount')
mount('none', '/mnt', 'tmpfs', 0, 'size=1g')
fill('/mnt/file', 256 << 20)
",
    ),
    Attempt::new(
        LIMIT,
        "memory-ramfs-of-its-own",
        "256 MiB in a ramfs, which knows no size",
        "SIGKILL|ENOMEM",
        r"
namespaces('mount')
mount('none', '/mnt', 'ramfs')
fill('/mnt/file', 256 << 20)
",
    ),
    Attempt::new(
        LIMIT,
        "memory-in-a-user-namespace",
        "256 MiB as root of a user namespace",
        "SIGKILL",
        "memory(256 << 20)",
    )
    .by(Channel::UserNamespace),
    Attempt::new(
        (Memory, Mechanism::PrivateTmp),
        "memory-dev-shm",
        "256 MiB in /dev/shm, which no kill would free",
        "ENOSPC",
        "fill('/dev/shm/file', 256 << 20)",
    ),
    Attempt::new(
        KERNEL,
        "memory-huge-pages",
        "huge pages, which the limit counts elsewhere",
        "ENOMEM",
        "memory(2 << 20, flags=0x40000)",
    )
    .backed_by("the server has no pool of huge pages"),
    Attempt::new(
        KERNEL,
        "memory-huge-page-pool",
        "making a pool of huge pages",
        "EACCES",
        "put('/proc/sys/vm/nr_hugepages', '0')",
    ),
    Attempt::new(
        KERNEL,
        "memory-write-the-limit",
        "writing memory.max of the slice",
        "EACCES",
        "put(SLICE + '/memory.max', 'max')",
    ),
    Attempt::new(
        KERNEL,
        "memory-swap-on",
        "swapon(2) of a file of its own",
        "EPERM",
        "call('swapon', ctypes.c_char_p(b'/nowhere'), 0)",
    ),
    Attempt::new(
        KERNEL,
        "memory-never-killed",
        "oom_score_adj that would have others killed first",
        "EACCES|EPERM",
        "put('/proc/self/oom_score_adj', '-1000')",
    ),
    Attempt::new(
        KERNEL,
        "memory-pipe-size",
        "a pipe larger than pipe-max-size",
        "EPERM",
        r"
import fcntl
fcntl.fcntl(os.pipe()[0], 1031, 4 << 20)
",
    ),
    Attempt::new(
        KERNEL,
        "memory-reclaim-the-neighbour",
        "memory.reclaim of the victim's slice",
        "EACCES",
        "put(NEIGHBOUR + '/memory.reclaim', '1')",
    ),
    Attempt::new(
        (Tasks, TasksMax),
        "tasks-forks",
        "160 processes",
        "EAGAIN",
        FORKS,
    ),
    Attempt::new(
        (Tasks, TasksMax),
        "tasks-in-a-pid-namespace",
        "160 processes in a pid namespace",
        "EAGAIN",
        FORKS,
    )
    .by(Channel::AllNamespaces),
    Attempt::new(
        (Tasks, TasksMax),
        "tasks-in-a-greedy-scope",
        "160 processes in a scope with TasksMax=infinity",
        "EAGAIN",
        FORKS,
    )
    .by(Channel::UserScope),
    Attempt::new(
        (Tasks, TasksMax),
        "tasks-threads",
        "160 threads",
        "EAGAIN",
        r"
for _ in range(160):
    try:
        threading.Thread(target=signal.pause, daemon=True).start()
    except RuntimeError:
        say('EAGAIN')
",
    ),
    Attempt::new(
        (Tasks, Uid),
        "tasks-write-the-limit",
        "writing pids.max of the slice",
        "EACCES",
        "put(SLICE + '/pids.max', 'max')",
    ),
    Attempt::new(
        (Tasks, Uid),
        "tasks-of-the-kernel",
        "writing kernel.pid_max",
        "EACCES",
        "value = open('/proc/sys/kernel/pid_max').read(); put('/proc/sys/kernel/pid_max', value)",
    ),
];
