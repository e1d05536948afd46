# Copyright: the Kloigos authors
# Apache-2.0
"""Calls of the Kloigos API, and work followed to its end."""

from __future__ import annotations

import ipaddress
import json
import os
import time
import uuid
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit

from ansible.module_utils.urls import ConnectionError as ConnectingError
from ansible.module_utils.urls import open_url

USUAL = "http://127.0.0.1:8000"
#: What a proxy answers while the control plane behind it is away, and that itself while its database is.
AWAY = (502, 503, 504)
#: How long, in seconds, one that has answered before may be away, as while it is upgraded.
PATIENCE = 30


class KloigosError(Exception):
    """What went wrong, in words for the operator."""

    def __init__(self, message, status=None):
        super().__init__(message)
        self.status = status


class LostError(KloigosError):
    """No answer of a control plane came; one may when the call is made again."""


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
        self.answered = False

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
        over = self.await_end(job, timeout)
        if over["status"] != "succeeded":
            action = "; " + over["next_action"] if over["next_action"] else ""
            raise KloigosError("%s %s: %s (job %s)%s" % (over["kind"], over["status"], over["reason"], job, action))
        return over

    def await_end(self, job, timeout):
        """Waits until a job is over, however it ends; what it then is."""
        end = time.monotonic() + timeout
        pause = 0.05
        while True:
            now = self.get("jobs", job)
            if now is None:
                raise KloigosError("the control plane does not know its job %s" % job)
            if now["status"] in ("succeeded", "failed", "cancelled"):
                return now
            if time.monotonic() > end:
                raise KloigosError("job %s is not done within %s seconds; it goes on" % (job, timeout))
            time.sleep(pause)
            pause = min(pause * 1.5, 2)

    def _call(self, method, parts, query, body=None, key=None):
        """What is answered, and the job that began. Any call may be made again: it changes nothing or
        has a key. Whoever never answered is not waited for, as the address may be wrong."""
        path = "/api/" + "/".join(quote(str(part), safe="") for part in parts)
        query = {name: value for name, value in query.items() if value is not None}
        if query:
            path += "?" + urlencode(query)
        request = dict(method=method, headers=self._headers(key))
        if body is not None:
            request["headers"]["Content-Type"] = "application/json"
            request["data"] = json.dumps(body)
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self._once(path, request)
            except LostError:
                if not self.answered or time.monotonic() > end:
                    raise
            time.sleep(1)

    def _headers(self, key):
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        if key:
            headers["Idempotency-Key"] = key
        return headers

    def _once(self, path, request):
        try:
            answer = open_url(
                self.url + path,
                timeout=self.timeout,
                ca_path=self.ca_file,
                follow_redirects="no",
                # Without TLS a proxy would read the token.
                use_proxy=self.url.startswith("https:"),
                http_agent="kloigos.cloud",
                force_basic_auth=False,
                **request,
            )
            text = answer.read()
        except HTTPError as error:
            raise self._refusal(error) from None
        except (OSError, HTTPException, ConnectingError, ValueError) as error:
            raise LostError("%s does not answer: %s" % (self.url, error)) from None
        try:
            body = json.loads(text) if text else None
        except ValueError:
            raise self._stranger("no JSON") from None
        self.answered = True
        return body, answer.headers.get("Kloigos-Job")

    def _refusal(self, error):
        """What an answer that is no success means."""
        said = _said(error)
        if error.code in AWAY:
            return LostError("%s does not answer: %s" % (self.url, said or "status %s" % error.code))
        if said is None:
            return self._stranger("status %s without a reason" % error.code)
        self.answered = True
        return KloigosError(said, error.code)

    def _stranger(self, said):
        return KloigosError("%s is no Kloigos control plane, its answer is %s" % (self.url, said))


def _said(error):
    """The sentence of an answer that is no success; of a 422, every fault with its place. None when it
    is no answer of a control plane."""
    try:
        detail = json.loads(error.read())["detail"]
        return detail if isinstance(detail, str) else "; ".join(_fault(fault) for fault in detail)
    except (OSError, HTTPException, ValueError, LookupError, TypeError, AttributeError):
        return None


def _fault(fault):
    place = ".".join(str(part) for part in fault["loc"][1:])
    return "%s: %s" % (place, fault["msg"].replace("Value error, ", "", 1))


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
