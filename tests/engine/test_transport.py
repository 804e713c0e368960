"""Connections: one deadline for a whole answer, keep-alive, sizes, and answers that are none."""

from __future__ import annotations

import contextlib
import resource
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from checker.engine import address
from checker.engine.reader import SIZE_LIMIT, Reader
from checker.errors import (
    EngineConfused,
    EngineDenied,
    EngineError,
    EngineTooSlow,
    EngineUnreachable,
)
from tests.conftest import TestEngine
from tests.engine.conftest import ReadFrom
from tests.engine.fakes import always, answer, fake_engine, say_nothing
from tests.engine.proxy import Proxy

_LIMIT = 0.4
"""Seconds that a reader of a slow fake waits."""


def _trickle(raw: bytes) -> object:
    """Sends a byte every 50 ms: each read ends in time, the whole answer never does."""

    def behave(connection: socket.socket, _: str) -> None:
        pause = threading.Event()
        for byte in raw:
            connection.sendall(bytes([byte]))
            pause.wait(0.05)

    return behave


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(answer(b"x" * 100), id="headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" * 9, id="endless"),
    ],
)
def test_headers_that_trickle_in_end_at_the_deadline(read_from: ReadFrom, raw: bytes) -> None:
    reader, _ = read_from(_trickle(raw), time_limit=_LIMIT)
    began = time.monotonic()
    with pytest.raises(EngineTooSlow):
        reader.get("/version")
    assert time.monotonic() - began < 3 * _LIMIT


def test_a_body_that_trickles_in_ends_at_the_deadline(read_from: ReadFrom) -> None:
    head, body = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"x" * 100

    def behave(connection: socket.socket, target: str) -> None:
        connection.sendall(head)
        _trickle(body)(connection, target)  # type: ignore[operator]

    reader, _ = read_from(behave, time_limit=_LIMIT)
    with pytest.raises(EngineTooSlow):
        reader.get("/version")


def test_an_engine_that_accepts_and_says_nothing_is_too_slow(read_from: ReadFrom) -> None:
    reader, _ = read_from(say_nothing, time_limit=0.1)
    with pytest.raises(EngineTooSlow, match=r"did not answer within 0\.1 s"):
        reader.get("/version")


def test_after_a_deadline_the_next_read_begins_afresh(read_from: ReadFrom) -> None:
    late: list[str] = []

    def behave(connection: socket.socket, target: str) -> None:
        late.append(target)
        if len(late) > 1:
            connection.sendall(answer(b"second"))

    reader, fake = read_from(behave, time_limit=_LIMIT)
    with pytest.raises(EngineTooSlow):
        reader.get("/first")
    assert reader.get("/second") == b"second"
    assert fake.connections == 2


@pytest.mark.engine
def test_requests_share_one_connection(proxied: Proxy) -> None:
    reader = Reader(address.parse(proxied.address))
    with contextlib.closing(reader):
        first = reader.get("/_ping")
        before = len(proxied.requests)
        assert reader.get("/_ping") == first == b"OK"
    assert len(proxied.requests) == before + 1


@pytest.mark.engine
def test_a_connection_that_the_engine_closed_meanwhile_is_opened_again(proxied: Proxy) -> None:
    reader = Reader(address.parse(proxied.address))
    with contextlib.closing(reader):
        reader.get("/_ping")
        proxied.break_connections()
        assert reader.get("/_ping") == b"OK"


@pytest.mark.engine
def test_an_engine_that_went_away_meanwhile_is_unreachable(proxied: Proxy) -> None:
    reader = Reader(address.parse(proxied.address))
    with contextlib.closing(reader):
        reader.get("/_ping")
        proxied.close()
        with pytest.raises(EngineUnreachable):
            reader.get("/_ping")


def test_an_engine_that_hangs_up_every_time_is_asked_at_most_twice(read_from: ReadFrom) -> None:
    reader, fake = read_from(always(b"", hang_up=True))
    with pytest.raises(EngineUnreachable):
        reader.get("/version")
    assert len(fake.asked) <= 2


def test_nobody_at_the_socket_is_unreachable_and_says_how_to_start(tmp_path: Path) -> None:
    reader = Reader(address.parse(f"unix://{tmp_path}/none.sock"))
    with pytest.raises(EngineUnreachable, match="No such file") as caught:
        reader.get("/version")
    assert caught.value.advice is not None
    assert "dockdojo engine up" in caught.value.advice.in_("en")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", id="another protocol"),
        pytest.param(b"\x15\x03\x01\x00\x02\x02\x46\n", id="TLS alert"),
        pytest.param(b"HTTP/1.1 abc OK\r\n\r\n", id="no status"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n", id="too many headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000 + b"\r\n\r\n", id="endless header"),
    ],
)
def test_what_is_not_http_is_told_as_such(read_from: ReadFrom, raw: bytes) -> None:
    reader, _ = read_from(always(raw, hang_up=True))
    with pytest.raises(EngineConfused):
        reader.get("/version")


_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(_CHUNKED + b"5\r\nhel", id="inside a chunk"),
        pytest.param(_CHUNKED + b"5\r\nhello\r\n", id="before the last chunk"),
        pytest.param(_CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n", id="a size that is none"),
        pytest.param(_CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n", id="a negative size"),
        pytest.param(_CHUNKED + b"-1\r\nhello\r\n0\r\n\r\n", id="a size of -1"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", id="fewer than said"),
    ],
)
def test_an_answer_that_breaks_off_is_not_taken_for_whole(read_from: ReadFrom, raw: bytes) -> None:
    reader, _ = read_from(always(raw, hang_up=True))
    with pytest.raises(EngineError):
        reader.get("/events")


def test_a_start_that_breaks_off_is_not_taken_for_whole(read_from: ReadFrom) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"
    reader, _ = read_from(always(raw, hang_up=True))
    with pytest.raises(EngineError):
        reader.get("/logs", start=8)


def test_of_a_long_answer_just_the_start_is_read(read_from: ReadFrom) -> None:
    reader, fake = read_from(always(answer(b"x" * 100_000)))
    assert reader.get("/logs", start=10) == b"x" * 10
    assert len(reader.get("/logs") or b"") == 100_000
    assert fake.connections == 2


def test_a_short_answer_read_by_its_start_keeps_the_connection(read_from: ReadFrom) -> None:
    reader, fake = read_from(always(answer(b"short")))
    assert [reader.get("/logs", start=10) for _ in range(2)] == [b"short"] * 2
    assert fake.connections == 1


def test_an_answer_of_the_size_limit_is_read(read_from: ReadFrom) -> None:
    reader, _ = read_from(always(answer(b"x" * SIZE_LIMIT)))
    assert len(reader.get("/logs") or b"") == SIZE_LIMIT


def _endless(connection: socket.socket, start: bytes, piece: bytes) -> None:
    connection.sendall(start)
    with contextlib.suppress(OSError):
        while True:
            connection.sendall(piece)


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536, id="no length"),
        pytest.param(_CHUNKED, b"10000\r\n" + b"x" * 65536 + b"\r\n", id="chunked"),
        pytest.param(_CHUNKED + b"fffffffff\r\n", b"x" * 65536, id="one huge chunk"),
        pytest.param(_CHUNKED + b"-1\r\n", b"x" * 65536, id="a chunk without end"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b"x" * 65536, id="declared"
        ),
        pytest.param(
            b"HTTP/1.1 500 Oops\r\nContent-Length: 99999999999\r\n\r\n", b"x" * 65536, id="error"
        ),
    ],
)
def test_an_endless_answer_is_refused_in_bounded_memory(
    sockets: Path, start: bytes, piece: bytes
) -> None:
    asking = (
        "import resource, sys\n"
        "from checker.engine import address\n"
        "from checker.engine.reader import Reader\n"
        "from checker.errors import EngineConfused\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n"
        "    Reader(address.parse(sys.argv[1])).get('/events')\n"
        "except EngineConfused:\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    with fake_engine(sockets, lambda connection, _: _endless(connection, start, piece)) as fake:
        done = subprocess.run(
            [sys.executable, "-c", asking, fake.address],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)),
        )
    assert done.stdout, done.stderr
    assert int(done.stdout) * 1024 < 4 * SIZE_LIMIT


def test_a_redirect_is_not_followed(read_from: ReadFrom) -> None:
    elsewhere = answer(status="307 Temporary Redirect", headers={"Location": "/secret"})
    reader, fake = read_from(always(elsewhere))
    with pytest.raises(EngineConfused, match="307"):
        reader.get("/version")
    assert fake.asked == ["/version"]


@pytest.mark.parametrize("status", ["500 Internal Server Error", "400 Bad Request", "204 No"])
def test_any_other_status_is_no_answer(read_from: ReadFrom, status: str) -> None:
    body = b"" if status.startswith("204") else {"message": "out of order"}
    reader, _ = read_from(always(answer(body, status=status)))
    with pytest.raises(EngineConfused, match=status[:3]):
        reader.get("/version")


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_refusal_is_told_as_one(read_from: ReadFrom, status: str) -> None:
    reader, _ = read_from(always(answer({"message": "not for you"}, status=status)))
    with pytest.raises(EngineDenied, match="not for you"):
        reader.get("/version")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b"\xff\xfe", b'{"a":'])
def test_what_is_not_json_is_told_as_such(read_from: ReadFrom, body: bytes) -> None:
    reader, _ = read_from(always(answer(body)))
    with pytest.raises(EngineConfused, match="not JSON"):
        reader.get_json("/version")


@pytest.mark.engine
def test_what_the_engine_does_not_have_is_none(test_engine: TestEngine) -> None:
    reader = Reader(address.parse(test_engine.address))
    with contextlib.closing(reader):
        assert reader.get_json("/containers/never-there/json") is None


def test_bytes_after_an_answer_do_not_become_the_next_answer(read_from: ReadFrom) -> None:
    """A server that says more than it announced must not be able to answer another question."""
    smuggled = answer({"ok": 1}) + answer({"smuggled": 1})
    reader, _ = read_from(always(smuggled))
    reader.get_json("/first")
    assert reader.get_json("/second") == {"ok": 1}
