"""TLS in front of an engine that listens on a socket only: a thread ends it, and hands on."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from pathlib import Path

from tests.engine.accepting import Accepting, at_loopback


class TlsFront:
    """Ends TLS, demands a client certificate, and forwards to the engine's socket."""

    def __init__(self, certificates: Path, upstream: str) -> None:
        self._context = ssl.create_default_context(
            ssl.Purpose.CLIENT_AUTH, cafile=str(certificates / "ca.pem")
        )
        self._context.load_cert_chain(
            certificates / "server-cert.pem", certificates / "server-key.pem"
        )
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._upstream = upstream
        listener = at_loopback()
        self.port: int = listener.getsockname()[1]
        self.close = Accepting(listener, self._serve).close

    def _serve(self, client: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            self._context.wrap_socket(client, server_side=True) as learner,
            socket.socket(socket.AF_UNIX) as engine,
        ):
            engine.connect(self._upstream)
            pump = threading.Thread(target=_copy, args=(engine, learner), daemon=True)
            pump.start()
            _copy(learner, engine)
            engine.shutdown(socket.SHUT_WR)
            pump.join(timeout=10)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
