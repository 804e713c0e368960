"""Fake engines, for what a real one can't be brought to do: lie, trickle, break off, say nothing.

A fake is a thread that listens on a Unix socket and gives each request to one function, which
writes whatever bytes it likes.
"""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.engine.accepting import Accepting, at_path

Behaviour = Callable[[socket.socket, str], object]
"""Given the connection and what was asked for ("/version"); writes the answer."""


class FakeEngine:
    """Not an engine: something that listens where one could be. Counts what it was asked."""

    def __init__(self, path: Path, behave: Behaviour) -> None:
        self.address = f"unix://{path}"
        self.asked: list[str] = []
        self._behave = behave
        self._accepting = Accepting(at_path(path), self._serve)

    @property
    def connections(self) -> int:
        """How many there were."""
        return self._accepting.connections

    def close(self) -> None:
        self._accepting.close()

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as asked, contextlib.suppress(OSError, ValueError):
            while first := asked.readline():
                while asked.readline() not in (b"\r\n", b""):
                    pass
                target = first.decode("latin-1").split(" ")[1]
                self.asked.append(target)
                self._behave(client, target)


@contextlib.contextmanager
def fake_engine(folder: Path, behave: Behaviour) -> Iterator[FakeEngine]:
    """A fake engine that listens in `folder` until the block ends."""
    engine = FakeEngine(folder / f"fake{len(list(folder.iterdir()))}.sock", behave)
    try:
        yield engine
    finally:
        engine.close()


def answer(
    body: bytes | str | object = b"",
    *,
    status: str = "200 OK",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A whole HTTP answer; anything but bytes and text is sent as JSON."""
    if not isinstance(body, bytes | str):
        body = json.dumps(body)
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(raw)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + raw


def always(raw: bytes, *, hang_up: bool = False) -> Behaviour:
    """Gives the same bytes to every request; `hang_up`: and closes the connection after them."""

    def behave(connection: socket.socket, _: str) -> None:
        connection.sendall(raw)
        if hang_up:
            connection.shutdown(socket.SHUT_RDWR)

    return behave


def paths(answers: Mapping[str, object]) -> Behaviour:
    """JSON by path (without the query); 404 for everything else, as an engine does."""

    def behave(connection: socket.socket, target: str) -> None:
        path = target.partition("?")[0]
        if path in answers:
            connection.sendall(answer(json.dumps(answers[path])))
        else:
            connection.sendall(answer({"message": "no such thing"}, status="404 Not Found"))

    return behave


def say_nothing(connection: socket.socket, target: str) -> None:
    """Takes the request and never answers."""
