"""Burns all that a unit has, and tries for more: CPUs, memory, disk, ports.

Usage: burn.py FIRST_PORT FOLDER
"""

import mmap
import os
import socket
import sys

first, folder = int(sys.argv[1]), sys.argv[2]
everywhere = range(os.cpu_count())
own = len(os.sched_getaffinity(0))


def tried(grab, *arguments):
    """What a tenant may not have is refused; it tries again."""
    try:
        grab(*arguments)
    except OSError:
        pass


def spin():
    tried(os.nice, -20)
    tried(os.sched_setaffinity, 0, everywhere)
    tried(os.sched_setaffinity, 0, [everywhere[-1]])
    tried(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(50))
    for _ in range(1_000_000):
        pass


def storm():
    for _ in range(1000):
        os.sched_yield()


def hoard():
    """A child takes memory until it is killed for it."""
    child = os.fork()
    if child == 0:
        with open("/proc/self/oom_score_adj", "w") as score:
            score.write("1000")
        kept = []
        while True:
            kept.append(b"x" * (16 << 20))
    os.waitpid(child, 0)


def write():
    block = mmap.mmap(-1, 1 << 20)
    for flags, sync in ((os.O_DIRECT, False), (0, True)):
        path = f"{folder}/burn-{flags}"
        file = os.open(path, os.O_CREAT | os.O_WRONLY | flags, 0o600)
        for _ in range(32):
            os.write(file, block)
            if sync:
                os.fsync(file)
        os.close(file)
        os.unlink(path)


def bind():
    listener = socket.create_server(("127.0.0.1", first), backlog=1)
    for port in range(1, 65536, 97):
        with socket.socket() as one, socket.socket(type=socket.SOCK_DGRAM) as other:
            tried(one.bind, ("", port))
            tried(other.bind, ("", port))
        with socket.socket() as caller:
            caller.setblocking(False)
            tried(caller.connect, ("127.0.0.1", first + port % 200))
    listener.close()


def forever(work):
    if os.fork() == 0:
        while True:
            work()


for work in [spin, storm] * (own + 1) + [hoard, write, bind]:
    forever(work)
while True:
    os.wait()
