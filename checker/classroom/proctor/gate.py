"""Who may see the class: whoever knows the token, at an address that is the page's own.

The token comes once in the page's URL and then in a cookie that no script can read. A request that
names another host is a stranger's page that had its name point here (DNS rebinding): refused.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit


class Gate:
    """The door of one page at `port`; `names` are the hosts that it may be called by."""

    def __init__(
        self, port: int, names: Iterable[str] = (), *, is_secure: bool = False, token: str = ""
    ) -> None:
        self.token = token or secrets.token_urlsafe(24)
        self.is_secure = is_secure
        self.cookie = f"dockdojo-proctor-{port}"
        known = {"localhost", socket.gethostname(), socket.getfqdn(), *names}
        self._names = {name.lower().rstrip(".") for name in known}

    def knows(self, token: str | None) -> bool:
        """Whether this is the token, in a time that tells nothing of it."""
        given = (token or "").encode("utf-8", "replace")
        return hmac.compare_digest(given, self.token.encode())

    def is_own_host(self, header: str) -> bool:
        """Whether a Host header names this page. An address as such can't be pointed elsewhere."""
        try:
            name = urlsplit(f"//{header}").hostname or ""
        except ValueError:
            return False
        return name.rstrip(".") in self._names or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
