# Copyright: the Kloigos authors
# Apache-2.0
"""Units as hosts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: kloigos
short_description: Kloigos compute units
description:
  - The units of a Kloigos control plane as hosts, by their names, such as V(host1_0-15).
  - They are in the groups C(region_NAME), C(zone_NAME), C(status_NAME), C(tag_KEY_VALUE), and in those that
    the tag V(groups) names. What is no letter, digit or underscore becomes an underscore.
  - Host variables are C(compute_id), C(kloigos_server), C(region), C(zone), C(cpu_count), C(cpu_list),
    C(cpu_range), C(memory_nodes), C(ports_range), C(port_first), C(port_last), C(unit_dir), C(unit_user),
    C(kloigos_status), C(kloigos_tags) and C(allocation_id).
  - Tenants choose tags. All texts are marked unsafe, so that none of them is ever taken for a template.
extends_documentation_fragment:
  - kloigos.cloud.connection
  - constructed
  - inventory_cache
options:
  plugin:
    description: The name of this plugin.
    required: true
    choices: [kloigos.cloud.kloigos]
  status:
    description: Only units in this state; V(all) for every one.
    type: str
    default: allocated
  hostname:
    description: Only units of this server.
    type: str
  region:
    description: Only units in this region.
    type: str
  zone:
    description: Only units in this zone.
    type: str
  deployment_id:
    description: Only units whose tag V(deployment_id) is this.
    type: str
  connection_vars:
    description:
      - Set C(ansible_host), C(ansible_port) and C(ansible_user). Turn it off to set them by other means.
    type: bool
    default: true
  known_hosts:
    description:
      - A file to write the servers' host keys to, as the control plane pinned them. SSH is then told to
        believe these and no others, by C(ansible_ssh_common_args).
    type: path
  tag_groups:
    description: Put units into the groups that their tag V(groups) names.
    type: bool
    default: true
"""

EXAMPLES = r"""
# units.kloigos.yml, with KLOIGOS_TOKEN in the environment
plugin: kloigos.cloud.kloigos
url: https://kloigos.example
zone: a
known_hosts: ./units.known_hosts
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /tmp/kloigos-inventory
keyed_groups:
  - key: kloigos_tags.team
    prefix: team
compose:
  http_port: port_first
"""

import base64
import binascii
import ipaddress
import os
import re
import tempfile

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.kloigos.cloud.plugins.module_utils.client import Client, KloigosError

FILTERS = ("hostname", "region", "zone", "deployment_id")
#: Groups that mean something else to Ansible.
TAKEN = ("all", "ungrouped", "localhost")
WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*\Z")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """The inventory plugin."""

    NAME = "kloigos.cloud.kloigos"

    def verify_file(self, path):
        """Whether a file may be ours, by its name."""
        names = ("kloigos.yml", "kloigos.yaml")
        return super().verify_file(path) and path.endswith(names)

    def parse(self, inventory, loader, path, cache=True):
        """Fills the inventory."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        try:
            units, servers = self._seen(path, cache)
            for unit in units:
                self._add(unit, servers.get(unit["hostname"]))
            self._write_known_hosts(servers.values())
        except KloigosError as error:
            raise AnsibleParserError("kloigos: %s" % error) from None

    def _seen(self, path, cache):
        """Units and servers, from the cache where that is wanted. It keeps what the API said, and no
        marks of ours, which would be lost in it."""
        key = self.get_cache_key(path)
        if cache and self.get_option("cache"):
            try:
                kept = self._cache[key]
                return kept["units"], kept["servers"]
            except KeyError:
                pass
        client = Client({name: self._text(name) for name in ("url", "token", "token_file", "ca_file", "timeout")})
        query = {name: self._text(name) for name in FILTERS}
        if self._text("status") != "all":
            query["status"] = self._text("status")
        units = client.get("compute_units", "", **query)
        servers = {server["hostname"]: server for server in client.get("servers")}
        if self.get_option("cache"):
            self._cache[key] = {"units": units, "servers": servers}
        return units, servers

    def _text(self, name):
        """An option, which may be a template of the operator's."""
        value = self.get_option(name)
        return self.templar.template(value) if isinstance(value, str) else value

    def _add(self, unit, server):
        name = unit["compute_id"]
        if not WORD.match(name):
            raise KloigosError("the control plane names a unit %r" % name)
        self.inventory.add_host(name)
        for variable, value in self._variables(unit, server).items():
            self.inventory.set_variable(name, variable, wrap_var(value))
        for group in self._groups(unit):
            self.inventory.add_group(group)
            self.inventory.add_host(name, group)
        strict = self.get_option("strict")
        variables = self.inventory.get_host(name).get_vars()
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)

    def _variables(self, unit, server):
        variables = {
            name: unit[name]
            for name in (
                "compute_id",
                "region",
                "zone",
                "cpu_count",
                "cpu_list",
                "cpu_range",
                "memory_nodes",
                "ports_range",
                "allocation_id",
            )
        }
        # A unit is called after its server and its CPUs, its directories after its CPUs.
        cpus = unit["compute_id"][len(unit["hostname"]) + 1 :]
        variables.update(
            kloigos_server=unit["hostname"],
            kloigos_status=unit["status"],
            kloigos_tags=unit["tags"] or {},
            unit_dir="/opt/c" + cpus,
            unit_user=unit["user"],
        )
        if unit["ports_range"]:
            first, _dash, end = unit["ports_range"].partition("-")
            variables.update(port_first=int(first), port_last=int(end) - 1)
        if self.get_option("connection_vars"):
            variables.update(self._connection(unit, server))
        return variables

    def _connection(self, unit, server):
        if not WORD.match(unit["user"]):
            raise KloigosError("the control plane names a user %r" % unit["user"])
        connection = {"ansible_host": _ip(unit["ip"]), "ansible_user": unit["user"]}
        if server:
            connection["ansible_port"] = int(server["ssh_port"])
        known = self._known_hosts()
        if known and server and server["host_key"]:
            connection["ansible_ssh_common_args"] = (
                "-o UserKnownHostsFile=%s -o GlobalKnownHostsFile=/dev/null -o HostKeyAlias=%s"
                " -o StrictHostKeyChecking=yes -o UpdateHostKeys=no" % (known, _alias(server))
            )
        return connection

    def _groups(self, unit):
        groups = ["%s_%s" % (name, _word(unit[name])) for name in ("region", "zone", "status")]
        for key, value in (unit["tags"] or {}).items():
            values = value if isinstance(value, list) else [value]
            if key != "groups":
                groups.extend("tag_%s_%s" % (_word(key), _word(value)) for value in values)
            elif self.get_option("tag_groups"):
                groups.extend(_group(value) for value in values if str(value))
        return groups

    def _known_hosts(self):
        known = self._text("known_hosts")
        if not known:
            return None
        known = os.path.abspath(os.path.expanduser(known))
        if not re.match(r"[A-Za-z0-9/._-]+\Z", known):
            raise KloigosError("known_hosts is %r; SSH would not take that for a file's name" % known)
        return known

    def _write_known_hosts(self, servers):
        known = self._known_hosts()
        if not known:
            return
        lines = sorted(_alias(server) + " " + _key(server["host_key"]) for server in servers if server["host_key"])
        try:
            with tempfile.NamedTemporaryFile("w", dir=os.path.dirname(known), delete=False) as file:
                file.write("".join(line + "\n" for line in lines))
            os.replace(file.name, known)
        except OSError as error:
            raise KloigosError("failed to write %s: %s" % (known, error)) from None


def _ip(text):
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise KloigosError("the control plane names an address %r" % text) from None


def _alias(server):
    if not WORD.match(server["hostname"]):
        raise KloigosError("the control plane names a server %r" % server["hostname"])
    return server["hostname"]


def _key(text):
    """`type base64` of a host key, whatever comes behind."""
    kind, _space, rest = text.partition(" ")
    blob = rest.split(" ")[0]
    try:
        sound = WORD.match(kind) and base64.b64decode(blob, validate=True)
    except (ValueError, binascii.Error):
        sound = False
    if not sound:
        raise KloigosError("the control plane names a host key %r" % text)
    return "%s %s" % (kind, blob)


def _word(value):
    return re.sub(r"[^A-Za-z0-9]", "_", str(value))


def _group(value):
    """A tenant must not put a unit among everybody's or nobody's."""
    name = _word(value)
    if name in TAKEN:
        return "tag_" + name
    return "_" + name if name[0].isdigit() else name
