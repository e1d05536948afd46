//! Processes of others: seeing them, meddling with them, and what they share in memory.

use super::super::{
    Attempt,
    Mechanism::{self, BusPolicy, HiddenProc, Uid},
    Promise::{self, Processes},
};

const SEEN: (Promise, Mechanism) = (Processes, HiddenProc);
const BUS: (Promise, Mechanism) = (Processes, BusPolicy);
const KERNEL: (Promise, Mechanism) = (Processes, Uid);

pub(super) const ATTEMPTS: &[Attempt] = &[
    Attempt::new(SEEN, "processes-command-line", "the victim's command line in /proc", "ENOENT", "open('/proc/%d/cmdline' % VICTIM).read()"),
    Attempt::new(SEEN, "processes-of-root", "PID 1 in /proc", "ENOENT", "open('/proc/1/cmdline').read()"),
    Attempt::new(
        SEEN,
        "processes-listed",
        "whose processes ps(1) lists",
        "its own",
        "users = set(sh('ps -e -o uid=')[1].split()); say('its own' if users <= {str(os.getuid())} else 'others')",
    ),
    Attempt::new(
        SEEN,
        "processes-a-proc-of-its-own",
        "mounting another /proc in a namespace of its own",
        "EPERM",
        "namespaces('mount'); mount('proc', '/mnt', 'proc'); open('/mnt/%d/cmdline' % VICTIM).read()",
    )
    .backed_by("a /proc shows the process namespace of whoever mounts it, which must be the mounter's own"),
    Attempt::new(
        SEEN,
        "processes-uncovered",
        "the server's own /proc under the unit's, in a namespace of its own",
        "EINVAL|EPERM",
        "namespaces('mount'); call('umount2', ctypes.c_char_p(b'/proc'), 2)",
    )
    .backed_by("mounts that came with the namespace are locked (mount_namespaces(7))"),
    Attempt::new(BUS, "processes-systemctl-status", "systemctl status of the victim's manager, which lists command lines", "denied", "bus('systemctl status --no-pager user@%d.service' % VICTIM_UID)"),
    Attempt::new(BUS, "processes-loginctl", "loginctl user-status of the victim", "denied", "bus('loginctl --no-pager user-status %s' % VICTIM_USER)"),
    Attempt::new(
        BUS,
        "processes-get-unit-processes",
        "GetUnitProcesses of the victim's slice, straight over the bus",
        "denied",
        "bus('busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager GetUnitProcesses s user-%d.slice' % VICTIM_UID)",
    ),
    Attempt::new(
        BUS,
        "processes-environment-of-a-unit",
        "properties of the victim's session over the bus",
        "denied",
        "bus('busctl get-property org.freedesktop.login1 /org/freedesktop/login1/user/_%d org.freedesktop.login1.User Sessions' % VICTIM_UID)",
    ),
    Attempt::new(KERNEL, "processes-kill", "a signal to the victim", "EPERM", "os.kill(VICTIM, 0)"),
    Attempt::new(
        KERNEL,
        "processes-pidfd",
        "a signal to the victim by pidfd",
        "EPERM",
        "call('pidfd_send_signal', call('pidfd_open', VICTIM, 0), 0, 0, 0)",
    ),
    Attempt::new(KERNEL, "processes-descriptor", "taking the victim's descriptor (pidfd_getfd(2))", "EPERM", "call('pidfd_getfd', call('pidfd_open', VICTIM, 0), 1, 0)"),
    Attempt::new(
        KERNEL,
        "processes-trace",
        "ptrace(2) of the victim (PTRACE_SEIZE)",
        "EPERM",
        "call('ptrace', 0x4206, VICTIM, 0, 0); call('ptrace', 17, VICTIM, 0, 0)",
    ),
    Attempt::new(
        KERNEL,
        "processes-read-memory",
        "the victim's memory by process_vm_readv(2)",
        "EPERM",
        r"
block = ctypes.create_string_buffer(16)
mine, theirs = (ctypes.c_ulong * 2)(ctypes.addressof(block), 16), (ctypes.c_ulong * 2)(PAGE, 16)
call('process_vm_readv', VICTIM, mine, 1, theirs, 1, 0)
",
    ),
    Attempt::new(KERNEL, "processes-mem-file", "the victim's memory by /proc/PID/mem", "ENOENT|EACCES", "open('/proc/%d/mem' % VICTIM, 'rb')"),
    Attempt::new(KERNEL, "processes-environment", "the victim's environment", "ENOENT|EACCES", "open('/proc/%d/environ' % VICTIM, 'rb').read()"),
    Attempt::new(KERNEL, "processes-compare", "kcmp(2) with the victim", "EPERM", "call('kcmp', os.getpid(), VICTIM, 0, 0, 0)"),
    Attempt::new(
        KERNEL,
        "processes-limits",
        "prlimit(2) of the victim",
        "EPERM",
        "call('prlimit64', VICTIM, 7, 0, (ctypes.c_ulong * 2)())",
    ),
    Attempt::new(KERNEL, "processes-nice", "the victim's nice value", "EPERM", "os.setpriority(os.PRIO_PROCESS, VICTIM, 0)"),
    Attempt::new(
        KERNEL,
        "processes-advice",
        "process_madvise(2): the victim's memory to swap",
        "EPERM|EACCES",
        "call('process_madvise', call('pidfd_open', VICTIM, 0), (ctypes.c_ulong * 2)(PAGE, 4096), 1, 21, 0)",
    ),
    Attempt::new(KERNEL, "processes-futexes", "the victim's robust list", "EPERM", "call('get_robust_list', VICTIM, (ctypes.c_ulong * 1)(), (ctypes.c_ulong * 1)())"),
    Attempt::new(
        KERNEL,
        "processes-counters",
        "perf_event_open(2) on the victim",
        "EACCES|EPERM",
        "event = struct.pack('IIQQQQQ', 1, 112, 1, 0, 0, 0, 0) + bytes(64); call('perf_event_open', ctypes.c_char_p(event), VICTIM, -1, -1, 0)",
    ),
    Attempt::new(KERNEL, "processes-kill-the-slice", "cgroup.kill of the victim's slice", "EACCES", "open(NEIGHBOUR + '/cgroup.kill', 'w')"),
    Attempt::new(KERNEL, "processes-freeze-the-slice", "freezing the victim's slice", "EACCES", "put(NEIGHBOUR + '/cgroup.freeze', '0')"),
    Attempt::new(KERNEL, "processes-shared-memory", "the victim's System V shared memory", "EACCES", "call('shmat', SHM, 0, 0o10000)"),
    Attempt::new(KERNEL, "processes-remove-shared-memory", "marking it for removal", "EPERM", "call('shmctl', SHM, 11, 0)"),
    Attempt::new(KERNEL, "processes-semaphore", "the victim's semaphore", "EACCES", "call('semctl', SEM, 0, 12, 0)"),
    Attempt::new(KERNEL, "processes-messages", "the victim's System V messages", "EACCES", "call('msgrcv', MSG, ctypes.create_string_buffer(64), 8, 0, 0o4000)"),
    Attempt::new(KERNEL, "processes-queue", "the victim's POSIX message queue", "EACCES", "call('mq_open', ctypes.c_char_p(b'neighbours-queue'), os.O_RDWR, 0, 0)"),
    Attempt::new(KERNEL, "processes-key", "reading the victim's key", "EACCES", "call('keyctl', 11, KEY, ctypes.create_string_buffer(64), 64, 0)")
        .backed_by("a key knows its owner's permissions, and root is not its owner"),
    Attempt::new(KERNEL, "processes-take-key", "linking the victim's key into its own keyring", "EACCES", "call('keyctl', 8, KEY, -2, 0, 0)")
        .backed_by("a key knows its owner's permissions, and root is not its owner"),
    Attempt::new(
        KERNEL,
        "processes-persistent-keyring",
        "the victim's persistent keyring",
        "EPERM|EOPNOTSUPP",
        "call('keyctl', 22, VICTIM_UID, -2, 0, 0)",
    ),
    Attempt::new(
        KERNEL,
        "processes-cgroup-names",
        "process numbers and unit names of the victim in /sys/fs/cgroup",
        "read",
        "open(NEIGHBOUR + '/user@%d.service/app.slice/victim.service/cgroup.procs' % VICTIM_UID).read(); say('read')",
    )
    .accepted("closing a unit's cgroup directory breaks its own user manager; a number and a name of a service are no command line"),
    Attempt::new(
        KERNEL,
        "processes-sockets",
        "ports and owners of all sockets in /proc/net/tcp",
        "read",
        "say('read' if any(int(line.split()[7]) == VICTIM_UID for line in open('/proc/net/tcp').readlines()[1:]) else 'nothing')",
    )
    .accepted("units share the server's network, and whoever can connect to a port can find it"),
];
