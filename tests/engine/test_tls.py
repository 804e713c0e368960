"""TCP with TLS: a real authority and client certificates in front of the real engine.

The session's engine listens on a socket only, so a thread ends the TLS and hands on the bytes.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.engine import address
from checker.engine.reader import Reader
from checker.errors import EngineError, EngineTooSlow, EngineUnreachable
from tests.conftest import TestEngine
from tests.engine.certificates import make_certificates
from tests.engine.tls_front import TlsFront


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificates(tmp_path_factory.mktemp("tls") / "certificates")


@pytest.fixture
def front(test_engine: TestEngine, certificates: Path) -> Iterator[TlsFront]:
    opened = TlsFront(certificates, test_engine.address.removeprefix("unix://"))
    yield opened
    opened.close()


def _reader(host: str, port: int, certificates: Path, *, time_limit: float = 5) -> Reader:
    environ = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(certificates)}
    return Reader(address.parse(f"tcp://{host}:{port}", environ), time_limit=time_limit)


@pytest.mark.engine
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_engine_is_read_over_tls(front: TlsFront, certificates: Path, host: str) -> None:
    with contextlib.closing(_reader(host, front.port, certificates)) as reader:
        assert reader.get_json("/version")["ApiVersion"]
        assert reader.get("/_ping") == b"OK"


@pytest.mark.engine
def test_a_server_that_another_authority_signed_is_refused(front: TlsFront, tmp_path: Path) -> None:
    others = make_certificates(tmp_path / "others")
    reader = _reader("localhost", front.port, others)
    with contextlib.closing(reader), pytest.raises(EngineUnreachable, match="certificate"):
        reader.get("/version")


@pytest.mark.engine
def test_a_learners_certificate_of_another_authority_is_refused(
    front: TlsFront, certificates: Path, tmp_path: Path
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
def test_plain_words_to_an_encrypted_port_are_no_crash(front: TlsFront) -> None:
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
