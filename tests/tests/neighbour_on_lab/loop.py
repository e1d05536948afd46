"""Computes on each CPU of the unit, without a system call."""

import os

for _ in range(len(os.sched_getaffinity(0)) - 1):
    if os.fork() == 0:
        break
while True:
    sum(range(100_000))
