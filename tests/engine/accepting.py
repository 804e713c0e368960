"""What fakes listen with: each connection is served by a thread of its own, until all is closed."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from pathlib import Path


class Accepting:
    """Gives each connection to `serve`, in a thread. Connections are closed by who serves them."""

    def __init__(self, listener: socket.socket, serve: Callable[[socket.socket], object]) -> None:
        self._listener = listener
        self._serve = serve
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Breaks every connection; nothing listens here afterwards."""
        _shut_down(self._listener)
        self._listener.close()
        self.break_connections()

    def break_connections(self) -> None:
        """Breaks what is open, and goes on listening."""
        with self._lock:
            broken, self._open = self._open, []
        for sock in broken:
            _shut_down(sock)

    def holds(self, *sockets: socket.socket) -> None:
        """These belong to a connection: they break with it."""
        with self._lock:
            self._open += sockets

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self.holds(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()


def at_path(path: Path, backlog: int = 64) -> socket.socket:
    """A listener at a socket's path."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(backlog)
    return listener


def at_loopback(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A listener at a loopback address; the port 0 is any that is free."""
    return socket.create_server((host, port), backlog=64)


def _shut_down(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
