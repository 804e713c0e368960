"""Apps in real containers that trickle, pour without end, or say nothing: read in bounds."""

from __future__ import annotations

import time

import pytest

from checker.engine import service
from checker.engine.reader import Reader
from checker.engine.view import View
from checker.sandbox.waiting import wait_until
from tests.conftest import TestEngine

pytestmark = [pytest.mark.engine, pytest.mark.slow]

_HEAD = r"printf 'HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n'"
_APPS = {
    "trickles": f"{_HEAD}; while sleep 1; do printf x; done",
    "pours": f"{_HEAD}; cat /dev/zero",
    "breaks off": f"{_HEAD}; printf x",
    "says nothing": "sleep 600",
    "no HTTP": "yes '220 mail ESMTP'",
}


@pytest.mark.parametrize("kind", _APPS)
def test_an_app(busybox: TestEngine, reader: Reader, kind: str) -> None:
    script = f"echo ready; while true; do ({_APPS[kind]}) | nc -l -p 8000; done"
    busybox.docker("run", "-d", "--name", "app", "busybox", "sh", "-c", script)
    assert wait_until(lambda: "ready" in busybox.docker("logs", "app"), 20, 0.1)
    view = View(reader)
    app = view.container("app")
    assert app is not None
    # A look at its sockets: a try to connect would be the one request that it answers.
    look = ("exec", "app", "grep", "-q", ":1F40 .* 0A ", "/proc/net/tcp", "/proc/net/tcp6")
    assert wait_until(lambda: busybox.attempt(*look).returncode == 0, 20, 0.1)
    began = time.monotonic()
    reply = view.service(app, 8000, "/")
    assert time.monotonic() - began < service.TIME_LIMIT + 1
    if kind == "pours":
        assert reply is not None
        assert len(reply.body) == service.SIZE_LIMIT
    else:
        assert reply is None
