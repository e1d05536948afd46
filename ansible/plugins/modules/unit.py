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
  - A unit that is being allocated has its name already. One in quarantine keeps it, so V(present) takes no other one
    but fails, and V(absent) deallocates it.
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
    description:
      - Whether to wait until the work is done. Without it, only the last piece of work is not waited for, as each
        needs the one before it, and a unit that is still being allocated is left as it is.
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
  description: The work that goes on.
  returned: when O(wait=false) and there is work
  type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.kloigos.cloud.plugins.module_utils.client import (
    Client,
    KloigosError,
    connection_arguments,
    waiting_arguments,
)
from ansible_collections.kloigos.cloud.plugins.module_utils.tenancies import HELD, LIVING, QUARANTINE, Tenancies
from ansible_collections.kloigos.cloud.plugins.module_utils.values import amount, fingerprint

#: How the API calls what a unit is brought to.
VERBS = {"running": ("start", {}), "stopped": ("stop", {"mode": "stop"}), "frozen": ("stop", {"mode": "freeze"})}


class Unit:
    """One run of the module."""

    def __init__(self, module):
        self.module = module
        self.wanted = module.params
        self.client = Client(module.params)
        self.tenancies = Tenancies(self.client)
        self.before, self.after = {}, {}
        self.job = None

    def run(self):
        """Does it; what is to be returned."""
        unit = self._absent() if self.wanted["state"] == "absent" else self._present()
        result = dict(changed=self.before != self.after, unit=unit, diff=dict(before=self.before, after=self.after))
        if self.job:
            result["job"] = self.job
        return result

    def _present(self):
        unit = self._meant()
        if unit is None:
            return self._allocate()
        if unit["status"] in QUARANTINE:
            said = (unit["compute_id"], unit["status"], unit["reason"], unit["next_action"])
            raise KloigosError("%s is %s: %s; next: %s (state: absent)" % said)
        if unit["status"] == "allocating" and not self.module.check_mode:
            job = self.tenancies.job_of(unit)
            self._wait_for(job)
            unit = self.tenancies.made_by(job)
            if self.job:
                return unit
        return self._change(unit)

    def _meant(self):
        """The unit that is to be as it is wanted, or None."""
        if self.wanted["compute_id"] is None:
            return self.tenancies.named(self.wanted["name"])
        unit = self.tenancies.unit(self.wanted["compute_id"])
        if unit["status"] not in LIVING + QUARANTINE:
            said = (unit["compute_id"], unit["status"])
            raise KloigosError("%s is %s; which unit is allocated is not chosen, give a name" % said)
        return unit

    def _allocate(self):
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
        self._wait_for(job)
        if self.wanted["activity"]:
            self._finish()
        return self._bring_to_activity(self.tenancies.made_by(job))

    def _absent(self):
        compute_id = None
        for unit in self._held():
            compute_id = unit["compute_id"]
            if unit["status"] != "deallocating":
                self.before[compute_id], self.after[compute_id] = unit["status"], "free"
            if not self.module.check_mode:
                self._deallocate(unit)
        return compute_id and self.tenancies.unit(compute_id)

    def _held(self):
        """The units whose tenancy is to end."""
        if self.wanted["compute_id"] is None:
            return self.tenancies.held(self.wanted["name"])
        unit = self.tenancies.unit(self.wanted["compute_id"])
        return [unit] if unit["status"] in HELD else []

    def _deallocate(self, unit):
        compute_id, tenancy = unit["compute_id"], self.tenancies.of(unit)
        if unit["status"] == "allocating" and self.wanted["wait"]:
            # Whichever unit it is for by then, and however that ends.
            over = self.client.await_end(self.tenancies.job_of(unit), self.wanted["wait_timeout"])
            compute_id = over["compute_id"]
        try:
            self._begin("DELETE", "deallocate", compute_id, allocation_id=tenancy)
        except KloigosError:
            now = self.tenancies.unit(compute_id)
            if now["status"] in HELD and now["allocation_id"] in (None, tenancy):
                raise

    def _change(self, unit):
        self._refuse_another(unit)
        self._keys(unit)
        self._limits(unit)
        if not self.module.check_mode:
            unit = self.tenancies.unit(unit["compute_id"])
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
        return unit if self.module.check_mode else self.tenancies.unit(unit["compute_id"])

    def _body(self, **fields):
        return dict(fields, reason=self.wanted["reason"])

    def _work(self, unit, method, *parts, body=None, **query):
        if self.module.check_mode:
            return
        self._begin(method, unit["compute_id"], *parts, body=body, allocation_id=unit["allocation_id"], **query)

    def _begin(self, method, *parts, **more):
        """Begins work, once what was begun before is done."""
        self._finish()
        self._wait_for(self.client.begin(method, "compute_units", *parts, **more))

    def _wait_for(self, job):
        self.job = job
        if self.wanted["wait"]:
            self._finish()

    def _finish(self):
        job, self.job = self.job, None
        if job:
            self.client.follow(job, self.wanted["wait_timeout"])


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
