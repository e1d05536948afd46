# Copyright: the Kloigos authors
# Apache-2.0
"""The options by which everything of the collection finds the control plane."""

from __future__ import annotations


class ModuleDocFragment:
    """Documented once."""

    DOCUMENTATION = r"""
options:
  url:
    description:
      - The control plane's address, such as V(https://kloigos.example).
      - A token is sent to another machine over HTTPS only, unless the environment has
        E(KLOIGOS_PLAIN_HTTP=1). The proxies of the environment count for HTTPS only.
      - Without it, E(KLOIGOS_URL), and V(http://127.0.0.1:8000) after that.
    type: str
  token:
    description:
      - The token. Without it, E(KLOIGOS_TOKEN), or the content of O(token_file).
    type: str
  token_file:
    description:
      - A file that holds the token. Without it, E(KLOIGOS_TOKEN_FILE).
    type: path
  ca_file:
    description:
      - A file of certificates (PEM) to trust in place of the system's. Without it,
        E(KLOIGOS_CA_FILE).
    type: path
  timeout:
    description:
      - How long, in seconds, one answer may take. Work is waited for with O(wait_timeout), where
        there is work.
    type: int
    default: 30
"""
