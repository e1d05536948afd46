#!/usr/bin/python
# Copyright: the Kloigos authors
# Apache-2.0
"""A server that is cut into units, or is given back."""

from __future__ import annotations

DOCUMENTATION = r"""
module: server
short_description: Cuts servers into Kloigos compute units, and gives them back
description:
  - Sees to it that a server is cut into these units, or that nothing of Kloigos is on it.
  - A server that is cut otherwise is never cut anew silently; the module fails and says what differs.
  - Work on it that is under way is waited for first. A server on which an init failed is cut again, or decommissioned;
    of one on which a decommission failed only the latter is possible.
extends_documentation_fragment: kloigos.cloud.connection
options:
  name:
    description: What the server is called.
    type: str
    required: true
  state:
    description: V(present) cuts it into units, V(absent) decommissions it.
    type: str
    choices: [present, absent]
    default: present
  ip:
    description: Its address. Needed to cut it.
    type: str
  region:
    description: Its region. Needed to cut it.
    type: str
  zone:
    description: Its zone. Needed to cut it.
    type: str
  cpu_ranges:
    description: The CPUs of each unit, such as V(0-15), V(0-15,64-79) or V(0-7:2). Needed to cut it.
    type: list
    elements: str
    default: []
  ssh_port:
    description: The port of its SSH daemon.
    type: int
  ssh_user:
    description: The login, in place of the control plane's setting.
    type: str
  host_key:
    description: Its host key; another one is refused.
    type: str
  limits:
    description: What each unit may use, such as V(memory_max=4G).
    type: dict
    default: {}
  options:
    description:
      - Further fields of the init, as the API calls them, such as V(first_port), V(warm), V(confine_host),
        V(decline) and V(volumes). They count when the server is cut and are not compared later.
    type: dict
    default: {}
  force:
    description: With O(state=absent), deallocates its units first; all their data is wiped.
    type: bool
    default: false
  wait:
    description: Whether to wait until the work is done, and before that for other work that is under way.
    type: bool
    default: true
  wait_timeout:
    description: How long, in seconds, to wait for each piece of work.
    type: int
    default: 600
  reason:
    description: Why, in one line; for what the API keeps a reason of.
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
- name: A server of four units
  kloigos.cloud.server:
    name: host1
    ip: 192.0.2.11
    region: eu
    zone: a
    cpu_ranges: [0-15, 16-31, 32-47, 48-63]
  delegate_to: localhost
"""

RETURN = r"""
server:
  description: The server as the API shows it, with its units; null when there is none.
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
from ansible_collections.kloigos.cloud.plugins.module_utils.values import cpu_set

#: States in which a server is cut, or will be by itself.
CUT = ("ready", "cordoned", "initializing")
#: States in which nothing of ours is on a server, or will be by itself.
GONE = ("decommissioned", "decommissioning")
#: States in which a server is worked on, by a job of that kind.
AT_WORK = ("initializing", "decommissioning")


class Server:
    """One run of the module."""

    def __init__(self, module):
        self.module = module
        self.wanted = module.params
        self.client = Client(module.params)
        self.job = None

    def run(self):
        """Does it; what is to be returned."""
        server = self._rested()
        status = server["status"] if server else "decommissioned"
        if self.wanted["state"] == "absent":
            changed = status not in GONE
            before, after = (layout(server) if changed else {}), {}
        else:
            changed = self._is_to_be_cut(server, status)
            before, after = ({}, self._wanted_layout()) if changed else (layout(server), layout(server))
        if changed and not self.module.check_mode:
            self._work()
            server = self._server()
        result = dict(changed=changed, server=server, diff=dict(before=before, after=after))
        if self.job:
            result["job"] = self.job
        return result

    def _server(self):
        return self.client.get("servers", self.wanted["name"])

    def _rested(self):
        """The server, once nobody works on it, where that is waited for."""
        server = self._server()
        if server is None or server["status"] not in AT_WORK or self.module.check_mode:
            return server
        job = self.client.get("jobs", kind=server["status"], hostname=server["hostname"], limit=1)[0]["id"]
        if not self.wanted["wait"]:
            self.job = job
            return server
        # What is to go may go however that ends.
        wait = self.client.await_end if self.wanted["state"] == "absent" else self.client.follow
        wait(job, self.wanted["wait_timeout"])
        return self._server()

    def _is_to_be_cut(self, server, status):
        if status == "decommission_fail":
            said = (server["hostname"], status, server["reason"], server["next_action"])
            raise KloigosError("%s is %s: %s; next: %s (state: absent)" % said)
        if status in CUT:
            self._refuse_another(layout(server), self._wanted_layout())
        return status not in CUT

    def _wanted_layout(self):
        units = [sorted(cpu_set(text)) for text in self.wanted["cpu_ranges"]]
        wanted = {name: self.wanted[name] for name in ("ip", "region", "zone")}
        return dict(wanted, units=sorted(units))

    def _refuse_another(self, have, want):
        differing = [name for name in want if want[name] and want[name] != have[name]]
        if differing:
            said = ", ".join("%s is %s, not %s" % (name, have[name], want[name]) for name in differing)
            raise KloigosError(
                "%s is cut otherwise: %s; decommission it first (state: absent)" % (self.wanted["name"], said)
            )

    def _work(self):
        if self.wanted["state"] == "absent":
            force = "true" if self.wanted["force"] else None
            job = self.client.begin("DELETE", "admin", "decommission_server", self.wanted["name"], force=force)
        else:
            job = self.client.begin("POST", "admin", "init_server", body=self._body())
        if job is not None and self.wanted["wait"]:
            self.client.follow(job, self.wanted["wait_timeout"])
        else:
            self.job = job

    def _body(self):
        body = dict(self.wanted["options"], hostname=self.wanted["name"])
        for name in ("ip", "region", "zone", "cpu_ranges", "ssh_port", "ssh_user", "host_key", "limits"):
            if self.wanted[name]:
                body[name] = self.wanted[name]
        return body


def layout(server):
    """What of a server is compared."""
    units = [sorted(cpu_set(unit["cpu_range"])) for unit in server["units"]]
    return dict(ip=server["ip"], region=server["region"], zone=server["zone"], units=sorted(units))


def main():
    """The module."""
    module = AnsibleModule(
        argument_spec=dict(
            connection_arguments(),
            **waiting_arguments(),
            name=dict(type="str", required=True),
            state=dict(type="str", choices=["present", "absent"], default="present"),
            ip=dict(type="str"),
            region=dict(type="str"),
            zone=dict(type="str"),
            cpu_ranges=dict(type="list", elements="str", default=[]),
            ssh_port=dict(type="int"),
            ssh_user=dict(type="str"),
            host_key=dict(type="str", no_log=False),
            limits=dict(type="dict", default={}),
            options=dict(type="dict", default={}),
            force=dict(type="bool", default=False),
        ),
        required_if=[("state", "present", ("ip", "region", "zone", "cpu_ranges"))],
        supports_check_mode=True,
    )
    try:
        module.exit_json(**Server(module).run())
    except KloigosError as error:
        module.fail_json(msg=str(error))


if __name__ == "__main__":
    main()
