"""The engine's clock. Real ones here are all right; a fake one on TCP is hours off."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

import pytest

from checker.engine import address
from checker.engine.clock import engine_now
from checker.engine.reader import Reader
from tests.conftest import TestEngine
from tests.engine.fakes import answer
from tests.engine.proxy import Proxy


@pytest.fixture
def remote(request: pytest.FixtureRequest) -> Iterator[Reader]:
    """A reader of a fake remote engine that says `request.param`: hours ahead, or anything."""
    said = _told(request.param) if isinstance(request.param, int) else request.param
    body = answer(json.dumps(said))

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                client.recv(65536)
                client.sendall(body)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        url = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        with closing(Reader(address.parse(url, {}), time_limit=5)) as reader:
            yield reader
        listener.shutdown(socket.SHUT_RDWR)


def _told(hours: int) -> dict[str, str]:
    at = datetime.now(UTC) + timedelta(hours=hours)
    return {"SystemTime": at.isoformat().replace("+00:00", "123Z")}


@pytest.mark.parametrize(("remote", "hours"), [(-5, -5), (5, 5)], indirect=["remote"])
def test_another_machines_clock_is_the_one_that_counts(remote: Reader, hours: int) -> None:
    ahead = (engine_now(remote) - time.time_ns()) / 1e9
    assert abs(ahead - hours * 3600) < 120


@pytest.mark.parametrize(
    "remote", [{}, [], {"SystemTime": 5}, {"SystemTime": "yesterday"}], indirect=True
)
def test_an_engine_that_does_not_tell_has_this_machines_time(remote: Reader) -> None:
    assert abs(engine_now(remote) - time.time_ns()) < 60e9


@pytest.mark.engine
@pytest.mark.usefixtures("test_engine")
def test_an_engine_behind_a_socket_is_not_even_asked(proxied: Proxy) -> None:
    with closing(Reader(address.parse(proxied.address))) as reader:
        engine_now(reader)
    assert proxied.requests == []


@pytest.mark.engine
def test_a_real_engine_tells_its_time(test_engine: TestEngine) -> None:
    told = test_engine.docker("info", "-f", "{{.SystemTime}}")
    assert abs(datetime.fromisoformat(told).timestamp() - time.time()) < 60
