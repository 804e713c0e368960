"""Engines that stop, die, hang and come back; each is told as it is, and it goes on by itself."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checker.course.model import Course
from checker.engine.address import parse
from checker.errors import EngineTooSlow, EngineUnreachable
from checker.grading.verdict import FAILED, PASSED, UNCHECKED, Verdict
from checker.journal.store import Journal
from checker.recorder.following import Follower
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


@pytest.mark.parametrize("jump", [3600, -3600], ids=["ahead", "back"])
def test_a_clock_that_jumps(
    course: Course,
    clean_engine: TestEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    jump: int,
) -> None:
    """A fake clock, set in the middle of the lesson, as by a time server or a flat battery; the
    recorder runs in this process for that. The machine's own clock, and the engine's, go on."""
    clean_engine.docker("pull", "busybox")
    watched, ahead = Screen(), [0]
    real, real_ns = time.time, time.time_ns
    monkeypatch.setattr(time, "time", lambda: real() + ahead[0])
    monkeypatch.setattr(time, "time_ns", lambda: real_ns() + ahead[0] * 10**9)

    def record() -> None:
        with Journal(tmp_path / "journal.sqlite") as journal:
            made.append(
                Follower(parse(clean_engine.address), journal, course.exercises, watched.hear)
            )
            made[0].run()

    made: list[Follower] = []
    recording = threading.Thread(target=record)
    recording.start()
    try:
        watched.wait_for_all()
        before = len(watched.told)
        ahead[0] = jump
        clean_engine.docker("run", "-dit", "--name", "busy", "busybox")
        watched.wait_for("busy", PASSED)
        clean_engine.docker("rm", "-f", "busy")
        watched.wait_for("says", FAILED, "container.removed")
        told = {u.exercise.id for u in watched.told[before:] if isinstance(u, Verdict)}
        assert "one/kept" not in told, "a jump alone changes nothing"
    finally:
        made[0].stop()
        recording.join(30)


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
