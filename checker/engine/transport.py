"""Connections to an engine, each with one deadline for a whole answer.

`http.client` has a time-out per read, so a server that sends a byte a second would never time
out. Here the socket is wrapped: each read gets the time that is left until the deadline.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import subprocess
import time
from typing import Any

from checker.engine.address import Address


class _Wire(io.RawIOBase):
    """A connected socket whose reads and writes must end before `deadline` (monotonic seconds)."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.deadline: float | None = None

    def _use_time_left(self) -> None:
        if self.deadline is None:
            self._sock.settimeout(None)
            return
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        self._sock.settimeout(left)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._use_time_left()
        return self._sock.recv_into(buffer)

    # What http.client asks of a socket:

    def sendall(self, data: bytes) -> None:
        self._use_time_left()
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002 - http.client passes "rb"
        return io.BufferedReader(_Borrowed(self), 65536)

    def close(self) -> None:
        super().close()
        self._sock.close()


class _Borrowed(io.RawIOBase):
    """One answer's reader: closing it leaves the connection open for the next request."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._wire.readinto(buffer)


class Connection(http.client.HTTPConnection):
    """One keep-alive connection to an engine at `address`."""

    def __init__(self, address: Address) -> None:
        super().__init__(address.host or "localhost", address.port or None)
        self._address = address
        self._helper: subprocess.Popen[bytes] | None = None
        self._deadline: float | None = None

    def set_deadline(self, deadline: float | None) -> None:
        """Monotonic seconds by which the next answer must be whole; None waits for ever."""
        self._deadline = deadline
        if isinstance(self.sock, _Wire):
            self.sock.deadline = deadline

    def connect(self) -> None:
        wire = _Wire(self._open())
        wire.deadline = self._deadline
        self.sock = wire

    def close(self) -> None:
        super().close()
        if self._helper is not None:
            self._helper.kill()
            self._helper.wait()
            self._helper = None

    def _open(self) -> socket.socket:
        left = None if self._deadline is None else max(0.001, self._deadline - time.monotonic())
        if self._address.scheme == "unix":
            sock = socket.socket(socket.AF_UNIX)
            sock.settimeout(left)
            try:
                sock.connect(self._address.path)
            except OSError:
                sock.close()
                raise
            return sock
        if self._address.scheme == "ssh":
            return self._open_ssh()
        sock = socket.create_connection((self._address.host, self._address.port), left)
        folder = self._address.certificates
        if folder is None:
            return sock
        context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        return context.wrap_socket(sock, server_hostname=self._address.host)

    def _open_ssh(self) -> socket.socket:
        """The way of the docker command itself: `docker system dial-stdio` at the other end."""
        ours, theirs = socket.socketpair()
        host, _, port = self._address.host.partition(":")
        command = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"]
        command += ["-p", port] if port else []
        command += ["--", host, "docker", "system", "dial-stdio"]
        with theirs:
            self._helper = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL
            )
        return ours
