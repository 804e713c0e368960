"""Rehearsals: a tiny course whose author was wrong in several ways, and the course's own lesson."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from checker.course.loading import load_course
from checker.course.model import Course
from checker.errors import CourseError
from checker.rehearsal.rehearsing import Outcome, rehearse

_COURSE = """
title = { ko = "작은 과정", en = "A tiny course" }
languages = ["ko", "en"]
lessons = ["tiny"]

[[images]]
name = "busybox:latest"
stand_in = "busybox"
"""

_EXERCISES = """
from checker.course import exercise


@exercise("box")
def box(engine):
    engine.container("box").has_terminal()


@exercise("always")
def always(engine):
    engine.findings.hold(
        "always.right", "", True, **dict.fromkeys(
            ("expected", "actual", "claim", "problem", "hint"), NOTHING
        )
    )
"""

_ANSWERS = """
[box]
solution = ["docker create -it --name box busybox"]
alternative = [
  { name = "right", steps = ["docker container create --tty --interactive --name box busybox"] },
  { name = "does not pass", steps = ["docker create --name box busybox"] },
  { name = "a step that fails", steps = ["docker create --no-such-flag busybox"] },
  { name = "a step that should fail", steps = [{ line = "docker create -it --name box busybox", fails = true }] },
]
mistake = [
  { name = "right", steps = ["docker create --name box busybox"], finding = "container.no-terminal" },
  { name = "told by another finding", steps = ["docker create --name box busybox"], finding = "container.exited" },
  { name = "passes", steps = ["docker create -it --name box busybox"], finding = "container.no-terminal" },
]

[always]
solution = ["true"]
alternative = [{ name = "right", steps = [] }]
mistake = [{ name = "passes", steps = [], finding = "always.wrong" }]
"""  # noqa: E501 - one play a line, as in a real answers.toml


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course of one lesson, with mistakes of its author."""
    folder = tmp_path_factory.mktemp("tiny")
    lesson = folder / "01-tiny"
    lesson.mkdir()
    (folder / "course.toml").write_text(_COURSE, "utf-8")
    imports = "from checker.statements.findings import NOTHING\n"
    (lesson / "exercises.py").write_text(imports + _EXERCISES)
    (lesson / "answers.toml").write_text(_ANSWERS)
    return load_course(folder)


@pytest.fixture(scope="module")
def played(tiny: Course) -> dict[tuple[str, str, str], Outcome]:
    """What came of it, by exercise, kind and name. The whole is played once."""
    outcomes = rehearse(tiny, tiny.exercises, jobs=2)
    return {(o.exercise.name, o.play.kind, o.play.name): o for o in outcomes}


pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    "play",
    [
        ("box", "solution", "solution"),
        ("box", "alternative", "right"),
        ("box", "mistake", "right"),
        ("always", "alternative", "right"),
    ],
)
def test_what_comes_out_as_written_is_as_expected(
    played: dict[tuple[str, str, str], Outcome], play: tuple[str, str, str]
) -> None:
    assert played[play].trouble == ""


@pytest.mark.parametrize(
    ("play", "trouble"),
    [
        (("always", "solution", "solution"), "is passed before anything was done"),
        (("box", "alternative", "does not pass"), "is failed, not passed"),
        (("box", "alternative", "a step that fails"), "ended with exit code 1"),
        (("box", "alternative", "a step that should fail"), "ended with exit code 0"),
        (("box", "mistake", "told by another finding"), "is not told by container.exited"),
        (("box", "mistake", "passes"), "is passed, not failed"),
        (("always", "mistake", "passes"), "is passed, not failed"),
    ],
)
def test_what_comes_out_otherwise_is_told(
    played: dict[tuple[str, str, str], Outcome], play: tuple[str, str, str], trouble: str
) -> None:
    outcome = played[play]
    assert not outcome.as_expected
    assert trouble in outcome.trouble


def test_every_play_was_played_in_the_order_of_the_course(
    played: dict[tuple[str, str, str], Outcome],
) -> None:
    assert next(iter(played)) == ("box", "solution", "solution")
    assert list(played)[-1] == ("always", "mistake", "passes")
    assert len(played) == 11
    assert all(outcome.seconds > 0 for outcome in played.values())


def test_a_finding_of_a_mistake_is_in_the_json(
    played: dict[tuple[str, str, str], Outcome],
) -> None:
    found = played["box", "mistake", "right"].to_json()
    assert found["as_expected"] is True
    assert found["findings"] == ["container.no-terminal"]
    assert found["expected"] == {"verdict": "failed", "finding": "container.no-terminal"}


def test_answers_that_do_not_fit_are_told_before_anything_is_played(
    tmp_path: Path, tiny: Course
) -> None:
    lesson = tmp_path / "01-tiny"
    lesson.mkdir()
    (tmp_path / "course.toml").write_text(_COURSE, "utf-8")
    (lesson / "exercises.py").write_bytes((tiny.folder / "01-tiny" / "exercises.py").read_bytes())
    (lesson / "answers.toml").write_text(textwrap.dedent("[box]\nsolution = []\n"))
    broken = load_course(tmp_path)
    with pytest.raises(CourseError, match="always"):
        rehearse(broken, broken.exercises)


_REHEARSED = "docker-commands"
"""The lesson that every run of the tests rehearses; `make test-all` rehearses all."""

_LESSONS = [
    pytest.param(lesson.id, marks=[] if lesson.id == _REHEARSED else [pytest.mark.slow])
    for lesson in load_course().lessons
]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("lesson", _LESSONS)
def test_all_of_a_lesson_comes_out_as_written(lesson: str) -> None:
    course = load_course()
    outcomes = rehearse(course, course.lesson(lesson).exercises, jobs=2)
    odd = [f"{o.exercise.id} {o.play.name}: {o.trouble}" for o in outcomes if not o.as_expected]
    assert odd == []
    assert len({o.exercise.id for o in outcomes}) == len(course.lesson(lesson).exercises)
