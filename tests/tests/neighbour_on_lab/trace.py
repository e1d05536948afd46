"""Traces the scheduler: who ran on which CPU. Usage: trace.py SECONDS UID...

The kernel counts, in histograms of its own, every switch by thread and CPU, and every fork by
child and parent, so that no buffer overflows and no thread is too short-lived to be seen
(Documentation/trace/histogram.rst). A thread that is gone when it is looked for belongs to
whoever forked it.
"""

import glob
import json
import os
import re
import subprocess
import sys
import time

TRACES = "/sys/kernel/tracing/instances/kloigos-neighbour"
UNITS = {f"/user.slice/user-{uid}.slice": uid for uid in sys.argv[2:]}
COUNTED = {
    "sched_process_fork": "hist:keys=child_pid,parent_pid:size=8192",
    "sched_switch": "hist:keys=next_pid,common_cpu:size=8192",
}
KERNEL_THREAD = 0x00200000  # PF_KTHREAD, include/linux/sched.h
KTHREADD = 2


def read(path):
    with open(path) as file:
        return file.read()


def threads():
    """Every thread there is: its owner, name and, where it runs, its CPU."""
    found = {}
    for folder in glob.glob("/proc/[0-9]*/task/[0-9]*"):
        try:
            stat, cgroup = read(folder + "/stat"), read(folder + "/cgroup")
        except (FileNotFoundError, ProcessLookupError):
            continue
        name, fields = re.match(r"\d+ \((.*)\) (.*)", stat, re.DOTALL).groups()
        fields = fields.split()
        slice_ = re.search(r"/user\.slice/user-\d+\.slice", cgroup)
        if int(fields[6]) & KERNEL_THREAD:
            owner = "kernel"
        else:
            owner = UNITS.get(slice_ and slice_.group(), "host")
        runs_on = int(fields[36]) if fields[0] == "R" else None
        found[int(os.path.basename(folder))] = (owner, name, runs_on)
    return found


def trigger(event, text):
    # Opening it for anything but appending removes what is there.
    with open(f"{TRACES}/events/sched/{event}/trigger", "a") as file:
        file.write(text)


def counted(event):
    text = read(f"{TRACES}/events/sched/{event}/hist")
    dropped = int(re.search(r"Dropped: (\d+)", text).group(1))
    if dropped:
        sys.exit(f"{event}: {dropped} were not counted")
    pattern = r"\{ \w+: +(\d+), \w+: +(\d+) \} hitcount: +(\d+)"
    return [tuple(map(int, entry)) for entry in re.findall(pattern, text)]


def owner_of(thread, known, parents):
    """A child of kthreadd is the kernel's; one of another kernel thread is a helper program."""
    if thread in known:
        return known[thread][0]
    parent = parents.get(thread)
    if parent is None:
        return "unknown"
    owner = owner_of(parent, known, parents)
    return "host" if owner == "kernel" and parent != KTHREADD else owner


if not os.path.exists(os.path.dirname(TRACES)):
    subprocess.run(["mount", "-t", "tracefs", "tracefs", "/sys/kernel/tracing"], check=True)
os.mkdir(TRACES)
try:
    for event, text in COUNTED.items():
        trigger(event, text)
    known = threads()
    time.sleep(float(sys.argv[1]))
    for event, text in COUNTED.items():
        trigger(event, text + ":pause")
    after = threads()
    switches, forks = counted("sched_switch"), counted("sched_process_fork")
finally:
    os.rmdir(TRACES)

running = [(thread, cpu, 1) for thread, (_, _, cpu) in known.items() if cpu is not None]
known.update(after)
parents = {child: parent for child, parent, _ in forks}
ran = []
for thread, cpu, times in switches + running:
    if thread != 0:
        name = known[thread][1] if thread in known else "(gone)"
        ran.append([owner_of(thread, known, parents), cpu, times, f"{name} {thread}"])
json.dump(ran, sys.stdout)
