"""An engine whose clock was far ahead once: what it said then stands in nobody's way for ever."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from checker.course.loading import load_course
from checker.engine import address
from checker.engine.events import Event
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.grading.verdict import PASSED
from checker.journal.store import Journal
from tests.conftest import TestEngine


@pytest.mark.engine
def test_an_event_of_next_year(busybox: TestEngine, journal: Journal) -> None:
    now = time.time_ns()
    ahead = Event(now + 365 * 86400 * 10**9, "container", "create", "c" * 64, {"name": "old"})
    journal.add_events(busybox.address, [ahead], 0, now)
    with closing(Reader(address.parse(busybox.address))) as reader:
        grader = Grader(reader, journal)
        wanted = load_course().select(["pull-busybox"])
        assert [each.verdict for each in grader.grade(wanted)] == [PASSED]
