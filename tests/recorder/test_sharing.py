"""One recorder, many screens: what is so, then what changes; through the deaths of either side."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from checker import places, session
from checker.course.model import Course
from checker.errors import JournalError, RecorderError
from checker.grading.verdict import FAILED, PASSED
from checker.journal.store import Journal
from checker.recorder.meeting import meeting
from checker.recorder.sharing import EngineState, Happened, listen
from checker.sandbox.waiting import wait_until
from tests.conftest import TestEngine
from tests.recorder.conftest import Screen, recorders

pytestmark = pytest.mark.engine
Open = Callable[[str], Screen]


def _start(engine: TestEngine, *words: str) -> None:
    engine.docker("run", "-itd", "--name", "busy", "busybox", *words)


def test_what_is_so_and_then_each_change(screen: Open, clean_engine: TestEngine) -> None:
    clean_engine.docker("pull", "busybox")
    watched = screen(clean_engine.address)
    watched.wait_for("busy", FAILED)
    assert watched.wait_for_state(is_up=True).error is None
    _start(clean_engine)
    passed = watched.wait_for("busy", PASSED)
    assert passed.to_json("ko")["findings"][0]["message"]
    watched.wait(lambda: any(isinstance(u, Happened) for u in watched.told), "that it happened")


def test_two_screens_share_one_recorder(screen: Open, clean_engine: TestEngine) -> None:
    clean_engine.docker("pull", "busybox")
    first, second = screen(clean_engine.address), screen(clean_engine.address)
    for watched in (first, second):
        watched.wait_for_all()
    assert len(recorders()) == 1
    _start(clean_engine)
    for watched in (first, second):
        watched.wait_for("busy", PASSED)


def test_a_late_screen_hears_what_is_so(screen: Open, clean_engine: TestEngine) -> None:
    first = screen(clean_engine.address)
    first.wait_for_all()
    late = screen(clean_engine.address)
    late.wait_for_all()
    assert len([u for u in late.told if not isinstance(u, Happened)]) == 5
    assert len(recorders()) == 1


@pytest.mark.usefixtures("course", "home")
def test_updates_end_after_silence_and_with_close(clean_engine: TestEngine) -> None:
    with listen(clean_engine.address) as listening:
        told = list(listening.updates(timeout=2))
        assert any(isinstance(update, EngineState) for update in told)
        assert list(listening.updates(timeout=0.05)) == []
    assert list(listening.updates()) == []


def test_a_killed_recorder_is_followed_by_another(screen: Open, clean_engine: TestEngine) -> None:
    clean_engine.docker("pull", "busybox")
    watched = screen(clean_engine.address)
    watched.wait_for_all()
    [pid] = recorders()
    os.kill(pid, signal.SIGKILL)
    _start(clean_engine)
    watched.wait_for("busy", PASSED)
    assert recorders() != [pid]
    told = [u for u in watched.told if getattr(getattr(u, "exercise", None), "name", "") == "kept"]
    assert len(told) == 1  # what was told once is not told again


def test_a_screen_that_does_not_read_costs_the_others_nothing(
    screen: Open, clean_engine: TestEngine
) -> None:
    clean_engine.docker("pull", "busybox")
    watched = screen(clean_engine.address)
    watched.wait_for_all()
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.connect(str(meeting(clean_engine.address).socket))
        for number in range(40):
            clean_engine.docker("tag", "busybox", f"flood:{number}")
        _start(clean_engine)
        watched.wait_for("busy", PASSED)


def test_it_ends_by_itself(screen: Open, clean_engine: TestEngine) -> None:
    watched = screen(clean_engine.address)
    watched.wait_for_all()
    assert watched.listening is not None
    watched.listening.close()
    assert wait_until(lambda: not recorders(), 30)
    assert not meeting(clean_engine.address).socket.exists()


def test_its_socket_is_for_this_user_alone(screen: Open, clean_engine: TestEngine) -> None:
    screen(clean_engine.address).wait_for_all()
    where = meeting(clean_engine.address).socket
    assert where.stat().st_mode & 0o777 == 0o600
    assert where.parent.stat().st_mode & 0o777 == 0o700


def test_answers_and_checks_of_other_processes_show(
    screen: Open, clean_engine: TestEngine, course: Course
) -> None:
    clean_engine.docker("pull", "busybox")
    watched = screen(clean_engine.address)
    watched.wait_for("busy-id", FAILED)
    _start(clean_engine)
    program = [sys.executable, "-c", "from checker.cli import main; main()"]
    right = clean_engine.docker("ps", "-q")
    done = subprocess.run(
        [*program, "answer", "busy-id", right, "--engine", clean_engine.address], check=False
    )
    assert done.returncode == 0
    watched.wait_for("busy-id", PASSED)
    session.give_answer(course.exercise("busy-id"), right, clean_engine.address)


def test_a_flood_is_gathered_and_nothing_is_missed(screen: Open, clean_engine: TestEngine) -> None:
    clean_engine.docker("pull", "busybox")
    watched = screen(clean_engine.address)
    watched.wait_for_all()
    tags = "; ".join(f"docker tag busybox many:{number}" for number in range(300))
    done = clean_engine.inside("sh", "-c", tags)
    assert done.returncode == 0, done.stderr
    clean_engine.docker("tag", "busybox", "end:1")
    _start(clean_engine)
    watched.wait_for("busy", PASSED)
    with Journal(places.journal()) as journal:
        rows = journal.query(
            "SELECT count(*) FROM event WHERE action = 'tag' AND name LIKE 'many:%'"
        )
        assert rows == [(300,)]
        assert len(journal.query("SELECT * FROM coverage")) == 1


def test_a_journal_that_cannot_be_used_is_told_and_tried_again(
    screen: Open, clean_engine: TestEngine, home: Path
) -> None:
    places.journal().mkdir(parents=True)
    watched = screen(clean_engine.address)
    state = watched.wait_for_state(is_up=False)
    assert isinstance(state.error, JournalError)
    assert str(home) in state.error.message.in_("ko")
    places.journal().rmdir()
    watched.wait_for_state(is_up=True)
    watched.wait_for_all()


@pytest.mark.usefixtures("course", "home")
def test_a_folder_of_somebody_else_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "r"
    folder = run / f"recorder-{os.geteuid()}"
    folder.mkdir(parents=True)
    os.chown(folder, 12345, 12345)
    monkeypatch.setenv("DOCKDOJO_RUN", str(run))
    watched = Screen()
    with listen("unix:///nowhere/docker.sock", watched.hear):
        state = watched.wait_for_state(is_up=False)
    assert isinstance(state.error, RecorderError)
    assert not recorders()
