"""A unit's CPU time over the monotonic clock, alone and beside another, in turn.

Usage: share.py ROUNDS SECONDS UNIT OTHER (both as uid). The other is frozen while the unit is
alone. Prints a line of JSON a round: [alone, beside].
"""

import json
import sys
import time

rounds, seconds = int(sys.argv[1]), float(sys.argv[2])
unit, other = (f"/sys/fs/cgroup/user.slice/user-{uid}.slice" for uid in sys.argv[3:])
CLOSE = 0.005


def read(path):
    with open(path) as file:
        return file.read()


def look():
    """Clock and usage at one moment, as nearly as a busy machine lets them be read."""
    while True:
        before = time.monotonic()
        usage = read(f"{unit}/cpu.stat")
        after = time.monotonic()
        if after - before < CLOSE:
            microseconds = int(usage.split()[1])
            return (before + after) / 2, microseconds / 1e6


def share():
    (began, used), _, (ended, later) = look(), time.sleep(seconds), look()
    return (later - used) / (ended - began)


def freeze(state):
    with open(f"{other}/cgroup.freeze", "w") as file:
        file.write(str(state))
    while f"frozen {state}" not in read(f"{other}/cgroup.events"):
        time.sleep(0.05)


for _ in range(rounds):
    freeze(1)
    alone = share()
    freeze(0)
    print(json.dumps([alone, share()]), flush=True)
