"""Containers and images that come and go on a real engine while it is checked and watched."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import docker
import docker.errors
import pytest

from checker.course.loading import load_course
from checker.engine import address
from checker.engine.reader import Reader
from checker.grading.grader import UNREADABLE, Grader
from checker.grading.verdict import PASSED
from checker.journal.store import Journal
from tests.conftest import TestEngine

pytestmark = [pytest.mark.engine, pytest.mark.slow]

_COMING_AND_GOING = ("demo1", "demo4", "web", "registry", "hub", "solo")
_STAYS = "demo2"
_CHECKS = 15


@pytest.fixture
def unsteady(busybox: TestEngine) -> Iterator[TestEngine]:
    """An engine on which nearly everything that is checked comes and goes, again and again."""
    busybox.docker("pull", "-q", "ubuntu:22.04")
    busybox.docker("run", "-itd", "--name", _STAYS, "ubuntu:22.04", "/bin/bash")
    enough = threading.Event()
    coming = [
        threading.Thread(target=_come_and_go, args=(busybox.address, name, enough))
        for name in _COMING_AND_GOING
    ]
    for thread in coming:
        thread.start()
    yield busybox
    enough.set()
    for thread in coming:
        thread.join(60)


def _come_and_go(engine: str, name: str, enough: threading.Event) -> None:
    with closing(docker.APIClient(engine, timeout=60)) as api:
        while not enough.is_set():
            with suppress(docker.errors.APIError):
                api.create_container("busybox", ["sh", "-c", "echo hello; sleep 60"], name=name)
                api.start(name)
                api.tag("busybox", f"{name}-image")
                api.remove_image(f"{name}-image")
            with suppress(docker.errors.APIError):
                api.remove_container(name, force=True)


def test_what_stays_is_passed_and_nothing_is_confused(
    unsteady: TestEngine, journal: Journal
) -> None:
    """Each check of the whole course ends in time, and is right about what stays."""
    exercises = load_course().exercises
    unreadable = 0
    for _ in range(_CHECKS):
        with closing(Reader(address.parse(unsteady.address))) as reader:
            began = time.monotonic()
            found = Grader(reader, journal).grade(exercises, afresh=True)
            assert time.monotonic() - began < 20
        assert {each.exercise.name: each.verdict for each in found}[_STAYS] == PASSED
        codes = [finding.code for each in found for finding in each.findings]
        unreadable += codes.count(UNREADABLE)
    assert unreadable < len(exercises) * _CHECKS / 10
