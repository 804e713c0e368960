"""The programs themselves, while a real dockerd is killed, stopped, paused or restarted."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.grading.verdict import PASSED, UNCHECKED
from checker.journal.store import Journal
from checker.sandbox.waiting import wait_until
from tests.cli.conftest import PROGRAM, Dojo
from tests.conftest import TestEngine
from tests.engine.proxy import Proxy, Request, proxy_to
from tests.faults.conftest import Verdicts, untrue
from tests.faults.mistreated import HARMS, Mistreated, kept, lost
from tests.faults.taping import LEARNER
from tests.recorder.conftest import recorders

pytestmark = [pytest.mark.engine, pytest.mark.slow]

_PHASES = ("_ping", "/events", "/networks/dojo-net", "/web/json", "/logs", "/demo2/json")
_NAMES = ("by-name", "demo2", "demo3")
"""What can be known without the past, which an engine forgets as it ends."""

_LONGEST_HARM = 12
"""Seconds: what runs in a container has 10 to end."""

_CASES = [(how, phase) for how in HARMS for phase in _PHASES]
_OF_A_CHECK = [case for case in _CASES if case[1] != "_ping"]


@pytest.fixture
def proxy(whole_course: Mistreated, sockets: Path) -> Iterator[Proxy]:
    whole_course.mend()
    with proxy_to(whole_course.address, sockets) as made:
        yield made
    whole_course.mend()


@pytest.fixture
def dojo(whole_course: Mistreated, proxy: Proxy, home: Path) -> Dojo:
    """The program of the learner who works there; what they passed is not known any more."""
    assert set(_NAMES) <= set(whole_course.done)
    Journal(home / "journal.sqlite", learner=LEARNER.name).close()
    return Dojo({"DOCKDOJO_HOME": str(home), "DOCKDOJO_ENGINE": proxy.address})


def _harm_at(proxy: Proxy, phase: str, how: str, victim: Mistreated) -> threading.Event:
    """Does it as soon as a request has `phase` in its path, once."""
    begun, done = threading.Lock(), threading.Event()

    def meanwhile(request: Request) -> None:
        if phase in request.target and begun.acquire(blocking=False):
            HARMS[how](victim)
            done.set()

    proxy.meanwhile = meanwhile
    return done


def _by_name(document: object) -> Verdicts:
    assert isinstance(document, list)
    return {str(each["id"]).rpartition("/")[2]: each["verdict"] for each in document}


@pytest.mark.parametrize(("how", "phase"), _OF_A_CHECK)
def test_check(dojo: Dojo, whole_course: Mistreated, proxy: Proxy, how: str, phase: str) -> None:
    truth = _by_name(dojo("check", *_NAMES, "--json").json["exercises"])
    assert set(truth.values()) == {PASSED}
    before = kept(Path(dojo.environment["DOCKDOJO_HOME"]) / "journal.sqlite")
    done = _harm_at(proxy, phase, how, whole_course)
    began = time.monotonic()
    said = dojo("check", "--again", "--json", *_NAMES)
    assert time.monotonic() - began < 25 + _LONGEST_HARM
    assert done.wait(20 + _LONGEST_HARM)
    found = _by_name(said.json["exercises"])
    assert untrue(found, truth) == {}
    for each in said.json["exercises"]:
        assert each["verdict"] != UNCHECKED or len(each["findings"]) == 1
    assert said.code == (2 if UNCHECKED in found.values() else 0)
    assert lost(before, Path(dojo.environment["DOCKDOJO_HOME"]) / "journal.sqlite") == []
    whole_course.mend()
    assert wait_until(lambda: dojo("check", "--again", *_NAMES).code == 0, 20)


@pytest.mark.parametrize(("how", "phase"), _CASES)
def test_grade(
    dojo: Dojo,
    whole_course: Mistreated,
    proxy: Proxy,
    clean_engine: TestEngine,
    how: str,
    phase: str,
    tmp_path: Path,
) -> None:
    """Who has another engine loses nothing, and who has this one no point."""
    roster = tmp_path / "roster.toml"
    rows = ((LEARNER.name, proxy.address), ("neighbour", clean_engine.address))
    roster.write_text(
        "".join(f'[[students]]\nid = "{n}"\nname = "{n}"\nengine = "{e}"\n' for n, e in rows)
    )
    done = _harm_at(proxy, phase, how, whole_course)
    began = time.monotonic()
    said = dojo("grade", str(roster), *_NAMES, "--json", "--seconds", "3")
    assert time.monotonic() - began < 20 + _LONGEST_HARM
    assert done.wait(20 + _LONGEST_HARM)
    mine, neighbours = (_by_name(student["exercises"]) for student in said.json["students"])
    assert UNCHECKED not in neighbours.values()
    assert set(mine.values()) <= {PASSED, UNCHECKED}
    problem = said.json["students"][0]["problem"]
    assert (problem is not None) == (UNCHECKED in mine.values()) == (said.code == 2)
    whole_course.mend()
    again = ("grade", str(roster), *_NAMES, "--json")
    assert wait_until(lambda: dojo(*again).code == 0, 20)
    mine = _by_name(dojo(*again).json["students"][0]["exercises"])
    assert set(mine.values()) == {PASSED}


@pytest.mark.parametrize(("how", "phase"), _OF_A_CHECK)
def test_watch(dojo: Dojo, whole_course: Mistreated, proxy: Proxy, how: str, phase: str) -> None:
    """A recorder that began as the engine went away tells the truth when it is back."""
    done = _harm_at(proxy, phase, how, whole_course)
    told: queue.Queue[tuple[str, str]] = queue.Queue()
    newest: Verdicts = {}
    with subprocess.Popen(
        [*PROGRAM, "watch", "--json", *_NAMES],
        env=dojo.whole_environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as watching:

        def read() -> None:
            assert watching.stdout is not None
            for line in watching.stdout:
                [(name, verdict)] = _by_name([json.loads(line)]).items()
                newest[name] = verdict
                told.put((name, verdict))

        reading = threading.Thread(target=read, daemon=True)
        reading.start()
        try:
            assert done.wait(20 + _LONGEST_HARM)
            assert how == "restarted" or wait_until(lambda: UNCHECKED in newest.values(), 25, 0.05)
            whole_course.mend()
            assert wait_until(lambda: set(newest.values()) == {PASSED}, 30, 0.05), newest
            assert newest.keys() == set(_NAMES)
        finally:
            watching.terminate()
            for pid in recorders():
                os.kill(pid, signal.SIGKILL)
    reading.join(10)
    assert {told.get()[1] for _ in range(told.qsize())} <= {PASSED, UNCHECKED}
