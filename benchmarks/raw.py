"""The yardstick: the same requests as raw HTTP, one after another, and nothing else.

It brings in nothing of dockdojo, so that as a process of its own it pays for nothing of it.
"""

from __future__ import annotations

import http.client
import json
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Ask(NamedTuple):
    """One GET: of the engine (a `host` of ""), or of what a container serves."""

    target: str
    host: str = ""
    port: int = 0


class Raw:
    """Asks an engine over one connection that stays open, as `http.client` does, and nothing else.

    A service is asked over a connection of its own; one that is not there costs the attempt.
    """

    def __init__(self, path: str) -> None:
        self._engine = http.client.HTTPConnection("localhost")
        self._engine.sock = socket.socket(socket.AF_UNIX)
        self._engine.sock.connect(path)

    def ask(self, asks: Iterable[Ask]) -> None:
        for target, host, port in asks:
            if not host:
                self._engine.request("GET", target)
                self._engine.getresponse().read()
                continue
            service = http.client.HTTPConnection(host, port)
            with suppress(OSError):
                service.request("GET", target)
                service.getresponse().read()
            service.close()

    def close(self) -> None:
        self._engine.close()


def main() -> None:
    """Asks each of the engines at the sockets that one file names for all that another lists."""
    asks = [Ask(*row) for row in json.loads(Path(sys.argv[1]).read_text())]
    for path in Path(sys.argv[2]).read_text().splitlines():
        raw = Raw(path)
        raw.ask(asks)
        raw.close()


if __name__ == "__main__":
    main()
