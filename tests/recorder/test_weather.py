"""Engines that stop, die, hang and come back; each is told as it is, and it goes on by itself."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checker.errors import EngineTooSlow, EngineUnreachable
from checker.grading.verdict import FAILED, UNCHECKED
from checker.sandbox.private_engine import PrivateEngine
from checker.sandbox.waiting import wait_until
from tests.conftest import TestEngine
from tests.engine.fakes import FakeEngine
from tests.recorder.conftest import Screen, recorders

pytestmark = pytest.mark.engine
Open = Callable[[str], Screen]


@pytest.fixture(scope="module")
def engine(own_folders: Path) -> Iterator[PrivateEngine]:
    """An engine to be mistreated; it holds nothing."""
    made = PrivateEngine("weather", data=own_folders / "weather", publish_on_host=False)
    try:
        made.up()
        yield made
    finally:
        made.destroy()


def _daemon(engine: PrivateEngine) -> int:
    pid = engine.status().pid
    assert pid is not None
    return pid


def test_an_engine_that_is_stopped_and_started_again(screen: Open, engine: PrivateEngine) -> None:
    watched = screen(engine.address)
    watched.wait_for("busy", FAILED, "container.missing")
    engine.down()
    assert isinstance(watched.wait_for_state(is_up=False).error, EngineUnreachable)
    watched.wait_for("busy", UNCHECKED)
    engine.up()
    watched.wait_for_state(is_up=True)
    watched.wait_for("busy", FAILED, "container.missing")


def test_an_engine_that_is_killed(screen: Open, engine: PrivateEngine) -> None:
    watched = screen(engine.address)
    watched.wait_for("busy", FAILED)
    os.kill(_daemon(engine), signal.SIGKILL)
    watched.wait_for_state(is_up=False)
    engine.up()
    watched.wait_for_state(is_up=True)
    watched.wait_for("busy", FAILED)


def test_an_engine_that_hangs_is_not_taken_for_a_quiet_one(
    screen: Open, engine: PrivateEngine
) -> None:
    watched = screen(engine.address)
    watched.wait_for("busy", FAILED)
    daemon = _daemon(engine)
    os.kill(daemon, signal.SIGSTOP)
    try:
        assert isinstance(watched.wait_for_state(is_up=False).error, EngineTooSlow)
    finally:
        os.kill(daemon, signal.SIGCONT)
    watched.wait_for_state(is_up=True)
    watched.wait_for("busy", FAILED)


def test_a_screen_opened_before_the_engine_is_up(screen: Open, engine: PrivateEngine) -> None:
    engine.down()
    watched = screen(engine.address)
    watched.wait_for_state(is_up=False)
    watched.wait_for("busy", UNCHECKED)
    engine.up()
    watched.wait_for("busy", FAILED)


def test_a_recorder_that_slept_catches_up(screen: Open, clean_engine: TestEngine) -> None:
    """As a laptop that was asleep: all its processes stood still."""
    clean_engine.docker("pull", "busybox")
    watched = screen(clean_engine.address)
    watched.wait_for_all()
    [pid] = recorders()
    os.kill(pid, signal.SIGSTOP)
    clean_engine.docker("run", "-d", "--name", "busy", "busybox", "true")
    clean_engine.docker("rm", "-f", "busy")
    os.kill(pid, signal.SIGCONT)
    watched.wait_for("busy", FAILED, "container.removed")


def test_an_engine_without_events_is_polled(screen: Open, tmp_path: Path) -> None:
    """A fake: its event streams end at once, as behind a proxy that cuts what is endless."""

    def answer(client: socket.socket, target: str) -> None:
        body = b"[]" if "json" in target else b""
        status = b"404 Not Found" if "/busy/" in target else b"200 OK"
        client.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))

    fake = FakeEngine(tmp_path / "s", answer)
    try:
        watched = screen(fake.address)
        watched.wait(lambda: watched.state and watched.state.polls, "that it is polled")
        watched.wait_for("busy", FAILED, "container.missing")
        asked = len(fake.asked)
        assert wait_until(lambda: len(fake.asked) > asked + 8, 20)
    finally:
        fake.close()
