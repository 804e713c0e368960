"""Reading what a container serves over HTTP: an app, or a registry. GET only, never redirected.

The container itself is asked, at its own address on the engine's networks, so that no other
listener can answer in its place. Where that address can't be reached from here (another machine,
Docker Desktop), the port that it publishes is asked instead.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from checker.engine.address import Address
from checker.engine.objects import Container
from checker.engine.transport import Connection
from checker.engine.turns import Turn

TIME_LIMIT = 3.0
"""Seconds for one whole answer."""

SIZE_LIMIT = 4 * 1024 * 1024
"""Bytes of one answer; the rest is not read."""


@dataclass(frozen=True)
class Reply:
    """What a service answered. Header names are in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body's JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def ask(
    engine: Address,
    container: Container,
    port: int,
    path: str,
    headers: Mapping[str, str] | None = None,
    *,
    machine: Sequence[str] = (),
    seconds: float = TIME_LIMIT,
    turn: Turn | None = None,
) -> Reply | None:
    """What `container` answers to GET `path` at its own `port`; None where nothing answers.

    `machine` are addresses of the engine's machine, for one that is on that machine's network.
    `turn` is given up in a longer wait.
    """
    deadline = time.monotonic() + min(TIME_LIMIT, seconds)
    for host, at in _places(engine, container, port, machine):
        try:
            place = Address(f"http://{host}:{at}", "tcp", host, at)
            return _get(Connection(place, turn=turn), path, headers, deadline)
        except ConnectionRefusedError:
            # It is there and does not listen. Who listens where it would be published is another.
            if host in container.addresses:
                return None
        except (OSError, http.client.HTTPException, UnicodeError):
            continue  # an address or a path that is none is a UnicodeError
    return None


def _places(
    engine: Address, container: Container, port: int, machine: Sequence[str]
) -> Iterator[tuple[str, int]]:
    """Where the port may be reached from here, the surest place first."""
    if engine.scheme == "unix":
        for address in (*container.addresses, *machine):
            yield address, port
    here = "127.0.0.1" if engine.scheme == "unix" else engine.host.rpartition("@")[2]
    if container.is_on_the_machines_network:
        yield here, port
    for _, published in container.published(port):
        yield here, published


def _get(
    connection: Connection, path: str, headers: Mapping[str, str] | None, deadline: float
) -> Reply:
    connection.set_deadline(deadline)
    try:
        response = connection.get(path, headers)
        body = response.read(SIZE_LIMIT)
        if len(body) < SIZE_LIMIT and response.length:
            raise http.client.IncompleteRead(body, response.length)
    finally:
        connection.close()
    return Reply(response.status, body, dict(response.getheaders()))
