"""A rehearsal on an engine that somebody else started: only on one that holds nothing."""

from __future__ import annotations

import pytest

from checker.course.loading import load_course
from checker.engine import address
from checker.errors import Misuse
from checker.rehearsal.rehearsing import rehearse
from checker.rehearsal.stage import foreign_stage
from tests.conftest import TestEngine

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    "made", [("pull", "busybox"), ("volume", "create", "mine"), ("network", "create", "mine")]
)
def test_an_engine_that_holds_something_is_left_alone(
    clean_engine: TestEngine, made: tuple[str, ...]
) -> None:
    clean_engine.docker(*made)
    with pytest.raises(Misuse, match="holds"), foreign_stage(address.parse(clean_engine.address)):
        pass
    what = {"pull": ("images", "-q"), "volume": ("volume", "ls", "-q")}
    assert clean_engine.docker(*what.get(made[0], ("network", "ls", "-qf", "name=mine")))


def test_an_engine_elsewhere_is_refused() -> None:
    with (
        pytest.raises(Misuse, match="of this machine"),
        foreign_stage(address.parse("tcp://127.0.0.1:1")),
    ):
        pass


def test_plays_are_played_there_and_nothing_is_left(clean_engine: TestEngine) -> None:
    course = load_course()
    enter = clean_engine.engine.enter_command()
    outcomes = rehearse(
        course,
        course.select(["docker-commands/pull-busybox"]),
        engine=lambda _: foreign_stage(address.parse(clean_engine.address), enter),
    )
    assert [o.trouble for o in outcomes if not o.as_expected] == []
    assert clean_engine.docker("images", "-aq") == ""


def test_it_is_emptied_of_what_is_just_going_by_itself(clean_engine: TestEngine) -> None:
    with foreign_stage(address.parse(clean_engine.address)) as stage:
        for _round in range(3):
            clean_engine.docker("pull", "busybox")
            for _ in range(5):
                clean_engine.docker("run", "-d", "--rm", "-v", "/data", "busybox", "top")
            stage.clear()
            assert not stage.holds_something()
