"""Which stretches of the past are known without a gap, and which are not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from checker.engine.events import BUFFER_SIZE, Event
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.journal.history import History
from checker.journal.store import Journal
from tests.conftest import TestEngine
from tests.engine.flood import push_out_the_past

_ENGINE = "engine"


def _events(*times: int) -> list[Event]:
    return [Event(at, "image", "tag", f"image{at}", {}) for at in times]


def _read(journal: Journal, *times: int, now: int) -> None:
    """One reading of an engine whose buffer holds events of these times."""
    since = journal.last_event(_ENGINE)
    journal.add_events(_ENGINE, [e for e in _events(*times) if e.at >= since], since, now)


def _history(journal: Journal) -> History:
    return History(journal, _ENGINE)


@pytest.fixture
def journal_from_100(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "j", begins=100)


def test_nothing_is_known_of_an_engine_never_read(journal_from_100: Journal) -> None:
    assert not _history(journal_from_100).is_whole()


def test_a_buffer_that_is_not_full_reaches_back_to_the_beginning(journal_from_100: Journal) -> None:
    _read(journal_from_100, 150, now=200)
    assert _history(journal_from_100).is_whole()


def test_a_full_buffer_at_the_first_reading_reaches_back_to_its_oldest(
    journal_from_100: Journal,
) -> None:
    _read(journal_from_100, *range(500, 500 + BUFFER_SIZE), now=900)
    history = _history(journal_from_100)
    assert not history.is_whole()
    assert history.knows_since(500)
    assert not history.knows_since(499)


def test_readings_that_overlap_leave_no_gap(journal_from_100: Journal) -> None:
    _read(journal_from_100, 150, 160, now=200)
    _read(journal_from_100, 150, 160, 210, now=300)
    _read(journal_from_100, 210, now=400)
    assert _history(journal_from_100).is_whole()


def test_a_buffer_that_has_lost_the_last_known_event_leaves_a_gap(
    journal_from_100: Journal,
) -> None:
    _read(journal_from_100, 150, now=200)
    _read(journal_from_100, 250, 260, now=300)
    history = _history(journal_from_100)
    assert not history.is_whole()
    assert not history.knows_since(249)
    assert history.knows_since(250)


def test_an_emptied_buffer_leaves_a_gap_up_to_now(journal_from_100: Journal) -> None:
    _read(journal_from_100, 150, now=200)
    _read(journal_from_100, now=300)
    history = _history(journal_from_100)
    assert not history.knows_since(299)
    assert history.knows_since(300)


def test_after_a_gap_it_goes_on_from_there(journal_from_100: Journal) -> None:
    _read(journal_from_100, 150, now=200)
    _read(journal_from_100, 250, now=300)
    _read(journal_from_100, 250, 350, now=400)
    history = _history(journal_from_100)
    assert history.knows_since(250)
    assert not history.knows_since(200)


def test_a_quiet_engine_leaves_no_gap(journal_from_100: Journal) -> None:
    for now in (200, 300):
        _read(journal_from_100, now=now)
    assert _history(journal_from_100).is_whole()


def test_another_engine_is_another_matter(journal_from_100: Journal) -> None:
    _read(journal_from_100, 150, now=200)
    assert not History(journal_from_100, "another").is_whole()
    assert History(journal_from_100, "another").image_events("tag") == []


def test_an_event_that_arrives_out_of_turn_is_not_lost(journal_from_100: Journal) -> None:
    """Two events at once can stand in the engine's buffer in the wrong order by a hair."""
    _read(journal_from_100, 150, now=200)
    since = journal_from_100.last_event(_ENGINE)
    journal_from_100.add_events(_ENGINE, _events(150, 149, 210), since, 300)
    history = _history(journal_from_100)
    assert history.is_whole()
    assert [event.at for event in history.image_events("tag")] == [149, 150, 210]


@pytest.mark.engine
def test_300_tags_push_the_past_out_of_a_real_engine(
    busybox: TestEngine, reader: Reader, journal: Journal
) -> None:
    grader, history = Grader(reader, journal), History(journal, str(reader.address))
    grader.read_events()
    before = time.time_ns()
    busybox.docker("tag", "busybox", "the-one-to-lose")
    push_out_the_past(busybox.address, count=300)
    grader.read_events()
    assert not history.knows_since(before)
    assert history.knows_since(time.time_ns())
    assert not any("to-lose" in event.name for event in history.image_events("tag"))


@pytest.mark.engine
def test_a_restart_of_a_real_engine_leaves_a_gap(
    busybox: TestEngine, reader: Reader, journal: Journal
) -> None:
    grader, history = Grader(reader, journal), History(journal, str(reader.address))
    busybox.docker("tag", "busybox", "before-the-restart")
    grader.read_events()
    before = time.time_ns()
    busybox.engine.down()
    busybox.engine.up()
    grader.read_events()
    assert not history.knows_since(before)
    assert any("before-the-restart" in event.name for event in history.image_events("tag"))
    busybox.docker("rmi", "before-the-restart")
