"""The lives of containers, told by events: the real engine's, and those of a Docker 20.10."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as some

from checker.classroom.class_journal import ClassJournal
from checker.classroom.gradebook import Student
from checker.classroom.student_journal import StudentJournal
from checker.engine import events
from checker.engine.events import Event
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.journal.history import History, Life, LifeMemory
from checker.journal.store import Journal
from tests.conftest import TestEngine

_RECORDED = Path(__file__).with_name("docker-20.10-events.jsonl")
_ENGINE = "engine"


def _told(journal: Journal, told: Iterable[Event]) -> History:
    listed = list(told)
    journal.add_events(_ENGINE, listed, 0, max(event.at for event in listed))
    return History(journal, _ENGINE)


def _recorded() -> list[Event]:
    found = [events.parse(line) for line in _RECORDED.read_bytes().splitlines()]
    return [event for event in found if event is not None]


def _container(at: int, action: str, name: str = "a", box: str = "id", **more: str) -> Event:
    return Event(at, "container", action, box, {"name": name, "image": "busybox", **more})


def _hold_a_whole_life(life: Life) -> None:
    """create, start, exec, stop, start, kill, rename there and back, rm."""
    assert life.created is not None
    assert life.removed is not None
    assert len(life.starts) == 2
    assert len(life.exit_codes) == 2
    assert len(life.stops) == 1
    assert 9 in life.signals
    assert life.commands == ["sh -c echo hi: there"]
    assert life.names == ["demo2", "gone", "demo2"]
    assert life.name == "demo2"
    assert life.image == "busybox"
    assert life.created < life.starts[0] < life.stops[0] < life.starts[1] < life.removed


def test_a_whole_life_as_docker_20_10_tells_it(journal: Journal) -> None:
    [life] = _told(journal, _recorded()).lives("demo2")
    _hold_a_whole_life(life)


@pytest.mark.engine
def test_a_whole_life_as_the_real_engine_tells_it(
    busybox: TestEngine, reader: Reader, journal: Journal
) -> None:
    docker = busybox.docker
    docker("create", "-it", "--name", "demo2", "busybox", "sh")
    docker("start", "demo2")
    docker("exec", "demo2", "sh", "-c", "echo hi: there")
    docker("stop", "-t", "0", "demo2")
    docker("start", "demo2")
    docker("kill", "demo2")
    docker("rename", "demo2", "gone")
    docker("rename", "gone", "demo2")
    docker("wait", "demo2")
    docker("rm", "demo2")
    Grader(reader, journal).read_events()
    _hold_a_whole_life(History(journal, str(reader.address)).lives("demo2")[-1])


def test_a_container_is_found_by_every_name_it_had(journal: Journal) -> None:
    history = _told(journal, [_container(1, "create", "first"), _container(2, "rename", "second")])
    assert [life.id for life in history.lives("first")] == ["id"]
    assert [life.name for life in history.lives("second")] == ["second"]


def test_two_containers_of_one_name_are_two_lives(journal: Journal) -> None:
    history = _told(
        journal,
        [
            _container(1, "create", box="one"),
            _container(2, "destroy", box="one"),
            _container(3, "create", box="two"),
        ],
    )
    assert [(life.id, life.removed) for life in history.lives("a")] == [("one", 2), ("two", None)]


def test_a_life_is_found_by_its_id_and_empty_for_another(journal: Journal) -> None:
    history = _told(journal, [_container(1, "create")])
    assert history.life("id").created == 1
    assert history.life("other") == Life("other")


def test_events_of_other_kinds_do_not_mix_in(journal: Journal) -> None:
    network = Event(2, "network", "destroy", "id", {"name": "a"})
    history = _told(journal, [_container(1, "create"), network])
    assert history.life("id").removed is None


def test_events_before_the_journals_beginning_are_not_the_courses(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", begins=10) as journal:
        history = _told(journal, [_container(9, "create"), _container(11, "start")])
        assert history.life("id").created is None
        assert history.life("id").starts == [11]
        assert not history.knows_since(history.life("id").created)


def test_an_exit_code_that_is_none_is_not_success(journal: Journal) -> None:
    told = [_container(1, "die", exitCode="x"), _container(2, "die")]
    assert 0 not in _told(journal, told).life("id").exit_codes


def test_events_arrive_in_any_order_and_are_read_by_time(journal: Journal) -> None:
    told = [_container(3, "start"), _container(1, "create"), _container(2, "rename", "b")]
    assert _told(journal, told).life("id").names == ["a", "b", "a"]


_EVENTS = some.lists(
    some.builds(
        _container,
        some.integers(1, 40),
        some.sampled_from(["create", "start", "die", "kill", "stop", "rename", "destroy"]),
        some.sampled_from("ab"),
        some.sampled_from(["id", "other"]),
    ),
    max_size=8,
)


@pytest.mark.parametrize("kind", ["of a learner", "of a class"])
@given(pieces=some.lists(_EVENTS, max_size=6))
def test_a_life_that_is_remembered_is_the_life_that_is_read(
    kind: str, pieces: list[list[Event]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with ExitStack() as stack:
        if kind == "of a learner":
            path = tmp_path_factory.mktemp("lives") / "j"
            journal = stack.enter_context(Journal(path))
        else:
            nobody = cast("ClassJournal", None)  # what is new asks no class journal
            journal = StudentJournal(nobody, Student("s", "S"), _ENGINE, is_new=True)
        memory = LifeMemory()
        for piece in pieces:
            journal.add_events(_ENGINE, piece, 0, 41)
            for box in ("id", "other"):
                read = LifeMemory().life(journal, _ENGINE, box)
                assert memory.life(journal, _ENGINE, box) == read
                assert History(journal, _ENGINE, memory=memory).life(box) == read


def test_a_container_that_never_rests_is_read_piece_by_piece(journal: Journal) -> None:
    told = [_container(at, ("start", "die")[at % 2], pid=f"{at}") for at in range(2, 10_002)]
    history = _told(journal, told)
    del told
    tracemalloc.start()
    try:
        life = history.life("id")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(life.starts) == len(life.runs) == 5_000
    assert most < 2_000_000  # a fifth of the events as such, which nobody needs all at once


@pytest.mark.engine
def test_pulls_and_removals_of_images_are_told(
    test_engine: TestEngine, reader: Reader, journal: Journal
) -> None:
    test_engine.docker("pull", "-q", "hello-world")
    test_engine.docker("rmi", "hello-world")
    Grader(reader, journal).read_events()
    history = History(journal, str(reader.address))
    assert "hello-world:latest" in {event.subject for event in history.image_events("pull")}
    assert history.image_events("delete")


def test_a_partial_history_knows_at_least_which_containers_there_were(journal: Journal) -> None:
    """Podman tells of each container's making and removal, so an address had no other owner."""
    journal.add_events(_ENGINE, [], journal.begins, journal.begins + 9)
    history = History(journal, _ENGINE, partial=True)
    assert history.knows_lives()
    assert not history.fell_short
    assert not history.is_whole()
    assert not History(journal, "never read", partial=True).knows_lives()
