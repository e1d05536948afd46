# Copyright: the Kloigos authors
# Apache-2.0
"""What people write, as the API shows it, so that both can be compared."""

from __future__ import annotations

import base64
import hashlib

from ansible_collections.kloigos.cloud.plugins.module_utils.client import KloigosError

UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def fingerprint(line):
    """Of a public key, as `ssh-keygen -l` prints it."""
    words = line.split()
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (IndexError, ValueError):
        raise KloigosError("no public key in one line: %r" % line[:80]) from None
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def amount(text):
    """A limit as the API shows it: a number, or None for no limit."""
    text = str(text).strip()
    if text.lower() in ("none", ""):
        return None
    factor = UNITS.get(text[-1:].upper(), 1)
    try:
        return int(text[:-1] if factor > 1 else text) * factor
    except ValueError:
        raise KloigosError("%r is no amount; one is like 512M, or none" % text) from None


def cpu_set(text):
    """The CPUs of a range as the API writes it: V(0-3,64-67), V(0-31:2/4), or with a step, V(0-7:2)."""
    cpus = set()
    for part in text.split(","):
        span, _sep, stride = part.partition(":")
        first, _sep, last = span.partition("-")
        used, _sep, group = stride.partition("/")
        try:
            first, last = int(first), int(last or first)
            if not stride:
                used, group = 1, 1
            elif group:
                used, group = int(used), int(group)
            else:
                used, group = 1, int(used)
        except ValueError:
            raise KloigosError("%r is no range of CPUs" % text) from None
        if last < first or last > 1 << 16 or group < 1 or not 0 < used <= group:
            raise KloigosError("%r is no range of CPUs" % text)
        cpus.update(cpu for cpu in range(first, last + 1) if (cpu - first) % group < used)
    return frozenset(cpus)
