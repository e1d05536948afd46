"""Runs attempts and prints what came of each, a line of JSON for one.

The whole text is one file: what follows this part sets FACTS (what the attacker knows of the
victim) and BATCHES (the attempts of each channel). Each attempt runs in a child of its own. Its
outcome is the word that it says, the name of the error that stopped it, the signal that killed it,
or `done`.
"""
import ctypes, errno, json, mmap, os, resource, select, signal, socket, struct, subprocess, sys, threading, time

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long
TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
# x86_64, from the kernel's syscall_64.tbl.
CALLS = dict(
    shmget=29, shmat=30, shmctl=31, semctl=66, msgrcv=70, ptrace=101, syslog=103, pivot_root=155,
    adjtimex=159, acct=163, mount=165, umount2=166, swapon=167, reboot=169, sethostname=170,
    iopl=172, ioperm=173, init_module=175, quotactl=179, lookup_dcookie=212, clock_settime=227,
    mbind=237, set_mempolicy=238, mq_open=240, kexec_load=246, add_key=248, keyctl=250,
    ioprio_set=251, migrate_pages=256, unshare=272, move_pages=279, fallocate=285,
    perf_event_open=298, fanotify_init=300, prlimit64=302, open_by_handle_at=304, setns=308,
    process_vm_readv=310, kcmp=312, sched_setattr=314, bpf=321, userfaultfd=323, get_robust_list=274,
    pidfd_send_signal=424, io_uring_setup=425, io_uring_enter=426, io_uring_register=427,
    open_tree=428, fsopen=430, pidfd_open=434, pidfd_getfd=438, process_madvise=440)


class Said(Exception):
    """The outcome of an attempt."""


def say(word):
    raise Said(str(word))


def call(name, *arguments):
    """A system call by name; an error is an OSError."""
    answer = LIBC.syscall(CALLS[name], *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    if answer < 0:
        raise OSError(ctypes.get_errno(), name)
    return answer


def memory(size, flags=0):
    """The address of fresh memory of this size, touched."""
    block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | flags)
    for at in range(0, size, 4096):
        block[at] = 1
    KEPT.append(block)
    return ctypes.addressof(ctypes.c_char.from_buffer(block))


KEPT = []
NOTES = {}


def note(**more):
    """Tells a judge something."""
    NOTES.update(more)


def linger():
    """Stays after the attempt until it is ended, so that a judge can look; nobody waits for it."""
    note(pid=os.getpid())
    report("lingers")
    os.close(OUT)
    nothing = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    while True:
        signal.pause()


def report(outcome):
    line = json.dumps(dict(id=CURRENT[0], outcome=outcome, notes=NOTES)) + "\n"
    os.write(OUT, line.encode())


CURRENT = [None]
OUT = 1


def sh(command, patience=30):
    """What a shell command printed, and its status."""
    ran = subprocess.run(["/bin/sh", "-c", command], stdin=subprocess.DEVNULL, timeout=patience,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return ran.returncode, ran.stdout.decode(errors="replace").strip()


def refused(command):
    """Says `refused` when the command fails, and that it was let otherwise; 127 is no refusal."""
    status, text = sh(command)
    if status == 127:
        say("no such program: " + text)
    say("refused" if status else "let")


def put(path, text, mode="w"):
    """Writes and closes, so that a refusal of the write itself is told."""
    with open(path, mode) as file:
        file.write(text)


def listing(numbers):
    """CPUs as the kernel lists them."""
    numbers, parts = sorted(numbers), []
    while numbers:
        first = last = numbers.pop(0)
        while numbers and numbers[0] == last + 1:
            last = numbers.pop(0)
        parts.append(str(first) if first == last else "%d-%d" % (first, last))
    return ",".join(parts)


def wide():
    """Asks for every CPU and answers those that it got."""
    os.sched_setaffinity(0, range(os.cpu_count()))
    return listing(os.sched_getaffinity(0))


def processor(task="self"):
    """The CPU that a task last ran on, proc_pid_stat(5)."""
    return int(open("/proc/%s/stat" % task).read().rsplit(")", 1)[1].split()[36])


def inside():
    """Whether this process is in its unit's slice."""
    here = open("/proc/self/cgroup").read().strip()
    return "inside" if "/user-%d.slice/" % FACTS["uid"] in here + "/" else here


def bind(family, kind, port, address="", protocol=0, options=()):
    """Binds and listens; the socket."""
    made = socket.socket(family, kind, protocol)
    KEPT.append(made)
    for option in options:
        made.setsockopt(*option)
    made.bind((address, port))
    if kind == TCP:
        made.listen()
    return made


def answers(port, address="127.0.0.1", kind=TCP):
    """Whether what listens there answers."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    client = socket.socket(family, kind)
    client.settimeout(3)
    try:
        client.connect((address, port))
        client.send(b"?")
        return "answers" if client.recv(8) else "silent"
    except OSError:
        return "silent"


def serve(made):
    """Answers whoever asks, for as long as a judge needs."""
    def tcp():
        while True:
            peer, _ = made.accept()
            peer.sendall(b"hello")
            peer.close()

    def udp():
        while True:
            data, peer = made.recvfrom(64)
            try:
                made.sendto(b"hello", peer)
            except OSError:
                pass
    threading.Thread(target=udp if made.type == UDP else tcp, daemon=True).start()


def namespaces(*names):
    """A user namespace of one's own with root in it, and others beside it."""
    uid, gid = os.getuid(), os.getgid()
    flags = dict(user=0x10000000, mount=0x20000, net=0x40000000, pid=0x20000000, ipc=0x08000000,
                 cgroup=0x02000000, uts=0x04000000)
    call("unshare", sum(flags[name] for name in ("user",) + names))
    for name, text in (("setgroups", "deny"), ("uid_map", "0 %d 1" % uid), ("gid_map", "0 %d 1" % gid)):
        with open("/proc/self/" + name, "w") as map:
            map.write(text)


def mount(source, target, kind, flags=0, data=None):
    encoded = [None if word is None else ctypes.c_char_p(word.encode()) for word in (source, target, kind)]
    call("mount", encoded[0] or 0, encoded[1] or 0, encoded[2] or 0, flags,
         ctypes.c_char_p(data.encode()) if data else 0)


def fill(path, size, step=1 << 20):
    """Writes a file of this size, which has no name and ends with its writer."""
    with open(path, "wb", buffering=0) as file:
        try:
            os.unlink(path)
        except OSError:
            # A memfd has none.
            pass
        block = b"\1" * step
        for _ in range(size // step):
            left = memoryview(block)
            while left:
                left = left[file.write(left):]


def denied(text):
    """Whether a bus or a daemon refused."""
    words = ("denied", "not permitted", "not authorized", "authentication required", "rejected",
             "failed to connect", "polkit", "permission")
    return any(word in text.lower() for word in words)


def bus(command):
    """Says `denied` when the system bus refuses a command."""
    status, text = sh(command)
    say("denied" if status and denied(text) else "status %d: %s" % (status, text[:120]))


class Ring:
    """io_uring(7), one entry at a time."""

    def __init__(self, flags=0, cpu=0):
        parameters = bytearray(120)
        struct.pack_into("IIIII", parameters, 0, 4, 8, flags, cpu, 100)
        buffer = (ctypes.c_char * 120).from_buffer(parameters)
        self.fd = call("io_uring_setup", 4, buffer)
        values = struct.unpack_from("10I", parameters, 0)
        self.sq = struct.unpack_from("10I", parameters, 40)
        self.cq = struct.unpack_from("10I", parameters, 80)
        size = max(self.sq[6] + values[0] * 4, self.cq[5] + values[1] * 16)
        shared = mmap.MAP_SHARED | mmap.MAP_POPULATE
        self.ring = mmap.mmap(self.fd, size, flags=shared, offset=0)
        self.entries = mmap.mmap(self.fd, values[0] * 64, flags=shared, offset=0x10000000)

    def submit(self, opcode, fd=-1, address=0, length=0, offset=0, flags=0, wait=1):
        """The result of one entry, an OSError when it failed."""
        tail, = struct.unpack_from("I", self.ring, self.sq[1])
        mask, = struct.unpack_from("I", self.ring, self.sq[2])
        entry = struct.pack("BBHiQQIIQ", opcode, flags, 0, fd, offset, address, length, 0, 0)
        self.entries[(tail & mask) * 64:(tail & mask) * 64 + 64] = entry + bytes(64 - len(entry))
        struct.pack_into("I", self.ring, self.sq[6] + (tail & mask) * 4, tail & mask)
        struct.pack_into("I", self.ring, self.sq[1], tail + 1)
        call("io_uring_enter", self.fd, 1, wait, 1 if wait else 0, 0, 0)
        if not wait:
            return None
        head, = struct.unpack_from("I", self.ring, self.cq[0])
        cmask, = struct.unpack_from("I", self.ring, self.cq[2])
        _, result, _ = struct.unpack_from("QiI", self.ring, self.cq[5] + (head & cmask) * 16)
        struct.pack_into("I", self.ring, self.cq[0], head + 1)
        if result < 0:
            raise OSError(-result, "io_uring")
        return result


def attempt(script):
    """The outcome of a script in this process."""
    try:
        exec(compile(script, CURRENT[0], "exec"), globals())
        return "done"
    except Said as said:
        return str(said)
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
    except MemoryError:
        return "ENOMEM"
    except subprocess.TimeoutExpired:
        return "hangs"
    except Exception as error:
        return "fault: %s: %s" % (type(error).__name__, error)


def run(one, patience=150):
    """Runs an attempt in a child and reports it, and ends what it left but a lingering process."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        global OUT
        os.close(read)
        OUT = write
        os.setpgid(0, 0)
        # Whoever fills memory that nobody maps is not the one whom the kernel ends first.
        with open("/proc/self/oom_score_adj", "w") as first:
            first.write("1000")
        CURRENT[0] = one["id"]
        NOTES.clear()
        NOTES.update(one["notes"] or {})
        report(attempt(one["script"]))
        os._exit(0)
    os.close(write)
    told = b""
    until = time.monotonic() + patience
    while not told.endswith(b"\n"):
        if not select.select([read], [], [], max(0, until - time.monotonic()))[0]:
            told = b"hangs"
            break
        more = os.read(read, 65536)
        if not more:
            break
        told += more
    os.close(read)
    lingers = b'"lingers"' in told
    if not lingers:
        signalled = None
        if told.endswith(b"\n") or told == b"hangs":
            try:
                os.killpg(child, signal.SIGKILL)
            except OSError:
                pass
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            signalled = signal.Signals(os.WTERMSIG(status)).name
        try:
            os.killpg(child, signal.SIGKILL)
        except OSError:
            pass
        if not told.endswith(b"\n"):
            outcome = "hangs" if told == b"hangs" else signalled or "nothing"
            told = (json.dumps(dict(id=one["id"], outcome=outcome, notes={})) + "\n").encode()
    sys.stdout.buffer.write(told)
    sys.stdout.flush()


def know():
    """Makes every fact a name, and the cgroups of both units."""
    globals().update((name.upper(), value) for name, value in FACTS.items())
    globals().update(SLICE="/sys/fs/cgroup/user.slice/user-%d.slice" % UID,
                     NEIGHBOUR="/sys/fs/cgroup/user.slice/user-%d.slice" % VICTIM_UID)


def main():
    know()
    if len(sys.argv) > 1:
        for one in BATCHES[sys.argv[1]]["attempts"]:
            run(one)
        return
    # Each channel is a way to start this same program again.
    for name, batch in BATCHES.items():
        begun = time.monotonic()
        command = batch["launch"].replace("{PROGRAM}", "/usr/bin/python3 %s %s" % (os.path.abspath(__file__), name))
        ran = subprocess.run(["/bin/sh", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        sys.stdout.buffer.write(ran.stdout)
        told = ran.stdout.count(b"\n")
        if told < len(batch["attempts"]):
            fault = dict(channel=name, status=ran.returncode, said=ran.stderr.decode(errors="replace")[-400:])
            sys.stdout.write(json.dumps(dict(id="", outcome=json.dumps(fault), notes={})) + "\n")
        sys.stderr.write("%s: %.1f s\n" % (name, time.monotonic() - begun))
        sys.stdout.flush()
