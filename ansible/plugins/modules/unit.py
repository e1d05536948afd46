#!/usr/bin/python
# Copyright: the Kloigos authors
# Apache-2.0
"""A unit that is there, or is not."""

from __future__ import annotations

DOCUMENTATION = r"""
module: unit
short_description: Allocates, changes and deallocates Kloigos compute units
description:
  - Sees to it that a unit of this name is allocated, with these keys and limits, or that none is.
  - A unit's name is its tag V(name), which the module gives it. Between two runs at the same moment there is no
    arbiter, so one name is for one play.
  - What a tenancy cannot change while it lasts, its CPUs and place, is never changed silently; the module fails.
extends_documentation_fragment: kloigos.cloud.connection
options:
  name:
    description: What the unit is called by its tag V(name). One of O(name) and O(compute_id) is needed.
    type: str
  compute_id:
    description: The unit itself, such as V(host1_0-15), to change or deallocate it.
    type: str
  state:
    description:
      - V(present) allocates a unit if none has the name. V(absent) deallocates it; all its data is wiped.
    type: str
    choices: [present, absent]
    default: present
  cpu_count:
    description: A unit with exactly so many CPUs. V(0) is any.
    type: int
    default: 4
  region:
    description: In this region.
    type: str
  zone:
    description: In this zone.
    type: str
  tags:
    description: Its tags, beside V(name). They are given once, with the allocation.
    type: dict
    default: {}
  ssh_public_keys:
    description: Who may log in, a line of a public key each. Needed to allocate.
    type: list
    elements: str
    default: []
  exclusive_keys:
    description: Whether whoever else may log in is let in no more.
    type: bool
    default: false
  limits:
    description: What it may use, such as V(memory_max=4G). V(none) lifts a limit; what is left out stays as it is.
    type: dict
    default: {}
  activity:
    description: Whether its processes run, are ended, or stand still. Without it, that is left as it is.
    type: str
    choices: [running, stopped, frozen]
  wait:
    description: Whether to wait until the work is done.
    type: bool
    default: true
  wait_timeout:
    description: How long, in seconds, to wait for each piece of work.
    type: int
    default: 600
  reason:
    description: Why, in one line; kept with the work.
    type: str
attributes:
  check_mode:
    support: full
    description: Changes nothing.
  diff_mode:
    support: full
    description: Shows what changes.
"""

EXAMPLES = r"""
- name: A unit for the database
  kloigos.cloud.unit:
    name: db1
    cpu_count: 16
    zone: a
    tags:
      deployment_id: shop
      groups: [db]
    ssh_public_keys: ["{{ lookup('file', '~/.ssh/id_ed25519.pub') }}"]
    limits:
      memory_max: 16G
  delegate_to: localhost
  register: db1

- name: It is not needed any more
  kloigos.cloud.unit:
    name: db1
    state: absent
  delegate_to: localhost
"""

RETURN = r"""
unit:
  description: The unit as the API shows it; null when there is none.
  returned: always
  type: dict
job:
  description: The work that was begun and not waited for.
  returned: when O(wait=false) and there is work
  type: str
"""

import base64
import hashlib

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.kloigos.cloud.plugins.module_utils.client import (
    Client,
    KloigosError,
    connection_arguments,
    waiting_arguments,
)

UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
#: How the API calls what a unit is brought to.
VERBS = {"running": ("start", {}), "stopped": ("stop", {"mode": "stop"}), "frozen": ("stop", {"mode": "freeze"})}


class Unit:
    """One run of the module."""

    def __init__(self, module):
        self.module = module
        self.wanted = module.params
        self.client = Client(module.params)
        self.before, self.after = {}, {}
        self.job = None

    def run(self):
        """Does it; what is to be returned."""
        unit = self._find()
        if self.wanted["state"] == "absent":
            unit = self._deallocate(unit)
        elif unit is None:
            unit = self._allocate()
        else:
            unit = self._change(unit)
        result = dict(changed=self.before != self.after, unit=unit, diff=dict(before=self.before, after=self.after))
        if self.job:
            result["job"] = self.job
        return result

    def _find(self):
        """The unit in all its detail, or None."""
        wanted = self.wanted["compute_id"]
        if wanted is None:
            units = self.client.get("compute_units", "", status="allocated")
            named = [unit for unit in units if (unit["tags"] or {}).get("name") == self.wanted["name"]]
            if len(named) > 1:
                names = ", ".join(unit["compute_id"] for unit in named)
                raise KloigosError("the name %s is that of several units: %s" % (self.wanted["name"], names))
            if not named:
                return None
            wanted = named[0]["compute_id"]
        unit = self.client.get("compute_units", wanted)
        if unit is None:
            raise KloigosError("there is no unit %s" % wanted)
        return unit if unit["status"] == "allocated" else None

    def _allocate(self):
        if self.wanted["compute_id"] is not None:
            raise KloigosError("%s is not allocated; which unit is allocated is not chosen, give a name" % self.wanted["compute_id"])
        keys = self.wanted["ssh_public_keys"]
        if not keys:
            raise KloigosError("ssh_public_keys is needed to allocate a unit")
        tags = dict(self.wanted["tags"], name=self.wanted["name"])
        body = dict(
            cpu_count=self.wanted["cpu_count"] or None,
            region=self.wanted["region"],
            zone=self.wanted["zone"],
            tags=tags,
            ssh_public_key="\n".join(keys),
        )
        if self.wanted["limits"]:
            body["limits"] = self.wanted["limits"]
        self.after = {name: value for name, value in body.items() if value is not None}
        if self.module.check_mode:
            return None
        job = self.client.begin("POST", "compute_units", "allocate", body=body)
        done = self._follow(job)
        if done is None:
            return None
        unit = self.client.get("compute_units", done["compute_id"])
        return self._bring_to_activity(unit)

    def _deallocate(self, unit):
        if unit is None:
            return None
        self.before = dict(compute_id=unit["compute_id"], status="allocated")
        self.after = dict(compute_id=unit["compute_id"], status="free")
        if self.module.check_mode:
            return unit
        job = self.client.begin(
            "DELETE", "compute_units", "deallocate", unit["compute_id"], allocation_id=unit["allocation_id"]
        )
        self._follow(job)
        return self.client.get("compute_units", unit["compute_id"])

    def _change(self, unit):
        self._refuse_another(unit)
        self._keys(unit)
        self._limits(unit)
        if not self.module.check_mode:
            unit = self.client.get("compute_units", unit["compute_id"])
        return self._bring_to_activity(unit)

    def _refuse_another(self, unit):
        """What a tenancy cannot change."""
        for name in ("cpu_count", "region", "zone"):
            wanted = self.wanted[name]
            # Of a unit that is named itself, the default of its CPUs says nothing.
            if name == "cpu_count" and self.wanted["compute_id"] is not None:
                continue
            if wanted and wanted != unit[name]:
                raise KloigosError(
                    "%s has %s %s, not %s; that cannot change while it is allocated"
                    % (unit["compute_id"], name, unit[name], wanted)
                )
        for key, value in self.wanted["tags"].items():
            if (unit["tags"] or {}).get(key) != value:
                self.module.warn("the tag %s of %s is another; tags are given once" % (key, unit["compute_id"]))

    def _keys(self, unit):
        present = {key["fingerprint"] for key in unit["keys"]}
        wanted = {fingerprint(line): line for line in self.wanted["ssh_public_keys"]}
        missing = [line for print_, line in wanted.items() if print_ not in present]
        surplus = sorted(present - set(wanted)) if self.wanted["exclusive_keys"] and wanted else []
        if not missing and not surplus:
            return
        self.before["keys"] = sorted(present)
        self.after["keys"] = sorted((present | set(wanted)) - set(surplus))
        if missing:
            self._work(unit, "POST", "keys", body=self._body(ssh_public_key="\n".join(missing)))
        for one in surplus:
            self._work(unit, "DELETE", "keys", one, reason=self.wanted["reason"])

    def _limits(self, unit):
        differing = {}
        for name, text in self.wanted["limits"].items():
            if name not in unit["limits"]:
                raise KloigosError("there is no limit %s; the limits are %s" % (name, ", ".join(unit["limits"])))
            if amount(text) != unit["limits"][name]:
                differing[name] = text
        if not differing:
            return
        self.before["limits"] = {name: unit["limits"][name] for name in differing}
        self.after["limits"] = {name: amount(text) for name, text in differing.items()}
        self._work(unit, "PATCH", "limits", body=self._body(limits=differing))

    def _bring_to_activity(self, unit):
        wanted = self.wanted["activity"]
        if wanted is None or unit["activity"] == wanted:
            return unit
        self.before["activity"], self.after["activity"] = unit["activity"], wanted
        verb, body = VERBS[wanted]
        self._work(unit, "POST", verb, body=self._body(**body))
        return unit if self.module.check_mode else self.client.get("compute_units", unit["compute_id"])

    def _body(self, **fields):
        return dict(fields, reason=self.wanted["reason"])

    def _work(self, unit, method, *parts, body=None, **query):
        if self.module.check_mode:
            return
        query["allocation_id"] = unit["allocation_id"]
        self._follow(self.client.begin(method, "compute_units", unit["compute_id"], *parts, body=body, **query))

    def _follow(self, job):
        """Waits for a job, where that is wanted."""
        if job is None or not self.wanted["wait"]:
            self.job = job
            return None
        return self.client.follow(job, self.wanted["wait_timeout"])


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


def main():
    """The module."""
    module = AnsibleModule(
        argument_spec=dict(
            connection_arguments(),
            **waiting_arguments(),
            name=dict(type="str"),
            compute_id=dict(type="str"),
            state=dict(type="str", choices=["present", "absent"], default="present"),
            cpu_count=dict(type="int", default=4),
            region=dict(type="str"),
            zone=dict(type="str"),
            tags=dict(type="dict", default={}),
            ssh_public_keys=dict(type="list", elements="str", default=[], no_log=False),
            exclusive_keys=dict(type="bool", default=False, no_log=False),
            limits=dict(type="dict", default={}),
            activity=dict(type="str", choices=["running", "stopped", "frozen"]),
        ),
        required_one_of=[("name", "compute_id")],
        mutually_exclusive=[("name", "compute_id")],
        supports_check_mode=True,
    )
    try:
        module.exit_json(**Unit(module).run())
    except KloigosError as error:
        module.fail_json(msg=str(error))


if __name__ == "__main__":
    main()
