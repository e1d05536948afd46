# Copyright: the Kloigos authors
# Apache-2.0
"""Calls of the Kloigos API, and work followed to its end."""

from __future__ import annotations

import ipaddress
import json
import os
import time
import uuid
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit

from ansible.module_utils.urls import open_url

USUAL = "http://127.0.0.1:8000"


class KloigosError(Exception):
    """What went wrong, in words for the operator."""

    def __init__(self, message, status=None):
        super().__init__(message)
        self.status = status


def connection_arguments():
    """The options of a module by which it finds the control plane."""
    return dict(
        url=dict(type="str"),
        token=dict(type="str", no_log=True),
        token_file=dict(type="path", no_log=False),
        ca_file=dict(type="path"),
        timeout=dict(type="int", default=30),
    )


def waiting_arguments():
    """The options of a module whose work takes time."""
    return dict(
        wait=dict(type="bool", default=True),
        wait_timeout=dict(type="int", default=600),
        reason=dict(type="str"),
    )


class Client:
    """A control plane."""

    def __init__(self, options):
        self.url = _address(options.get("url") or os.environ.get("KLOIGOS_URL") or USUAL)
        self.token = _token(options)
        self.ca_file = options.get("ca_file") or os.environ.get("KLOIGOS_CA_FILE") or None
        self.timeout = options.get("timeout") or 30

    def get(self, *parts, **query):
        """What is; None when there is no such thing."""
        try:
            return self._call("GET", parts, query)[0]
        except KloigosError as error:
            if error.status == 404:
                return None
            raise

    def begin(self, method, *parts, body=None, **query):
        """Begins work and returns the id of its job, or None when nothing was to be done."""
        query["wait"] = "false"
        return self._call(method, parts, query, body, str(uuid.uuid4()))[1]

    def follow(self, job, timeout):
        """Waits until a job has succeeded; what it then is."""
        end = time.monotonic() + timeout
        pause = 0.05
        while True:
            now = self.get("jobs", job)
            if now is None:
                raise KloigosError("the control plane does not know its job %s" % job)
            if now["status"] == "succeeded":
                return now
            if now["status"] in ("failed", "cancelled"):
                raise KloigosError("%s %s: %s (job %s)" % (now["kind"], now["status"], now["reason"], job))
            if time.monotonic() > end:
                raise KloigosError("job %s is not done within %s seconds; it goes on" % (job, timeout))
            time.sleep(pause)
            pause = min(pause * 1.5, 2)

    def _call(self, method, parts, query, body=None, key=None):
        path = "/api/" + "/".join(quote(str(part), safe="") for part in parts)
        query = {name: value for name, value in query.items() if value is not None}
        if query:
            path += "?" + urlencode(query)
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        if key:
            headers["Idempotency-Key"] = key
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body)
        try:
            answer = open_url(
                self.url + path,
                method=method,
                headers=headers,
                data=data,
                timeout=self.timeout,
                ca_path=self.ca_file,
                follow_redirects="no",
                http_agent="kloigos.cloud",
                force_basic_auth=False,
            )
            text = answer.read()
        except HTTPError as error:
            raise KloigosError(_said(error), error.code) from None
        except (URLError, OSError, ValueError) as error:
            raise KloigosError("%s does not answer: %s" % (self.url, error)) from None
        return (json.loads(text) if text else None), answer.headers.get("Kloigos-Job")


def _said(error):
    """The sentence of an answer that is no success; of a 422, every fault with its place."""
    try:
        detail = json.loads(error.read())["detail"]
    except (ValueError, KeyError, TypeError):
        return "the control plane answers %s" % error.code
    if isinstance(detail, str):
        return detail
    faults = (
        "%s: %s" % (".".join(str(part) for part in fault["loc"][1:]), fault["msg"].replace("Value error, ", "", 1))
        for fault in detail
    )
    return "; ".join(faults)


def _address(url):
    """An address that a token may be sent to: encrypted, or on this machine."""
    url = url.rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.path:
        raise KloigosError("%r is no address of a control plane; one is like https://kloigos.example" % url)
    plain = parts.scheme == "http" and os.environ.get("KLOIGOS_PLAIN_HTTP") != "1"
    if plain and not _is_loopback(parts.hostname):
        raise KloigosError("%s is another machine and not encrypted; a token sent there can be read on the way" % url)
    return url


def _is_loopback(host):
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _token(options):
    file = options.get("token_file") or os.environ.get("KLOIGOS_TOKEN_FILE")
    token = options.get("token")
    if not token and file:
        try:
            with open(file, encoding="ascii") as stream:
                token = stream.read()
        except (OSError, ValueError) as error:
            raise KloigosError("failed to read the token from %s: %s" % (file, error)) from None
    token = (token or os.environ.get("KLOIGOS_TOKEN") or "").strip()
    if any(not "!" <= char <= "~" for char in token):
        raise KloigosError("a token is one word of visible characters")
    return token


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
