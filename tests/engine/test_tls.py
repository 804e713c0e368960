"""TCP with TLS: a real authority and client certificates in front of the real engine.

The session's engine listens on a socket only, so a thread ends the TLS and hands on the bytes.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.engine import address
from checker.engine.reader import Reader
from checker.errors import EngineError, EngineTooSlow, EngineUnreachable
from tests.conftest import TestEngine
from tests.engine.accepting import Accepting, at_loopback
from tests.engine.certificates import make_certificates


class _TlsFront:
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


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificates(tmp_path_factory.mktemp("tls") / "certificates")


@pytest.fixture
def front(test_engine: TestEngine, certificates: Path) -> Iterator[_TlsFront]:
    opened = _TlsFront(certificates, test_engine.address.removeprefix("unix://"))
    yield opened
    opened.close()


def _reader(host: str, port: int, certificates: Path, *, time_limit: float = 5) -> Reader:
    environ = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(certificates)}
    return Reader(address.parse(f"tcp://{host}:{port}", environ), time_limit=time_limit)


@pytest.mark.engine
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_engine_is_read_over_tls(front: _TlsFront, certificates: Path, host: str) -> None:
    with contextlib.closing(_reader(host, front.port, certificates)) as reader:
        assert reader.get_json("/version")["ApiVersion"]
        assert reader.get("/_ping") == b"OK"


@pytest.mark.engine
def test_a_server_that_another_authority_signed_is_refused(
    front: _TlsFront, tmp_path: Path
) -> None:
    others = make_certificates(tmp_path / "others")
    reader = _reader("localhost", front.port, others)
    with contextlib.closing(reader), pytest.raises(EngineUnreachable, match="certificate"):
        reader.get("/version")


@pytest.mark.engine
def test_a_learners_certificate_of_another_authority_is_refused(
    front: _TlsFront, certificates: Path, tmp_path: Path
) -> None:
    mixed = make_certificates(tmp_path / "mixed")
    (mixed / "ca.pem").write_bytes((certificates / "ca.pem").read_bytes())
    reader = _reader("localhost", front.port, mixed)
    with contextlib.closing(reader), pytest.raises(EngineError):
        reader.get("/version")


def test_missing_certificates_are_told(tmp_path: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:
        reader = _reader("localhost", listener.getsockname()[1], tmp_path / "none")
        with contextlib.closing(reader), pytest.raises(EngineError, match="No such file"):
            reader.get("/version")


@pytest.mark.engine
def test_plain_words_to_an_encrypted_port_are_no_crash(front: _TlsFront) -> None:
    reader = Reader(address.parse(f"tcp://localhost:{front.port}", {}), time_limit=5)
    with contextlib.closing(reader), pytest.raises(EngineError):
        reader.get("/version")


def test_a_handshake_that_nobody_answers_ends_at_the_deadline(certificates: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        reader = _reader("localhost", listener.getsockname()[1], certificates, time_limit=0.3)
        began = time.monotonic()
        with contextlib.closing(reader), pytest.raises(EngineTooSlow):
            reader.get("/version")
    assert time.monotonic() - began < 3
