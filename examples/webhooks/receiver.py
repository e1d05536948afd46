#!/usr/bin/env python3
"""A receiver of webhooks: verifies each message, and prints what it tells.

Writes its URL to receiver.url and its process id to receiver.pid, and reads the
secret from the file chat.secret. Needs nothing but Python.
"""

import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

TOLERANCE = 5 * 60  # seconds


def is_genuine(secret: str, headers, body: bytes) -> bool:
    """Whether the holder of the secret sent this, lately."""
    sent_at = headers["webhook-timestamp"]
    if abs(time.time() - int(sent_at)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    mine = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    theirs = headers["webhook-signature"].split()
    return any(hmac.compare_digest(f"v1,{mine}", one) for one in theirs)


class Receiver(BaseHTTPRequestHandler):
    seen: set[str] = set()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if not is_genuine(Path("chat.secret").read_text().strip(), self.headers, body):
            self.answer(401)
            return
        # A message that comes again has the same id.
        if self.headers["webhook-id"] not in self.seen:
            self.seen.add(self.headers["webhook-id"])
            message = json.loads(body)
            print(message["type"], message["data"].get("detail", ""), flush=True)
        self.answer(204)

    def answer(self, status: int):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
Path("receiver.pid").write_text(str(os.getpid()))
Path("receiver.url").write_text(f"http://127.0.0.1:{server.server_port}/kloigos")
server.serve_forever()
