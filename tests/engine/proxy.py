"""A recording proxy in front of a real engine: what is asked of it goes on, and is written down.

It can also take the engine away in the middle of a run: after so many requests it `dies` (as a
killed engine does: the connections break, nothing listens any more) or falls `silent`; or it is
silent on whatever has a text in its path. `meanwhile` may do more than that, to the engine itself.
"""

from __future__ import annotations

import contextlib
import io
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.engine.accepting import Accepting, at_path


@dataclass(frozen=True)
class Request:
    """The first line of a request."""

    method: str
    target: str

    def __str__(self) -> str:
        return f"{self.method} {self.target}"


@dataclass
class Proxy:
    """Forwards from `address` to the engine whose socket is `upstream`."""

    socket_path: Path
    upstream: str
    dies_after: int | None = None
    silent_after: int | None = None
    silent_on: str | None = None
    requests: list[Request] = field(default_factory=list)
    meanwhile: Callable[[Request], object] = lambda _: None
    """Called with each request before it goes on."""

    def __post_init__(self) -> None:
        self._accepting = Accepting(at_path(self.socket_path), self._serve)

    @property
    def address(self) -> str:
        return f"unix://{self.socket_path}"

    def seen(self, part: str) -> int:
        """How many requests had `part` in their first line."""
        return sum(part in str(request) for request in self.requests)

    def close(self) -> None:
        """Breaks every connection; nothing listens here afterwards."""
        self.socket_path.unlink(missing_ok=True)
        self._accepting.close()

    def break_connections(self) -> None:
        """Closes what is open, as an engine does with idle connections, and goes on listening."""
        self._accepting.break_connections()

    def _serve(self, client: socket.socket) -> None:
        with (
            client,
            socket.socket(socket.AF_UNIX) as engine,
            contextlib.suppress(ConnectionError, FileNotFoundError),
        ):
            engine.connect(self.upstream)
            self._accepting.holds(engine)
            answers = threading.Thread(target=self._answer, args=(client, engine), daemon=True)
            answers.start()
            self._forward(client, engine)
            answers.join()

    def _forward(self, client: socket.socket, engine: socket.socket) -> None:
        with client.makefile("rb") as asked, contextlib.suppress(OSError, ValueError):
            while head := _head(asked):
                method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
                if self._is_over(self.dies_after):
                    self.close()
                    return
                if self._is_over(self.silent_after):
                    continue
                self.requests.append(Request(method, target))
                self.meanwhile(self.requests[-1])
                if self.silent_on is not None and self.silent_on in target:
                    continue
                engine.sendall(head + asked.read(_body_length(head)))
        with contextlib.suppress(OSError):
            engine.shutdown(socket.SHUT_WR)

    def _is_over(self, limit: int | None) -> bool:
        return limit is not None and len(self.requests) >= limit

    def _answer(self, client: socket.socket, engine: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := engine.recv(65536):
                client.sendall(piece)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def proxy_to(
    engine: str,
    folder: Path,
    *,
    dies_after: int | None = None,
    silent_after: int | None = None,
    silent_on: str | None = None,
) -> Iterator[Proxy]:
    """A proxy with its socket in `folder`, in front of the engine at `engine` (`unix://…`)."""
    number = len(list(folder.iterdir()))
    proxy = Proxy(
        folder / f"proxy{number}.sock",
        engine.removeprefix("unix://"),
        dies_after,
        silent_after,
        silent_on,
    )
    try:
        yield proxy
    finally:
        proxy.close()


def _head(asked: io.BufferedIOBase) -> bytes:
    """The first line and headers of the next request, with the empty line after them."""
    lines = []
    while line := asked.readline():
        lines.append(line)
        if line == b"\r\n":
            return b"".join(lines)
    return b""


def _body_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
