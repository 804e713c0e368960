"""answers.toml: what is read from it, and what its author is told."""

from __future__ import annotations

import subprocess

import pytest

from checker.course.answers import Step, read_answers, solution_of
from checker.course.loading import load_course
from checker.errors import CourseError
from tests.course.conftest import ANSWERS, Write


def _answers_error(write: Write, answers: str) -> str:
    load_course.cache_clear()
    lesson = load_course(write(answers=answers)).lesson("small")
    with pytest.raises(CourseError) as caught:
        read_answers(lesson)
    assert caught.value.advice is not None
    return caught.value.message.in_("en")


def test_all_ways_are_read(write: Write) -> None:
    answers = read_answers(load_course(write()).lesson("small"))
    a, b = answers["a"], answers["b"]
    assert a.solution.steps == (Step("docker run -d --name a busybox"),)
    assert a.alternatives[0].steps == (Step("sh", "exit\n"),)
    assert (a.mistakes[0].finding, a.mistakes[0].verdict) == ("container.missing", "failed")
    assert b.needs == ("a",)
    assert b.mistakes[0].verdict == "unchecked"
    assert [play.kind for play in a.plays] == ["solution", "alternative", "mistake"]


def test_the_solution_of_one_exercise(write: Write) -> None:
    exercise = load_course(write()).exercise("b")
    assert solution_of(exercise).steps == (Step("dockdojo answer b yes"),)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[b]", "[c]", "differ: b, c"),
        ('solution = ["docker run -d --name a busybox"]', "", "'solution'"),
        ('solution = ["docker run -d --name a busybox"]', 'solution = "docker run"', "not a list"),
        ('["docker run -d --name a busybox"]', "[5]", "small/a"),
        ('["docker run -d --name a busybox"]', "[{ typed = 'x' }]", "'line'"),
        ('needs = ["a"]', 'needs = "a"', "not a list"),
        ('name = "other", ', "", "'name'"),
        ('finding = "container.missing"', "note = 1", "'finding'"),
        ('verdict = "unchecked"', 'verdict = "passed"', "not one of failed, unchecked"),
        ("alternative = []", "", "'alternative'"),
        ("alternative = []", "alternative = { name = 'x', steps = [] }", "not a list"),
    ],
)
def test_answers_that_are_not_whole(write: Write, old: str, new: str, told: str) -> None:
    assert old in ANSWERS
    assert told in _answers_error(write, ANSWERS.replace(old, new, 1))


def test_answers_of_an_exercise_that_is_not_a_table(write: Write) -> None:
    assert "small/b" in _answers_error(write, "b = 5\n" + ANSWERS.partition("[b]")[0])


def test_answers_that_are_no_toml(write: Write) -> None:
    assert "can't be read" in _answers_error(write, "[a")


def test_a_step_is_typed_as_it_is() -> None:
    assert Step("docker ps | head").for_bash() == "docker ps | head"


def test_a_step_with_something_to_type_has_a_terminal() -> None:
    step = Step("sh -c 'test -t 0 && read word && echo \"got $word\"'", "it's\n")
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", step.for_bash()],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert "got it's" in done.stdout
