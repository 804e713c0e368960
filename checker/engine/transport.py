"""Connections to an engine, each with one deadline for a whole answer.

`http.client` has a time-out per read, so a server that sends a byte a second would never time
out. Here the socket is wrapped: each read gets the time that is left until the deadline. And all
that is ever sent is a GET without a body, so a request is one line and few headers, written at
once; the answers are `http.client`'s.
"""

from __future__ import annotations

import http.client
import io
import math
import re
import select
import shlex
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from checker.engine.address import Address
from checker.engine.fields import is_address
from checker.engine.response import Response
from checker.engine.turns import Turn

_NOT_IN_TARGET = re.compile(r"[^!-~]")
_AT_ONCE = 0.005
"""Seconds that one who has the turn waits for an answer, in all."""

_NOT_YET = (BlockingIOError, ssl.SSLWantReadError)

_HEAD_LINES = 4  # the request's own, the two below, and the empty one


def _comes(poll: select.poll, seconds: float | None) -> bool:
    """Whether what is polled for comes within so many seconds (None: ever)."""
    return bool(poll.poll(None if seconds is None else math.ceil(seconds * 1000)))


class _Wire:
    """A connected socket whose reads and writes must end before `deadline` (monotonic seconds).

    What http.client asks of a socket, and no more. As with a real one, an answer may be read to
    its end after `close`: http.client closes first where an answer ends with its connection.

    It never waits by itself: it is asked whether it can go on, with the time that is left. Python's
    own time-outs ask the system twice as often, and know nothing of turns.
    """

    def __init__(self, sock: socket.socket, turn: Turn | None, buffer: int) -> None:
        self._sock = sock
        self._buffer = buffer
        self._users = 1
        self.deadline: float | None = None
        self._turn = turn
        self._patience = _AT_ONCE
        self._is_plain = not isinstance(sock, ssl.SSLSocket)
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)
        sock.setblocking(False)

    def receive(self, buffer: Any) -> int:
        may_be_here = not self._is_plain  # decoded already, where no poll sees it
        while True:
            left = self._time_left()
            if not (may_be_here or self._comes_in(left)):
                raise TimeoutError("nothing came in time")
            may_be_here = False
            with suppress(*_NOT_YET):
                return self._sock.recv_into(buffer)

    def _comes_in(self, seconds: float | None) -> bool:
        """Whether there is something to read in that time. Others work only in a longer wait, and
        while one waits who has waited enough for this answer: it may come a byte at a time."""
        if self._turn is None:
            return _comes(self._poll, seconds)
        if self._patience > 0:
            began = time.monotonic()
            if _comes(self._poll, self._patience):
                self._patience -= time.monotonic() - began
                return True
            self._patience = 0
        with self._turn.given_up():
            return _comes(self._poll, seconds)

    def sendall(self, data: bytes) -> None:
        self._patience = _AT_ONCE
        while data:
            self._time_left()
            try:
                data = data[self._sock.send(data) :]
            except (BlockingIOError, ssl.SSLWantWriteError):
                room = select.poll()
                room.register(self._sock, select.POLLOUT)
                if not _comes(room, self._time_left()):
                    raise TimeoutError("nothing was taken in time") from None

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002 - http.client passes "rb"
        self._users += 1
        return _Answer(_Borrowed(self), self._buffer)

    def close(self) -> None:
        self._users -= 1
        if self._users == 0:
            self._sock.close()

    def _time_left(self) -> float | None:
        """Seconds until the deadline; None for no end."""
        left = None if self.deadline is None else self.deadline - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError("the deadline has passed")
        return left


class _Borrowed(io.RawIOBase):
    """One answer's use of the connection: closing it leaves that open for the next request."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._wire.receive(buffer)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._wire.close()


class _Answer(io.BufferedReader):
    """One answer's bytes. A chunk of negative size would be read without end: it is none."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            raise http.client.HTTPException("negative size")
        return super().read(size)


class Connection:
    """One keep-alive connection to an engine at `address`, read by `buffer` bytes at most. `turn`
    is given up in each longer wait."""

    def __init__(self, address: Address, buffer: int = 65536, *, turn: Turn | None = None) -> None:
        self.address = address
        self._buffer = buffer
        # Behind a socket or ssh no name is asked for, and USER@HOST would be refused as one.
        self._head = _common_head(address if address.scheme == "tcp" else None)
        self._wire: _Wire | None = None
        self._helper: subprocess.Popen[bytes] | None = None
        self._deadline: float | None = None
        self._turn = turn
        self.opened = 0
        """How often it was opened."""

    @property
    def is_open(self) -> bool:
        """Whether a request before this one left it open."""
        return self._wire is not None

    def set_deadline(self, deadline: float | None) -> None:
        """Monotonic seconds by which the next answer must be whole; None waits for ever."""
        self._deadline = deadline
        if self._wire is not None:
            self._wire.deadline = deadline

    def get(self, target: str, headers: Mapping[str, str] | None = None) -> Response:
        """The answer to GET `target`, read up to its body, which must be read before the next one.

        Raises what sockets and `http.client` raise; after that, `close` it.
        """
        fields = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        request = f"GET {target} {self._head}{fields}\r\n".encode("ascii")
        lines = _HEAD_LINES + len(headers or {})
        if _NOT_IN_TARGET.search(target) or request.count(b"\n") != lines:
            raise http.client.InvalidURL(f"control characters in {target!r}")
        if self._wire is None:
            self._wire = self._connected()
        self._wire.sendall(request)
        response = Response(self._wire, method="GET")  # type: ignore[arg-type]
        try:
            response.begin()
        except BaseException:
            response.close()
            raise
        if response.will_close:
            self.close()  # it is read to its end all the same
        return response

    def close(self) -> None:
        """Ends it; the next request opens a new one."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None
        if self._helper is not None:
            self._helper.kill()
            self._helper.wait()
            self._helper = None

    def _connected(self) -> _Wire:
        wire = _Wire(self._open_in_turn(), self._turn, self._buffer)
        self.opened += 1
        wire.deadline = self._deadline
        return wire

    def _open_in_turn(self) -> socket.socket:
        """Opens it; others work in a longer wait: for a name, or for a machine far away."""
        if self._turn is None or self.address.scheme == "unix":
            return self._open()
        if self._is_near():
            with suppress(TimeoutError):
                return self._open_tcp(_AT_ONCE)
        with self._turn.given_up():
            return self._open()

    def _is_near(self) -> bool:
        """Whether it may be open within milliseconds: no name to look up, and no encryption."""
        here = self.address
        return here.scheme == "tcp" and here.certificates is None and is_address(here.host)

    def _open(self) -> socket.socket:
        if self.address.scheme == "ssh":
            return self._open_ssh()
        left = None if self._deadline is None else max(0.001, self._deadline - time.monotonic())
        if self.address.scheme == "unix":
            return _connected_to(self.address.path, left)
        return self._open_tcp(left)

    def _open_tcp(self, seconds: float | None) -> socket.socket:
        sock = socket.create_connection((self.address.host, self.address.port), seconds)
        _notice_loss(sock)
        if self.address.certificates is None:
            return sock
        with _closed_on_failure(sock):
            return _encrypted(sock, self.address.host, self.address.certificates)

    def _open_ssh(self) -> socket.socket:
        """The way of the docker command itself: `docker system dial-stdio` at the other end."""
        ours, theirs = socket.socketpair()
        command = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"]
        command += ["-p", str(self.address.port)] if self.address.port else []
        command += ["--", self.address.host, "docker"]
        if self.address.path:
            command += ["--host", shlex.quote(f"unix://{self.address.path}")]
        command += ["system", "dial-stdio"]
        with theirs, _closed_on_failure(ours):
            self._helper = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL
            )
        return ours


def _common_head(address: Address | None) -> str:
    """What follows the target in every request to this address (None: one without a name)."""
    host = "localhost"
    if address is not None:
        host = f"[{address.host}]" if ":" in address.host else address.host
        host += f":{address.port}" if address.port else ""
    return f"HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: identity\r\n"


def _notice_loss(sock: socket.socket) -> None:
    """An event stream is silent for hours; one whose other end is gone must not stay so."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if option := getattr(socket, name, None):  # tcp(7); not every system has them all
            sock.setsockopt(socket.IPPROTO_TCP, option, value)


def _connected_to(path: str, seconds: float | None) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    with _closed_on_failure(sock):
        sock.settimeout(seconds)
        sock.connect(path)
    return sock


def _encrypted(sock: socket.socket, host: str, certificates: Path) -> socket.socket:
    context = ssl.create_default_context(cafile=str(certificates / "ca.pem"))
    context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
    return context.wrap_socket(sock, server_hostname=host)


@contextmanager
def _closed_on_failure(sock: socket.socket) -> Iterator[None]:
    try:
        yield
    except BaseException:
        sock.close()
        raise
