//! Running on other CPUs.

use super::super::{
    Attempt,
    Mechanism::{self, Cpus, Uid},
    Promise::Cpu,
};

const SLICE: (super::super::Promise, Mechanism) = (Cpu, Cpus);
const KERNEL: (super::super::Promise, Mechanism) = (Cpu, Uid);

pub(super) const ATTEMPTS: &[Attempt] = &[
    Attempt::new(
        SLICE,
        "cpu-affinity-of-a-neighbour",
        "sched_setaffinity(2) to the victim's CPU",
        "EINVAL",
        "os.sched_setaffinity(0, {VICTIMS_CPU})",
    ),
    Attempt::new(
        SLICE,
        "cpu-threads-wander",
        "six busy processes that ask for all CPUs, watched in /proc",
        "0-1|0|1",
        r"
children = []
for _ in range(6):
    child = os.fork()
    if child == 0:
        wide()
        until = time.monotonic() + 20
        while time.monotonic() < until:
            pass
        os._exit(0)
    children.append(child)
seen = set()
for _ in range(60):
    seen.update(processor(child) for child in children)
    time.sleep(0.01)
for child in children:
    os.kill(child, signal.SIGKILL)
say(listing(seen))
",
    ),
    Attempt::new(
        SLICE,
        "cpu-property-of-the-users-own-slice",
        "AllowedCPUs= of the user manager's -.slice",
        "0-1",
        r"
status, text = sh('systemctl --user --runtime set-property -- -.slice AllowedCPUs=0-7')
status or say(wide())
say(text)
",
    ),
    Attempt::new(
        SLICE,
        "cpu-cpuset-in-the-delegated-cgroup",
        "cpuset for a child of the delegated user@.service, with every CPU",
        "EACCES|ENOENT|0-1",
        r"
manager = SLICE + '/user@%d.service' % UID
put(manager + '/cgroup.subtree_control', '+cpuset')
os.makedirs(manager + '/wide', exist_ok=True)
put(manager + '/wide/cpuset.cpus', '0-7')
say(open(manager + '/wide/cpuset.cpus.effective').read().strip())
",
    )
    .backed_by("the controller is not delegated to the manager"),
    Attempt::new(
        SLICE,
        "cpu-io-uring-poller",
        "an io_uring polling thread pinned to the victim's CPU (IORING_SETUP_SQ_AFF)",
        "EINVAL",
        "ring = Ring(flags=2 | 4, cpu=VICTIMS_CPU)",
    ),
    Attempt::new(
        SLICE,
        "cpu-io-uring-workers-pinned",
        "io_uring workers pinned to the victim's CPU (IORING_REGISTER_IOWQ_AFF)",
        "EINVAL",
        r"
ring = Ring()
mask = (ctypes.c_ulong * 1)(1 << VICTIMS_CPU)
call('io_uring_register', ring.fd, 17, mask, 8)
",
    ),
    Attempt::new(
        SLICE,
        "cpu-io-uring-workers-wander",
        "io_uring workers, watched in /proc while they read an empty pipe",
        "0-1|0|1",
        r"
ring, seen, block = Ring(), set(), ctypes.create_string_buffer(8)
pipes = [os.pipe() for _ in range(4)]
for _ in range(8):
    for read, write in pipes:
        ring.submit(22, fd=read, address=ctypes.addressof(block), length=1, offset=2**64 - 1,
                    flags=16, wait=0)
    time.sleep(0.05)
    for task in os.listdir('/proc/self/task'):
        if 'iou-wrk' in open('/proc/self/task/%s/comm' % task).read():
            seen.add(processor('self/task/' + task))
    for read, write in pipes:
        os.write(write, b'x')
    time.sleep(0.05)
say(listing(seen) or 'no worker')
",
    ),
    Attempt::new(
        KERNEL,
        "cpu-write-the-slices-cpuset",
        "writing cpuset.cpus of the slice",
        "EACCES",
        "put(SLICE + '/cpuset.cpus', '0-7')",
    ),
    Attempt::new(
        KERNEL,
        "cpu-partition",
        "making the slice a cpuset partition",
        "EACCES",
        "put(SLICE + '/cpuset.cpus.partition', 'root')",
    ),
    Attempt::new(
        KERNEL,
        "cpu-affinity-of-the-victim",
        "moving the victim's process to the attacker's CPU",
        "EPERM",
        "os.sched_setaffinity(VICTIM, os.sched_getaffinity(VICTIM))",
    ),
    Attempt::new(
        KERNEL,
        "cpu-realtime",
        "SCHED_FIFO",
        "EPERM",
        "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))",
    ),
    Attempt::new(
        KERNEL,
        "cpu-deadline",
        "SCHED_DEADLINE by sched_setattr(2)",
        "EPERM",
        r"
attributes = struct.pack('IIQiIQQQ', 48, 6, 0, 0, 0, 10**6, 10**8, 10**8)
call('sched_setattr', 0, ctypes.c_char_p(attributes), 0)
",
    ),
    Attempt::new(
        KERNEL,
        "cpu-nice",
        "a better nice value by setpriority(2)",
        "EACCES|EPERM",
        "os.setpriority(os.PRIO_PROCESS, 0, -5)",
    ),
    Attempt::new(
        KERNEL,
        "cpu-victim-idle",
        "making the victim's process idle by sched_setscheduler(2)",
        "EPERM",
        "os.sched_setscheduler(VICTIM, os.SCHED_OTHER, os.sched_param(0))",
    ),
    Attempt::new(
        KERNEL,
        "cpu-watch-a-neighbours-cpu",
        "perf_event_open(2) on the victim's CPU",
        "EACCES|EPERM",
        r"
event = struct.pack('IIQQQQQ', 1, 112, 1, 0, 0, 0, 0) + bytes(64)
call('perf_event_open', ctypes.c_char_p(event), -1, VICTIMS_CPU, -1, 0)
",
    ),
    Attempt::new(
        KERNEL,
        "cpu-weight",
        "writing cpu.weight of the slice",
        "EACCES",
        "put(SLICE + '/cpu.weight', '10000')",
    ),
];
