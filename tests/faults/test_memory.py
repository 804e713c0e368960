"""However much there is to read, a check takes bounded memory and ends in time."""

from __future__ import annotations

import gc
import json
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks.taping import key_of
from checker.engine.view import View
from checker.grading.grader import Grader
from checker.sandbox.waiting import wait_until
from tests.conftest import ROOT, TestEngine
from tests.engine.proxy import Proxy, proxy_to
from tests.faults.playing import Playing, check

_NO_JSON = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{[}"


def _truly(_: int, true: bytes) -> bytes:
    return true


def _often_no_json(number: int, true: bytes) -> bytes:
    return true if number % 3 else _NO_JSON


def _silent_in_the_end(number: int, true: bytes) -> bytes:
    return true if number < 40 else b""


@pytest.mark.parametrize("said", [_truly, _often_no_json, _silent_in_the_end])
def test_what_was_read_is_let_go_with_the_run(
    playing: Playing,
    tmp_path: Path,
    said: Callable[[int, bytes], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At once, by counting: not when Python next looks for circles, which costs a class's grading
    a tenth of its time, and holds all that was read of hundreds of learners until then."""
    views: list[weakref.ref[View]] = []
    new_view = Grader.new_view

    def new_view_noted(self: Grader) -> View:
        view = new_view(self)
        views.append(weakref.ref(view))
        return view

    monkeypatch.setattr(Grader, "new_view", new_view_noted)

    def spoil(client: socket.socket, _: str, true: bytes) -> None:
        client.sendall(said(len(playing.asked), true))

    playing.spoil = spoil
    gc.disable()
    try:
        check(playing.address, tmp_path / "j", seconds=0.5)
        assert [view() for view in views] == [None]
    finally:
        gc.enable()


_CHECK = """
import json, sys
from pathlib import Path
from checker.course.loading import load_course
from checker.engine import address
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.journal.store import Journal

with Journal(Path(sys.argv[2])) as journal:
    grader = Grader(Reader(address.parse(sys.argv[1]), time_limit=10), journal)
    verdicts = grader.grade(load_course().select(sys.argv[3:]))
# Not ru_maxrss: that begins with the size of whoever started this.
told = Path("/proc/self/status").read_text().partition("VmHWM:")[2]
used = int(told.split()[0]) // 1024
print(json.dumps([used, {v.exercise.name: v.verdict for v in verdicts}]))
"""


def _checked(engine: str, journal: Path, *names: str) -> tuple[int, dict[str, str]]:
    """MiB at the most, and the verdicts, of a check in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _CHECK, engine, str(journal), *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    used, verdicts = json.loads(done.stdout)
    return used, verdicts


@pytest.fixture
def chatty(busybox: TestEngine, sockets: Path) -> Iterator[Proxy]:
    """An engine where demo4, demo5 and hub have logs of hundreds of MB that go on growing."""
    for name in ("demo4", "demo5", "hub"):
        busybox.docker("run", "-d", "--name", name, "busybox", "sh", "-c",
                       "yes $(head -c 3000 /dev/zero | tr '\\0' x)")  # fmt: skip
    size = "wc -c < $(docker inspect -f '{{.LogPath}}' demo4)"
    assert wait_until(
        lambda: int(busybox.inside("sh", "-c", size).stdout or 0) > 300_000_000, 60, 0.2
    )
    with proxy_to(busybox.address, sockets) as proxy:
        yield proxy
    busybox.docker("rm", "-f", "demo4", "demo5", "hub")


@pytest.mark.engine
@pytest.mark.slow
def test_logs_without_end(chatty: Proxy, tmp_path: Path) -> None:
    began = time.monotonic()
    used, verdicts = _checked(chatty.address, tmp_path / "j", "docker-commands", "docker-hub")
    assert len(verdicts) > 20
    assert used < 300, "MiB"
    assert time.monotonic() - began < 60


_HUGE = {
    "endless": lambda client: _pour(client, b"[" + b"[],{}," * 10_000),
    "rows": lambda client: _send(client, b"[" + b",".join([b"{}"] * 10_000_000) + b"]"),
    "text": lambda client: _send(client, b'["' + b"x" * 33_000_000 + b'"]'),
    "rows of rows": lambda client: _send(client, b"[" + b",".join([b"[]"] * 10_000_000) + b"]"),
}


def _pour(client: socket.socket, piece: bytes) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    with suppress(OSError):
        while True:
            client.sendall(piece)


def _send(client: socket.socket, body: bytes) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


@pytest.mark.parametrize("kind", _HUGE)
@pytest.mark.parametrize("key", ["/containers/json?all=1", "/images/json", "/events"])
@pytest.mark.slow
def test_answers_without_end(playing: Playing, tmp_path: Path, kind: str, key: str) -> None:
    def spoil(client: socket.socket, target: str, true: bytes) -> None:
        if key_of(target) == key:
            _HUGE[kind](client)
        else:
            client.sendall(true)

    playing.spoil = spoil
    used, verdicts = _checked(playing.address, tmp_path / "j", "docker-commands", "images")
    assert "unchecked" in verdicts.values() or key == "/events"
    assert used < 1000, "MiB"
